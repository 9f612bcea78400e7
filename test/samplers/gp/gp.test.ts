import { describe, expect, it } from "vitest";
import type { FinishedTrial, Sampler } from "#hpo/core/sampler";
import type { Params, Space } from "#hpo/core/space";
import { rng } from "#hpo/math/rng";
import { gp } from "#hpo/samplers/gp/gp";
import { emptyHistory, remember } from "#hpo/samplers/gp/history";
import { predict } from "#hpo/samplers/gp/posterior";
import { surrogateOf } from "#hpo/samplers/gp/surrogate";
import { random } from "#hpo/samplers/random";
import { sobol } from "#hpo/samplers/sobol";
import { startup } from "#hpo/samplers/startup";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { values } from "#hpo/space/values";
import { describeSamplerContract, finiteScenarios } from "../../contract/sampler-contract.ts";

describeSamplerContract("gp", () => gp());
describeSamplerContract("gp with costAware", () => gp({ costAware: true }), finiteScenarios);

type Told = Partial<FinishedTrial> | number;

/** Runs a sampler for some trials, one at a time; gives what it proposed. */
function search(sampler: Sampler, space: Space, trials: number, tell: (params: Params, n: number) => Told, seed = 0): Params[] {
  const proposed: Params[] = [];
  let state = sampler.start({ space, directions: ["minimize"] });
  for (let number = 0; number < trials; number++) {
    const { params } = sampler.propose(state, number, [], rng(seed).fork(number))!;
    proposed.push(params);
    const told = tell(params, number);
    const trial = typeof told === "number" ? { values: [told] } : told;
    state = sampler.absorb(state, { number, state: "complete", params, values: [], standardErrors: [null], ...trial });
  }
  return proposed;
}

const least = (all: readonly number[]): number => Math.min(...all);
const begun = (options = {}): Sampler => startup(6, sobol(), gp(options));

const plane: Space = { x: float(-2, 2), y: float(-2, 2) };
const bowl = ({ x, y }: Params): number => ((x as number) - 0.7) ** 2 + 3 * ((y as number) + 0.3) ** 2;
/** Two valleys in the branch "a", one in "b", and a step of an integer. */
const branched: Space = {
  kind: choice({ a: { u: float(1e-4, 1, { log: true }), n: int(1, 20) }, b: { v: float(0, 1) } }),
  w: float(0, 1),
};
const tree = (params: Params): number => {
  const w = 0.3 * ((params["w"] as number) - 0.8) ** 2;
  if (params["kind"] === "b") return w + 0.5 + (params["v"] as number);
  return w + (Math.log10(params["u"] as number) + 2.3) ** 2 + (((params["n"] as number) - 13) / 10) ** 2;
};

