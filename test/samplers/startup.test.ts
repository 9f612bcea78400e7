import { describe, expect, it } from "vitest";
import type { FinishedTrial, Sampler } from "#hpo/core/sampler";
import type { Params, Space } from "#hpo/core/space";
import { rng } from "#hpo/math/rng";
import { distinct } from "#hpo/samplers/distinct";
import { grid } from "#hpo/samplers/grid";
import { random } from "#hpo/samplers/random";
import { sobol } from "#hpo/samplers/sobol";
import { startup } from "#hpo/samplers/startup";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";

const space: Space = { x: float(0, 1), n: int(1, 9) };

function run(sampler: Sampler, over: Space, count: number, lookahead = 1): { params: Params; by: string; why: string }[] {
  const found: { params: Params; by: string; why: string }[] = [];
  let state = sampler.start({ space: over, directions: ["minimize"] });
  let known = 0;
  for (let number = 0; number < count; number++) {
    for (; sampler.traits.adaptive && known <= number - lookahead; known++) {
      const params = found[known]?.params as Params;
      state = sampler.absorb(state, { number: known, state: "complete", params, values: [1], standardErrors: [null] });
    }
    const pending = found.slice(known).map((one) => one.params);
    const proposal = sampler.propose(state, number, pending, rng(5).fork("sampler", number));
    if (proposal === undefined) break;
    found.push({ params: proposal.params, by: proposal.by, why: proposal.why });
  }
  return found;
}

/** Proposes how many trials it has absorbed. */
function counter(options: Partial<Sampler["traits"]> = {}): Sampler<FinishedTrial[]> {
  return {
    name: "counter",
    options: { depth: 2 },
    traits: { adaptive: true, usesClock: false, ...options },
    start: () => [],
    absorb: (state, trial) => [...state, trial],
    propose: (state, number) => ({ params: { n: number }, by: "counter", why: `after ${state.length}` }),
    size: () => null,
  };
}

describe("startup", () => {
  it("asks the first sampler for the first trials and the second one, which knows them all, for the others", () => {
    const found = run(startup(3, sobol(), counter()), space, 5);
    expect(found.map(({ by, why }) => (by === "sobol" ? by : why))).toEqual(["sobol", "sobol", "sobol", "after 3", "after 4"]);
    expect(found.slice(0, 3)).toEqual(run(sobol(), space, 3));
    expect(run(startup(2, undefined, counter()), space, 2)).toEqual(run(sobol(), space, 2));
    expect(run(startup(2, counter(), random()), space, 4).map(({ by }) => by)).toEqual(["counter", "counter", "random", "random"]);
  });

  it("goes on with the second sampler at once where the first one ends", () => {
    const finite: Space = { n: int(1, 3) };
    expect(run(startup(5, grid(), counter()), finite, 7).map(({ by }) => by)).toEqual([
      "grid",
      "grid",
      "grid",
      ...Array(4).fill("counter"),
    ]);
    expect(startup(5, grid(), random()).size(finite)).toBeNull();
    expect(startup(5, random(), grid()).size(finite)).toBe(5);
    expect(startup(2, random(), grid()).size(finite)).toBe(3);
    expect(startup(8, grid(), grid()).size(finite)).toBe(3);
  });

  it("has the traits of both and names both in its options", () => {
    expect(startup(3, sobol(), random()).traits).toEqual({ adaptive: false, usesClock: false });
    expect(startup(3, counter({ usesClock: true }), random()).traits).toEqual({ adaptive: true, usesClock: true });
    expect(startup(3, sobol({ seed: 4 }), startup(9, random(), counter())).options).toEqual({
      trials: 3,
      first: "sobol",
      "first.scramble": true,
      "first.seed": 4,
      later: "startup",
      "later.trials": 9,
      "later.first": "random",
      "later.later": "counter",
      "later.later.depth": 2,
    });
  });

  it("refuses a number of trials that is none", () => {
    expect(() => startup(0, sobol(), random())).toThrow("startup(): trials must be an integer of at least 1; got 0.");
  });
});

describe("distinct", () => {
  const finite: Space = { kernel: choice({ rbf: { gamma: int(1, 6) }, linear: {} }), C: int(1, 5) };

  it.each([1, 8])("tries every configuration of a finite space once, then ends (lookahead %i)", (lookahead) => {
    for (const inner of [random(), sobol(), startup(4, sobol(), random())]) {
      const found = run(distinct(inner), finite, 100, lookahead);
      expect(found.length).toBe(35);
      expect(new Set(found.map(({ params }) => JSON.stringify(params))).size).toBe(35);
    }
    expect(distinct(random()).size(finite)).toBe(35);
  });

  it("keeps proposals that are new, and draws again from the same sampler before it takes the next configuration", () => {
    const plain = run(random(), finite, 35);
    const found = run(distinct(random()), finite, 35);
    const before = (n: number) => new Set(plain.slice(0, n).map(({ params }) => JSON.stringify(params)));
    const firstRepeat = plain.findIndex(({ params }, n) => before(n).has(JSON.stringify(params)));
    expect(found.slice(0, firstRepeat)).toEqual(plain.slice(0, firstRepeat));
    expect(found[firstRepeat]?.why).toBe("");
    expect(found.at(-1)?.why).toMatch(/^(|the next configuration that was not tried)$/);
    const stubborn: Sampler = { ...random(), propose: () => ({ params: { kernel: "linear", C: 5 }, by: "stubborn", why: "I like it" }) };
    const forced = run(distinct(stubborn), finite, 3);
    expect(forced.map(({ params }) => params)).toEqual([
      { kernel: "linear", C: 5 },
      { kernel: "rbf", gamma: 1, C: 1 },
      { kernel: "rbf", gamma: 1, C: 2 },
    ]);
    expect(forced[1]).toMatchObject({ by: "stubborn", why: "the next configuration that was not tried, after I like it" });
  });

  it("leaves infinite spaces alone", () => {
    expect(run(distinct(random()), space, 20)).toEqual(run(random(), space, 20));
    expect(distinct(random()).size(space)).toBeNull();
    expect(distinct(grid()).options).toEqual({ sampler: "grid" });
  });
});
