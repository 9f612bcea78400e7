import { choice, defineStudy, float, int, openStudy, populationBased, type PopulationBasedOptions, rng, values } from "hpo";
import type { FinishedTrial, Proposal } from "#hpo/core/sampler";
import type { Params, Space } from "#hpo/core/space";
import { enqueued } from "#hpo/samplers/enqueued";
import { explored, exploration } from "#hpo/samplers/population-based/exploration";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { mean, median } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { describeSamplerContract } from "../../contract/sampler-contract.ts";
import { trained, type TrainedTrial, type Training } from "./training.ts";

describeSamplerContract("populationBased", () => populationBased({ members: 4 }));
describeSamplerContract("populationBased that often draws anew", () => populationBased({ members: 5, exploit: 0.5, resample: 0.9 }));
describeSamplerContract("populationBased behind a point given", () =>
  enqueued(populationBased({ members: 4 }), [{ given: {}, refuge: {} }], { forbid: [], limits: [] }),
);

const line = { x: float(0, 1) };

/** The sampler after so many trials, which ended as `end` says (a value to minimise, or null for a failure), told one by one. */
function after(options: PopulationBasedOptions, ends: readonly (number | null)[]) {
  const sampler = populationBased(options);
  let state = sampler.start({ space: line, directions: ["minimize"] });
  const proposals: Proposal[] = [];
  for (const [number, end] of ends.entries()) {
    const proposal = sampler.propose(state, number, [], rng(0).fork(number)) as Proposal;
    const told = end === null ? ({ state: "failed", values: [] } as const) : ({ state: "complete", values: [end] } as const);
    const trial: FinishedTrial = {
      number,
      params: proposal.params,
      ...told,
      standardErrors: [],
    };
    state = sampler.absorb(state, trial);
    proposals.push(proposal);
  }
  return { propose: (number: number) => sampler.propose(state, number, [], rng(0).fork(number)) as Proposal, proposals };
}

