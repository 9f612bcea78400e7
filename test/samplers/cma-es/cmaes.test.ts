import { describe, expect, it } from "vitest";
import type { FinishedTrial, Sampler } from "#hpo/core/sampler";
import type { Params, Space } from "#hpo/core/space";
import { cmaes } from "#hpo/samplers/cma-es/cmaes";
import { random } from "#hpo/samplers/random";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { values } from "#hpo/space/values";
import { type Search, type SearchPath, search as searchWith } from "../search.ts";

const search = (options: Omit<Search, "sampler"> & Partial<Search>): SearchPath => searchWith({ sampler: cmaes(), ...options });
const cube = (n: number): Space => Object.fromEntries(Array.from({ length: n }, (_, d) => [`x${d}`, float(-5, 5)]));
const vector = (params: Params): number[] => Object.values(params) as number[];
const median = (found: readonly number[]): number => found.toSorted((a, b) => a - b)[Math.floor(found.length / 2)]!;
const seeds = [1, 2, 3, 4, 5];
const optimum = [1.3, -2.1, 0.7, 3.2, -0.9];
const sphere = (params: Params): number => vector(params).reduce((sum, x, d) => sum + (x - optimum[d]!) ** 2, 0);

/** A rotation of four dimensions by 1 radian in every plane. */
function rotate(x: readonly number[]): number[] {
  const turned = [...x];
  for (let a = 0; a < x.length; a++) {
    for (let b = a + 1; b < x.length; b++) {
      const [p, q] = [turned[a]!, turned[b]!];
      turned[a] = Math.cos(1) * p - Math.sin(1) * q;
      turned[b] = Math.sin(1) * p + Math.cos(1) * q;
    }
  }
  return turned;
}