describe("gp", () => {
  it.each([
    ["a bowl", plane, bowl, 1e-3],
    ["a tree", branched, tree, 1e-2],
  ] as const)("finds the least value of %s a hundred times better than random draws, over five seeds", (_, space, judge, bound) => {
    for (let seed = 0; seed < 5; seed++) {
      const ours = least(search(begun(), space, 30, judge, seed).map(judge));
      const theirs = least(search(random(), space, 30, judge, seed).map(judge));
      expect(ours).toBeLessThan(Math.max(bound / 100, theirs / 100));
      expect(ours).toBeLessThan(bound);
    }
  });

  it("keeps its quality with eight trials pending", () => {
    const sampler = begun();
    let state = sampler.start({ space: plane, directions: ["minimize"] });
    const proposed: Params[] = [];
    for (let number = 0; number < 40; number++) {
      const known = Math.max(0, number - 7);
      if (known > 0) {
        const params = proposed[known - 1]!;
        state = sampler.absorb(state, { number: known - 1, state: "complete", params, values: [bowl(params)], standardErrors: [null] });
      }
      proposed.push(sampler.propose(state, number, proposed.slice(known), rng(1).fork(number))!.params);
    }
    expect(least(proposed.map(bowl))).toBeLessThan(1e-3);
    expect(new Set(proposed.map((params) => JSON.stringify(params))).size).toBe(40);
  });

  it("looks about the best trial every second time of the first hundred, but only with trials pending", () => {
    const sampler = begun();
    let state = sampler.start({ space: plane, directions: ["minimize"] });
    const told = [...search(begun(), plane, 12, bowl, 3)];
    for (const [number, params] of told.entries()) {
      state = sampler.absorb(state, { number, state: "complete", params, values: [bowl(params)], standardErrors: [null] });
    }
    const best = told.toSorted((a, b) => bowl(a) - bowl(b))[0]!;
    const corners = [-2, 2].flatMap((x) => [-2, 2].map((y) => ({ x, y })));
    const asked = (number: number, pending: readonly Params[]): string => {
      const { params, why } = sampler.propose(state, number, pending, rng(0).fork(number))!;
      if (!why.includes("near the best trial")) return "anywhere";
      for (const name of ["x", "y"]) expect(Math.abs((params[name] as number) - (best[name] as number))).toBeLessThanOrEqual(0.8 + 1e-9);
      return "near";
    };
    expect([12, 13, 14, 15].map((number) => asked(number, corners))).toEqual(["anywhere", "near", "anywhere", "near"]);
    expect([12, 13].map((number) => asked(number, []))).toEqual(["anywhere", "anywhere"]);
    expect(asked(101, corners)).toBe("anywhere");
  });

  it("tries every configuration of a finite space once, the best early", () => {
    const space: Space = { kind: choice({ a: { p: values([1, 2, 4, 8]), q: int(0, 4) }, b: {} }), r: float(0, 1, { step: 0.25 }) };
    const judge = (params: Params): number =>
      params["kind"] === "b" ? 9 : Math.abs((params["p"] as number) - 4) + ((params["q"] as number) - 3) ** 2 + (params["r"] as number);
    const proposed = search(begun(), space, 108, judge);
    const keys = proposed.map((params) => JSON.stringify(params));
    expect(new Set(keys.slice(0, 105)).size).toBe(105);
    expect(proposed.findIndex((params) => judge(params) === 0)).toBeLessThan(30);
  });

  it("keeps to the study's rules, in a finite space and in others", () => {
    const feasible = ({ x, y }: Params): boolean => (x as number) + (y as number) <= 0;
    for (const space of [plane, { x: int(-9, 9), y: int(-9, 9) }, { x: int(-90, 90), y: int(-90, 90) }]) {
      const sampler = gp();
      let state = sampler.start({ space, directions: ["minimize"], feasible });
      for (let number = 0; number < 20; number++) {
        const { params } = sampler.propose(state, number, [], rng(2).fork(number))!;
        expect(feasible(params)).toBe(true);
        state = sampler.absorb(state, { number, state: "complete", params, values: [bowl(params)], standardErrors: [null] });
      }
    }
  });

  it("tries what is left of a larger finite space, and then again what promises most", () => {
    const space = { x: int(0, 50), y: int(0, 50) };
    const sampler = gp();
    const state = sampler.start({ space, directions: ["minimize"] });
    const tell = (number: number): void => {
      const params = { x: number % 51, y: Math.floor(number / 51) };
      sampler.absorb(state, { number, state: "complete", params, values: [bowl(params)], standardErrors: [null] });
    };
    for (let number = 0; number < 51 * 51 - 1; number++) tell(number);
    expect(sampler.propose(state, 2600, [], rng(0))!.params).toEqual({ x: 50, y: 50 });
    tell(2600);
    expect(sampler.propose(state, 2601, [], rng(0))!.params).toBeDefined();
  });

  it("keeps to what the constraints allow", () => {
    // The bowl's least value lies at x = 0.7; allowed is x + y ≤ −1.
    const judge = (params: Params): Told => ({
      values: [bowl(params)],
      constraints: [(params["x"] as number) + (params["y"] as number) + 1],
    });
    const proposed = search(begun(), plane, 35, judge);
    const allowed = proposed.filter(({ x, y }) => (x as number) + (y as number) <= -1);
    // By Lagrange: y = −0.3 + λ, x = 0.7 + 3 λ, λ = −0.35, so 1.05² + 3 · 0.35².
    expect(least(allowed.map(bowl))).toBeLessThan(1.47 * 1.02);
    expect(least(allowed.map(bowl))).toBeGreaterThanOrEqual(1.47 - 1e-9);
  });

  it("looks for what is allowed first, where nothing was", () => {
    const judge = (params: Params): Told => ({ values: [0], constraints: [bowl(params) - 0.05] });
    const proposed = search(begun(), plane, 25, judge);
    expect(proposed.some((params) => bowl(params) <= 0.05)).toBe(true);
  });

  it("believes a value less where its error is large, and an estimate of a pruned trial less than a value", () => {
    const odd = 12;
    const meanAtOdd = (last: Partial<FinishedTrial>): number => {
      const history = emptyHistory({ space: plane, directions: ["minimize"] });
      for (let n = 0; n <= odd; n++) {
        const params = { x: ((n * 0.37) % 1) * 4 - 2, y: ((n * 0.61) % 1) * 4 - 2 };
        const told = n === odd ? last : { values: [bowl(params)], standardErrors: [0.01] };
        remember(history, { number: n, state: "complete", params, values: [20], standardErrors: [null], ...told });
      }
      const { posterior } = surrogateOf(history, "value", 0)!;
      predict(posterior, history.trials[odd]!.point);
      return Math.abs(posterior.mean - posterior.y[odd]!);
    };
    const sure = meanAtOdd({ standardErrors: [0.01] });
    expect(sure).toBeLessThan(0.1);
    expect(meanAtOdd({ standardErrors: [15] })).toBeGreaterThan(5 * sure);
    expect(meanAtOdd({ state: "pruned", standardErrors: [0.01] })).toBeGreaterThan(2 * sure);
  });

  it("prefers quick trials with costAware, and says that it uses a clock", () => {
    const tell = (params: Params): Told => ({ values: [bowl(params) / 100], seconds: (params["x"] as number) > 0 ? 1000 : 1 });
    const slow = (all: readonly Params[]): number => all.filter(({ x }) => (x as number) > 0).length;
    expect(slow(search(begun({ costAware: true }), plane, 24, tell))).toBeLessThan(slow(search(begun(), plane, 24, tell)));
    expect(gp({ costAware: true }).traits.usesClock).toBe(true);
    expect(gp().traits.usesClock).toBe(false);
  });

  it.each<readonly [string, (params: Params, n: number) => Told]>([
    ["equal values", () => 3],
    ["NaN and infinities", (params, n) => [Number.NaN, Infinity, -Infinity, bowl(params)][n % 4]!],
    ["failures alone", () => ({ state: "failed" })],
    ["pruned trials, with and without estimates", (params, n) => ({ state: "pruned", values: n % 2 === 0 ? [] : [bowl(params)] })],
    ["huge and tiny values", (params, n) => bowl(params) * (n % 2 === 0 ? 1e300 : 1e-300)],
    ["the largest numbers", (_, n) => (n % 2 === 0 ? Number.MAX_VALUE : -Number.MAX_VALUE)],
  ])("goes on with %s", (_, tell) => {
    expect(new Set(search(begun(), plane, 20, tell).map((params) => JSON.stringify(params))).size).toBe(20);
  });

  it("searches fifty dimensions, and histories of thousands in bounded steps", () => {
    const wide = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`x${i}`, float(0, 1)]));
    const sphere = (params: Params): number => Object.values(params).reduce<number>((sum, x) => sum + ((x as number) - 0.3) ** 2, 0);
    const proposed = search(begun(), wide, 14, sphere);
    expect(proposed).toHaveLength(14);
    const sampler = gp();
    let state = sampler.start({ space: plane, directions: ["maximize"] });
    const stream = rng(8);
    for (let number = 0; number < 2000; number++) {
      const params = { x: 4 * stream.uniform() - 2, y: 4 * stream.uniform() - 2 };
      state = sampler.absorb(state, { number, state: "complete", params, values: [-bowl(params)], standardErrors: [null] });
    }
    expect(bowl(sampler.propose(state, 2000, [], rng(1))!.params)).toBeLessThan(0.01);
  });

  it("refuses several objectives and unknown options", () => {
    expect(() => gp().start({ space: plane, directions: ["minimize", "minimize"] })).toThrow(
      "gp(): a study must have one objective; got 2. Name one, or take a sampler for several.",
    );
    expect(() => gp({ costAware: 1 } as object)).toThrow("gp(): costAware must be true or false; got 1.");
  });
});