describe("populationBased", () => {
  it("begins with as many trials as members, then lets each go on, but for the worst, who go on from the best", () => {
    const { propose, proposals } = after({ members: 5 }, [3, 5, 1, 2, 4]);
    expect(proposals.every(({ parent }) => parent === undefined)).toBe(true);
    for (const [member, proposal] of proposals.entries()) {
      if (member === 1) continue;
      expect(propose(5 + member)).toEqual({
        params: proposal.params,
        by: "populationBased",
        why: `member ${member}, interval 1: goes on`,
        parent: member,
      });
    }
    const moved = propose(6);
    expect(moved.parent).toBe(2);
    expect(moved.why).toMatch(/^member 1, interval 1: goes on from member 2; x \S+ → \S+$/);
    expect(moved.params).not.toEqual(proposals[2]?.params);
  });

  it("takes the share that gives up from the options, at most half, and none for 0", () => {
    const ends = [0, 1, 2, 3, 4, 5, 6, 7];
    const leavers = (options: PopulationBasedOptions): number[] => {
      const { propose } = after({ members: 8, ...options }, ends);
      return ends.filter((member) => propose(8 + member).parent !== member);
    };
    expect(leavers({ exploit: 0 })).toEqual([]);
    expect(leavers({ exploit: 0.01 })).toEqual([7]);
    expect(leavers({ exploit: 0.25 })).toEqual([6, 7]);
    expect(leavers({ exploit: 0.5 })).toEqual([4, 5, 6, 7]);
  });

  it("draws the one to go on from among the best alike", () => {
    const sampler = populationBased({ members: 4, exploit: 0.5 });
    let state = sampler.start({ space: line, directions: ["maximize"] });
    for (const [number, value] of [1, 9, 8, 2].entries()) {
      state = sampler.absorb(state, { number, state: "complete", params: { x: 0.5 }, values: [value], standardErrors: [null] });
    }
    const from = Array.from({ length: 400 }, (_, draw) => (sampler.propose(state, 4, [], rng(draw)) as Proposal).parent);
    // Binomial(400, ½): 200 ± 4.5 standard deviations.
    expect(Math.abs(from.filter((parent) => parent === 1).length - 200)).toBeLessThan(45);
    expect(new Set(from)).toEqual(new Set([1, 2]));
  });

  it("compares members as they were before the interval: being ahead is no merit", () => {
    // Members 0 and 1 have ended interval 1, much better than anything in interval 0; member 3 was the worst there.
    const { propose } = after({ members: 4 }, [4, 3, 2, 5, 0.2, 0.1]);
    expect(propose(6).parent).toBe(2);
    // It goes on from trial 2, the best in interval 0; not from trial 4 or 5, which are an interval further.
    expect(propose(7).parent).toBe(2);
    expect(after({ members: 3 }, [1, 5, 9, 0.5, 4]).propose(5).parent).toBe(0);
    // Interval 2 of member 0, with lookahead 2: member 3 is seen after interval 0 alone.
    expect(after({ members: 4 }, [4, 3, 2, 5, 6, 1, 1.5]).propose(8).parent).toBe(5);
    expect(after({ members: 4 }, [4, 3, 2, 5, 4.5, 1, 1.5]).propose(8).parent).toBe(4);
  });

  it("takes members whose trial failed to one that has a state, and begins anew where none has", () => {
    expect(after({ members: 3, exploit: 0 }, [2, null, 1]).propose(4).parent).toBe(2);
    expect(after({ members: 3 }, [null, null, 7]).propose(3).parent).toBe(2);
    const anew = after({ members: 3 }, [null, null, null]).propose(4);
    expect(anew).toMatchObject({ why: "member 1, interval 1: begins anew, since no member left a state" });
    expect(anew).not.toHaveProperty("parent");
  });

  it("moves by a factor on a log scale, by a share of the range on others, at least to the next value, and inward at an end", () => {
    const space: Space = {
      rate: float(1e-4, 1, { log: true }),
      share: float(-1, 1),
      units: int(1, 64, { log: true }),
      depth: int(1, 5),
      size: values([16, 32, 64]),
      kind: choice(["a", "b"]),
      only: values([7]),
    };
    const params: Params = { rate: 0.01, share: 1, units: 2, depth: 1, size: 32, kind: "a", only: 7 };
    const moves = exploration(space, { perturb: 1.5, resample: 0, fixed: [] });
    const seen = Array.from({ length: 80 }, (_, draw) => explored(moves, params, rng(draw)));
    const all = (name: string): unknown[] => [...new Set(seen.map((one) => one[name]))].sort((a, b) => Number(a) - Number(b));
    expect(all("rate")).toEqual([expect.closeTo(0.01 / 1.5, 12), expect.closeTo(0.015, 12)]);
    expect(all("share")).toEqual([expect.closeTo(0.5, 12)]);
    expect(all("units")).toEqual([1, 3]);
    expect(all("depth")).toEqual([2]);
    expect(all("size")).toEqual([16, 64]);
    expect([all("kind"), all("only")]).toEqual([["a"], [7]]);
  });

  it("draws each parameter anew as often as it says, a choice with the branch below it, and never what is fixed", () => {
    const space: Space = { x: float(0, 1), y: float(0, 1), kind: choice({ a: { p: float(5, 6) }, b: {} }), layers: int(1, 9) };
    const drawn = exploration(space, { perturb: 1.0001, resample: 0.25, fixed: ["layers"] });
    const runs = 2000;
    const seen = Array.from({ length: runs }, (_, draw) => explored(drawn, { x: 0.5, y: 0.5, kind: "b", layers: 4 }, rng(draw)));
    const far = (name: string): boolean[] => seen.map((one) => Math.abs((one[name] as number) - 0.5) > 0.001);
    const [x, y] = [far("x"), far("y")];
    // Binomial(2000, ¼) ± 4.5 standard deviations of 19.4; half of the drawn choices are another one.
    for (const drawnOf of [x, y]) expect(Math.abs(drawnOf.filter(Boolean).length - runs / 4)).toBeLessThan(88);
    expect(Math.abs(x.filter((one, i) => one && y[i] === true).length - runs / 16)).toBeLessThan(50);
    expect(Math.abs(seen.filter(({ kind }) => kind === "a").length - runs / 8)).toBeLessThan(68);
    for (const { kind, p, layers } of seen) expect([kind === "a", layers]).toEqual([p !== undefined, 4]);
  });

  it("keeps the rules and begins with given points, whose states go on", async () => {
    const space = { x: float(0, 1), y: float(0, 1), kind: choice({ a: { p: int(1, 4) }, b: {} }) };
    const store = memoryStore();
    const study = await openStudy(
      defineStudy({
        name: "ruled",
        space,
        limits: [{ sum: { x: 1, y: 1 }, max: 1 }],
        forbid: [{ kind: "a", p: 3 }],
        enqueue: [{ x: 0.25, y: 0.5, kind: "b" }],
        sampler: populationBased({ members: 5, exploit: 0.4, resample: 0.5 }),
        trials: 100,
        objective: ({ params, checkpoint }) => {
          checkpoint.write(Uint8Array.of((checkpoint.read()?.[0] ?? 0) + 1));
          return params.x - params.y;
        },
      }),
      { store },
    );
    const { trials } = await study.run();
    await study.close();
    expect(trials.every(({ state }) => state === "complete")).toBe(true);
    expect([trials[0]?.by, trials[0]?.params]).toEqual(["enqueued", { kind: "b", x: 0.25, y: 0.5 }]);
    for (const { params, parent, number } of trials) {
      expect((params["x"] as number) + (params["y"] as number)).toBeLessThanOrEqual(1 + 1e-9);
      expect(params["p"]).not.toBe(3);
      expect(parent === null).toBe(number < 5);
      if (parent !== null) expect(parent).toBeGreaterThanOrEqual(number - 9);
    }
  });

  it("refuses what it can't do, with the cure", () => {
    expect(() => populationBased({ members: 1 })).toThrow("populationBased(): members must be an integer from 2 to 10000; got 1.");
    expect(() => populationBased({ exploit: 0.6 })).toThrow("exploit must be a finite number of at least 0 and at most 0.5; got 0.6.");
    expect(() => populationBased({ perturb: 1 })).toThrow("perturb must be a finite number above 1");
    expect(() => populationBased({ fixed: ["z"] }).start({ space: line, directions: ["minimize"] })).toThrow(
      'populationBased(): fixed must name parameters (x); got "z".',
    );
    expect(() => populationBased().start({ space: line, directions: ["minimize", "maximize"] })).toThrow(
      "populationBased(): there must be one objective; got 2. Take nsga2() for several.",
    );
  });
});