describe("cmaes", () => {
  it("converges on a sphere by a constant factor for each trial", () => {
    const logs = [150, 300, 450].map((n) =>
      median(seeds.map((seed) => Math.log10(search({ space: cube(5), trials: 450, evaluate: sphere, seed }).best[n - 1]!))),
    );
    const [first, second] = [logs[0]! - logs[1]!, logs[1]! - logs[2]!];
    // Orders of magnitude in 150 trials; the plain method makes two.
    expect(first).toBeGreaterThan(2.5);
    expect(second).toBeGreaterThan(2.5);
    expect(Math.max(first, second) / Math.min(first, second)).toBeLessThan(1.6);
  });

  it("needs the same number of trials wherever the optimum lies, and however an ellipsoid is turned", () => {
    const trialsTo = (evaluate: (params: Params) => number, goal: number): number =>
      median(
        seeds.map((seed) => {
          const { best } = search({ space: cube(4), trials: 700, evaluate, seed });
          const at = best.findIndex((value) => value < goal);
          return at < 0 ? 700 : at;
        }),
      );
    const ellipsoid = (x: readonly number[]): number => x.reduce((sum, value, d) => sum + 100 ** (d / 3) * value * value, 0);
    const shifted = (shift: readonly number[]) => (params: Params) => ellipsoid(vector(params).map((x, d) => x - shift[d]!));
    const turned = (params: Params): number => ellipsoid(rotate(vector(params).map((x, d) => x - optimum[d]!)));
    const counts = [shifted([1.3, -2.1, 0.7, 3.2]), shifted([-2, 2, 2, -2.5]), turned].map((evaluate) => trialsTo(evaluate, 1e-6));
    expect(Math.max(...counts)).toBeLessThan(600);
    expect(Math.max(...counts) / Math.min(...counts)).toBeLessThan(1.5);
  });

  it("sees only the order of values: a growing function of them, or the other direction, changes no proposal", () => {
    const plain = search({ space: cube(3), trials: 60, evaluate: sphere });
    const cubed = search({ space: cube(3), trials: 60, evaluate: (params) => sphere(params) ** 3 - 7 });
    const turned = search({ space: cube(3), trials: 60, evaluate: (params) => -sphere(params), direction: "maximize" });
    expect(cubed.params).toEqual(plain.params);
    expect(turned.params).toEqual(plain.params);
  });

  it("is far ahead of random search with one and with eight trials at work", () => {
    const result = (sampler: Sampler, lookahead: number): number =>
      median(seeds.map((seed) => search({ space: cube(5), trials: 200, evaluate: sphere, sampler, seed, lookahead }).best[199]!));
    const drawn = result(random(), 1);
    expect(result(cmaes(), 1)).toBeLessThan(drawn / 200);
    expect(result(cmaes(), 8)).toBeLessThan(drawn / 100);
  });

  it("finds integers, lists and choices among floats", () => {
    const space: Space = {
      n: int(1, 64),
      l: int(1, 4096, { log: true }),
      v: values([1, 2, 4, 8, 16]),
      c: choice({ a: { x: float(0, 1) }, b: { y: float(0, 1), z: int(0, 9) } }),
    };
    const evaluate = ({ n, l, v, c, x, y, z }: Params): number => {
      const common = ((n as number) - 37) ** 2 / 100 + (Math.log2(l as number) - 8) ** 2 / 10 + (v === 8 ? 0 : 0.3);
      return common + (c === "a" ? 0.5 + (x as number) : ((y as number) - 0.2) ** 2 + Math.abs((z as number) - 7) / 5);
    };
    const found = seeds.map((seed) => search({ space, trials: 300, evaluate, seed }).best[299]!);
    expect(median(found)).toBeLessThan(0.01);
    expect(median(seeds.map((seed) => search({ space, trials: 300, evaluate, seed, sampler: random() }).best[299]!))).toBeGreaterThan(0.1);
  });

  it("puts failed trials and values that are no number last, and takes infinite ones", () => {
    const evaluate = (params: Params, number: number): Partial<FinishedTrial> | number => {
      if (number % 5 === 1) return { state: "failed" };
      if (number % 5 === 2) return Number.NaN;
      if (number % 5 === 3 && sphere(params) > 20) return Infinity;
      return sphere(params);
    };
    expect(median(seeds.map((seed) => search({ space: cube(3), trials: 300, evaluate, seed }).best[299]!))).toBeLessThan(1e-3);
    for (const value of [Number.NaN, Infinity, -Infinity, 0, 1e308]) {
      const { params } = search({ space: cube(3), trials: 150, evaluate: () => value });
      expect(new Set(params.map((one) => JSON.stringify(one))).size).toBe(150);
    }
  });

  it("puts broken outcome constraints before the value", () => {
    const evaluate = (params: Params): Partial<FinishedTrial> => ({
      values: [sphere(params)],
      constraints: [2.5 - vector(params)[0]!, -1],
    });
    const { params, values: costs } = search({ space: cube(3), trials: 300, evaluate });
    const kept = costs.filter((_, n) => vector(params[n]!)[0]! >= 2.5);
    // The nearest point that is allowed has the value 1.2².
    expect(Math.min(...kept)).toBeLessThan(1.2 ** 2 + 0.01);
  });

  it("starts again elsewhere with twice the population once it has converged, and never where restarts are off", () => {
    const two = (params: Params): number => {
      const x = vector(params);
      const [a, b] = [-3, 3].map((centre) => x.reduce((sum, value) => sum + (value - centre) ** 2, 0));
      return Math.min(a! + 1, b!);
    };
    const found = seeds.map((seed) => search({ space: cube(2), trials: 900, evaluate: two, seed, lookahead: 4 }));
    for (const { why } of found) expect(why.some((one) => one.startsWith("generation 1 of run 2"))).toBe(true);
    expect(median(found.map(({ best }) => best[899]!))).toBeLessThan(1e-6);
    const single = search({ space: cube(2), trials: 900, evaluate: two, sampler: cmaes({ restarts: false }) });
    expect(single.why.every((one) => one.includes("of run 1,"))).toBe(true);
  });

  it("searches 50 dimensions, one value and integers alone", () => {
    const wide = search({ space: cube(50), trials: 400, evaluate: (params) => vector(params).reduce((sum, x) => sum + (x - 2) ** 2, 0) });
    expect(wide.best[399]!).toBeLessThan(100);
    expect(search({ space: { a: int(3, 3), b: choice(["x"]) }, trials: 30, evaluate: () => 1 }).params[29]).toEqual({ a: 3, b: "x" });
    const grid: Space = { a: int(0, 30), b: int(0, 30), c: values([5, 6]) };
    const evaluate = ({ a, b, c }: Params): number => ((a as number) - 22) ** 2 + ((b as number) - 3) ** 2 + (c as number);
    const found = seeds.map((seed) => search({ space: grid, trials: 200, evaluate, seed }).best[199]!);
    expect(median(found)).toBe(5);
  });

  it("says which generation proposed, and refuses several objectives and wrong options", () => {
    const sampler = cmaes({ population: 4 });
    const { why } = search({ space: cube(2), trials: 9, evaluate: sphere, sampler });
    // Four trials, then two new ones a generation.
    expect(why.map((one) => Number(/^generation (\d+) of run 1, step /.exec(one)?.[1]))).toEqual([1, 1, 1, 1, 2, 2, 3, 3, 4]);
    expect(sampler.options).toEqual({ population: 4, step: 0.2, restarts: true });
    expect(() => cmaes().start({ space: cube(2), directions: ["minimize", "minimize"] })).toThrow(
      "cmaes(): there must be one objective; got 2. Take nsga2() for several.",
    );
    expect(() => cmaes({ population: 3 })).toThrow("cmaes(): population must be an integer from 4 to 100000; got 3.");
    expect(() => cmaes({ step: 0 })).toThrow("cmaes(): step must be a finite number above 0 and at most 1; got 0.");
  });
});
