import { describe, expect, it } from "vitest";
import { auto, float, gp, type Params, random, rng, type Sampler, sobol, type Space, startup, tpe } from "hpo";
import { Plateaus } from "#hpo/samplers/plateau";
import { describeSamplerContract, steppedScenarios } from "../contract/sampler-contract.ts";
import { search } from "./search.ts";

const cube = (count: number): Space => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, float(-5, 5)]));
const numbers = (params: Params): readonly number[] => Object.values(params) as number[];

/** A look-up: the value of the nearest of `count` places, Rastrigin's function there; 0 is the best of them. */
function nearestPlace(dimension: number, count: number, seed: number): (params: Params) => number {
  const stream = rng(seed);
  const places = Array.from({ length: count }, () => Array.from({ length: dimension }, () => 10 * stream.uniform() - 5));
  const values = places.map((place) => place.reduce((sum, x) => sum + x * x - 10 * Math.cos(2 * Math.PI * x) + 10, 0));
  const least = Math.min(...values);
  return (params) => {
    const x = numbers(params);
    const gaps = places.map((place) => place.reduce((sum, at, d) => sum + (at - (x[d] as number)) ** 2, 0));
    return (values[gaps.indexOf(Math.min(...gaps))] as number) - least;
  };
}

const steppedSphere = (params: Params): number => Math.floor(numbers(params).reduce((sum, x) => sum + (x - 1.3) ** 2, 0) / 3);

/** Flat but for a ball of a twentieth of the volume. */
const ball = (params: Params): number => Math.min(0, numbers(params).reduce((sum, x) => sum + (x - 1.3) ** 2, 0) - 5.2);

const means = (
  sampler: () => Sampler,
  dimension: number,
  { trials, seeds }: { trials: number; seeds: number },
  evaluate: (params: Params, seed: number) => number,
): number => {
  const found = Array.from(
    { length: seeds },
    (_, seed) =>
      search({ sampler: sampler(), space: cube(dimension), seed, trials, evaluate: (params) => evaluate(params, seed) }).best.at(-1)!,
  );
  return found.reduce((sum, one) => sum + one, 0) / seeds;
};

for (const [name, sampler] of Object.entries({ tpe, gp, auto })) describeSamplerContract(`${name} on steps`, sampler, steppedScenarios);

describe("Plateaus", () => {
  const never = (): boolean => false;

  it("asks for draws as good values come back, and for none once there is a better one", () => {
    const plateaus = new Plateaus();
    for (const value of [5, 4, 3]) expect(plateaus.add(value, never)).toBe(false);
    expect(plateaus.drawnShare).toBe(0);
    expect(plateaus.add(3, never)).toBe(true);
    expect(plateaus.drawnShare).toBeCloseTo(0.2, 12);
    for (let i = 0; i < 20; i++) plateaus.add(3, never);
    expect(plateaus.drawnShare).toBe(0.9);
    plateaus.add(2, never);
    expect(plateaus.drawnShare).toBe(0);
  });

  it("counts neither bad values, nor values that are none, nor a configuration tried again", () => {
    const plateaus = new Plateaus();
    for (const value of [1, 2, 3, 4, 9, 9, 9, Number.NaN, Number.NaN]) plateaus.add(value, never);
    expect(plateaus.add(1, (earlier) => earlier === 0)).toBe(false);
    expect(plateaus.drawnShare).toBe(0);
  });
});

describe("on step functions", () => {
  it("tpe() goes on from a step that it has found: over tables of 150 cells it is ahead of random()", () => {
    const tables = Array.from({ length: 24 }, (_, seed) => nearestPlace(3, 150, seed));
    const budget = { trials: 80, seeds: 24 };
    const value = (params: Params, seed: number): number => (tables[seed] as (params: Params) => number)(params);
    expect(means(tpe, 3, budget, value)).toBeLessThan(means(random, 3, budget, value));
  });

  it("tpe() still descends stairs", () => {
    const budget = { trials: 60, seeds: 10 };
    expect(means(tpe, 5, budget, steppedSphere)).toBeLessThan(0.5 * means(random, 5, budget, steppedSphere));
  });

  it("a model leaves a flat for what is better", () => {
    for (const sampler of [tpe, () => startup(10, sobol(), gp())])
      expect(means(sampler, 3, { trials: 60, seeds: 4 }, ball)).toBeLessThan(-3);
  });

  it("gp() and auto() draw anew, and say so", () => {
    const table = nearestPlace(2, 20, 1);
    for (const sampler of [startup(10, sobol(), gp()), auto()]) {
      const { why, best } = search({ sampler, space: cube(2), trials: 50, evaluate: table });
      expect(why.filter((one) => one.includes("a random draw: the last trials had values that are known")).length).toBeGreaterThan(5);
      expect(best.at(-1)).toBe(0);
    }
  });

  it("nothing is drawn where no value comes back", () => {
    for (const sampler of [tpe(), startup(10, sobol(), gp())]) {
      const { why } = search({
        sampler,
        space: cube(2),
        trials: 40,
        evaluate: (params) => numbers(params).reduce((sum, x) => sum + x * x, 0),
      });
      expect(why.slice(10).filter((one) => one.includes("random draw"))).toEqual([]);
    }
  });
});
