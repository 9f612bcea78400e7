import { describe, expect, it } from "vitest";
import type { FinishedTrial, Sampler } from "#hpo/core/sampler";
import type { Params, Space } from "#hpo/core/space";
import { differentialEvolution } from "#hpo/samplers/differential-evolution";
import { random } from "#hpo/samplers/random";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { search } from "./search.ts";

const cube = (n: number): Space => Object.fromEntries(Array.from({ length: n }, (_, d) => [`x${d}`, float(-5, 5)]));
const vector = (params: Params): number[] => Object.values(params) as number[];
const median = (found: readonly number[]): number => found.toSorted((a, b) => a - b)[Math.floor(found.length / 2)]!;
const seeds = [1, 2, 3, 4, 5];
const optimum = [1.3, -2.1, 0.7, 3.2, -0.9];
const sphere = (params: Params): number => vector(params).reduce((sum, x, d) => sum + (x - optimum[d]!) ** 2, 0);
const bumpy = (params: Params): number =>
  vector(params).reduce((sum, x, d) => sum + (x - optimum[d]!) ** 2 + 10 - 10 * Math.cos(2 * Math.PI * (x - optimum[d]!)), 0);

const after = (sampler: Sampler, evaluate: (params: Params) => number, trials: number, lookahead = 1): number =>
  median(seeds.map((seed) => search({ space: cube(4), trials, evaluate, sampler, seed, lookahead }).best[trials - 1]!));

describe("differentialEvolution", () => {
  it("is far ahead of random search on smooth and on rugged functions, with one and with eight trials at work", () => {
    expect(after(differentialEvolution(), sphere, 400)).toBeLessThan(after(random(), sphere, 400) / 1000);
    expect(after(differentialEvolution(), sphere, 400, 8)).toBeLessThan(after(random(), sphere, 400) / 300);
    expect(after(differentialEvolution(), bumpy, 1000)).toBeLessThan(after(random(), bumpy, 1000) / 5);
  });

  it("draws its members first, then challenges one after the other and keeps what is no worse", () => {
    const sampler = differentialEvolution({ population: 5 });
    const { why, params } = search({ space: cube(2), trials: 40, evaluate: sphere, sampler });
    expect(why.slice(0, 7)).toEqual([
      "member 1 of 5",
      "member 2 of 5",
      "member 3 of 5",
      "member 4 of 5",
      "member 5 of 5",
      "challenges member 1 of 5",
      "challenges member 2 of 5",
    ]);
    // What a trial changes lies on its member's own coordinates elsewhere.
    const members = params.slice(0, 5);
    for (let n = 5; n < 40; n++) {
      const [before, now] = [members[n % 5]!, params[n]!];
      expect(Object.keys(now).some((name) => now[name] !== before[name])).toBe(true);
      if (sphere(now) <= sphere(before)) members[n % 5] = now;
    }
    const kept = members.map(sphere);
    expect(Math.max(...kept)).toBeLessThan(median(params.slice(0, 5).map(sphere)));
  });

  it("sees only the order of values", () => {
    const plain = search({ space: cube(3), trials: 80, evaluate: sphere, sampler: differentialEvolution() });
    const grown = search({ space: cube(3), trials: 80, evaluate: (params) => sphere(params) ** 3 - 7, sampler: differentialEvolution() });
    const turned = search({
      space: cube(3),
      trials: 80,
      evaluate: (params) => -sphere(params),
      sampler: differentialEvolution(),
      direction: "maximize",
    });
    expect(grown.params).toEqual(plain.params);
    expect(turned.params).toEqual(plain.params);
  });

  it("finds integers, choices and the parameters behind them", () => {
    const space: Space = { n: int(1, 64), c: choice({ a: { x: float(0, 1) }, b: { y: float(0, 1), z: int(0, 9) }, c: {} }) };
    const evaluate = ({ n, c, x, y, z }: Params): number =>
      ((n as number) - 37) ** 2 / 100 +
      (c === "c" ? 2 : c === "a" ? 0.5 + (x as number) : ((y as number) - 0.2) ** 2 + Math.abs((z as number) - 7) / 5);
    const result = (sampler: Sampler): number =>
      median(seeds.map((seed) => search({ space, trials: 400, evaluate, sampler, seed }).best[399]!));
    expect(result(differentialEvolution())).toBeLessThan(0.002);
    expect(result(random())).toBeGreaterThan(0.02);
  });

  it("puts failed trials and values that are no number last, and goes on where all are alike", () => {
    const evaluate = (params: Params, number: number): Partial<FinishedTrial> | number => {
      if (number % 5 === 1) return { state: "failed" };
      if (number % 5 === 2) return Number.NaN;
      return sphere(params);
    };
    const found = seeds.map((seed) => search({ space: cube(3), trials: 400, evaluate, seed, sampler: differentialEvolution() }).best[399]!);
    expect(median(found)).toBeLessThan(0.1);
    for (const value of [Number.NaN, Infinity, -Infinity, 0]) {
      expect(search({ space: cube(2), trials: 100, evaluate: () => value, sampler: differentialEvolution() }).params.length).toBe(100);
    }
    const still = search({ space: { a: int(3, 3) }, trials: 40, evaluate: () => 1, sampler: differentialEvolution() });
    expect(still.params[39]).toEqual({ a: 3 });
  });

  it("refuses several objectives and too few members", () => {
    expect(() => differentialEvolution().start({ space: cube(2), directions: ["minimize", "minimize"] })).toThrow(
      "differentialEvolution(): there must be one objective; got 2. Take nsga2() for several.",
    );
    expect(() => differentialEvolution({ population: 4 })).toThrow(
      "differentialEvolution(): population must be an integer from 5 to 100000; got 4.",
    );
  });
});