/** Stochastic gradient descent on a quadratic with unit noise: a large rate is fast and stays noisy, a small one is slow; a falling one is best. */
const curvatures = [1, 0.3, 0.1, 0.03];
const descent: Training<readonly number[]> = {
  space: { rate: float(1e-3, 1, { log: true }) },
  begin: () => [10, 10, 10, 10],
  train(start, { rate }, stream) {
    let place = start;
    for (let step = 0; step < 10; step++) {
      place = place.map((x, i) => x - (rate as number) * ((curvatures[i] as number) * x + stream.normal()));
    }
    return place;
  },
  loss: (place) => place.reduce((sum, x, i) => sum + ((curvatures[i] as number) * x * x) / 2, 0),
};

describe("populationBased finds a schedule", () => {
  const members = 10;
  const intervals = 60;
  const lossesOf = (trials: readonly TrainedTrial<readonly number[]>[]): number[] => trials.slice(-members).map(({ loss }) => loss);

  it.each([1, 2, 3, 4, 5])(
    "that half of its members beat the best of 19 fixed rates with, twice over, at any lookahead: seed %i",
    (seed) => {
      const fixed = Array.from({ length: 19 }, (_, k) => 10 ** (-3 + k / 6)).map((rate) => {
        const ends = Array.from({ length: members }, (__, member) => {
          let state = descent.begin();
          for (let i = 0; i < intervals; i++) state = descent.train(state, { rate }, rng(seed).fork("trial", i * members + member));
          return descent.loss(state);
        });
        return median(ends);
      });
      for (const lookahead of [1, 8, 10]) {
        const trials = trained(populationBased({ members }), descent, { seed, trials: members * intervals, lookahead });
        expect(median(lossesOf(trials)), `lookahead ${lookahead}`).toBeLessThan(Math.min(...fixed) / 2);
        // The rates of the best one's line fall: its last ten are below 0.7 times those of its first half (geometric means).
        const rates: number[] = [];
        let one = trials.slice(-members).reduce((a, b) => (b.loss < a.loss ? b : a));
        for (;;) {
          rates.unshift(Math.log(one.params["rate"] as number));
          if (one.parent === undefined) break;
          one = trials[one.parent] as typeof one;
        }
        expect(rates.length).toBeLessThanOrEqual(intervals);
        expect(mean(rates.slice(-10)) - mean(rates.slice(0, rates.length / 2))).toBeLessThan(Math.log(0.7));
      }
      // Neither half of the method does it alone.
      for (const alone of [{ exploit: 0 }, { perturb: 1 + 1e-9, resample: 0 }]) {
        const trials = trained(populationBased({ members, ...alone }), descent, { seed, trials: members * intervals });
        expect(median(lossesOf(trials))).toBeGreaterThan(Math.min(...fixed));
      }
    },
  );

  /** Section 4 (figure 2) of the paper: Q = 1.2 − θ₀² − θ₁² is climbed by its surrogate 1.2 − h₀θ₀² − h₁θ₁², from h = (1, 0) and h = (0, 1). */
  const surrogate: Training<readonly [number, number]> = {
    space: { h0: float(0, 1), h1: float(0, 1) },
    begin: () => [0.9, 0.9],
    train([a, b], { h0, h1 }) {
      const keep = (h: unknown): number => (1 - 0.04 * (h as number)) ** 4;
      return [a * keep(h0), b * keep(h1)];
    },
    loss: ([a, b]) => a * a + b * b - 1.2,
  };

  it.each([1, 2])("for the paper's toy problem where each fixed member stays at 0.39, with lookahead %i", (lookahead) => {
    const points = [
      { h0: 1, h1: 0 },
      { h0: 0, h1: 1 },
    ].map((given) => ({ given, refuge: given }));
    for (const seed of [1, 2, 3, 4, 5]) {
      const run = (exploit: number): number[] => {
        const sampler = enqueued(populationBased({ members: 2, resample: 0, exploit }), points, { forbid: [], limits: [] });
        return trained(sampler, surrogate, { seed, trials: 100, lookahead })
          .slice(-2)
          .map(({ loss }) => -loss);
      };
      expect(run(0)).toEqual([expect.closeTo(0.39, 3), expect.closeTo(0.39, 3)]);
      expect(Math.min(...run(0.2))).toBeGreaterThan(1.15);
    }
  });
});
