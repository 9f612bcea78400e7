import { rng } from "hpo";
import { describe, expect, it } from "vitest";
import { hypervolume, type Point } from "../../scripts/bench/hypervolume.ts";
import { noWorse } from "../../scripts/bench/peer-quality.ts";
import { suiteFunctions, suitePairs } from "../../scripts/bench/sampler-suite.ts";

const vector = (x: readonly number[]): Record<string, number> => Object.fromEntries(x.map((v, i) => [`x${i}`, v]));
const ones = (count: number): Record<string, number> => vector(Array.from({ length: count }, () => 1));

/** Where each function has its optimum, as published or as the shifts say. */
const optima: Readonly<Record<string, Record<string, number | string>>> = {
  sphere5: vector([1.3, -2.1, 0.7, 3.2, -0.9]),
  rosen5: ones(5),
  rastrigin5: vector([1.3, -2.1, 0.7, 3.2, -0.9]),
  ackley10: vector([5.1, -9.7, 14.2, -3.3, 8.8, -17.5, 2.6, 11.9, -6.4, 19.3]),
  branin: { x: Math.PI, y: 2.275 },
  hartmann6: vector([0.20168952, 0.15001069, 0.47687398, 0.27533243, 0.31165162, 0.65730054]),
  levy10: ones(10),
  styblinski5: vector([1, 1, 1, 1, 1].map((one) => one * -2.903534027771177)),
  mixed: { a: 0.6, b: 0.35, lr: 1e-3, n: 37, c: "adam" },
  conditional: { kernel: "rbf", C: 10, gamma: 0.01 },
};

describe("the suite of functions for samplers", () => {
  it.each(Object.values(suiteFunctions))("$name has its optimum where it is said to be", ({ name, optimum, evaluate }) => {
    // The published points have eight digits, and the functions are flat there.
    expect(evaluate(optima[name] ?? {})).toBeCloseTo(optimum, 10);
  });

  it("has pairs whose true front has the stated hypervolume", () => {
    for (const name of ["zdt1", "zdt2"]) {
      const { evaluate, hypervolume: stated } = suitePairs[name] as (typeof suitePairs)[string];
      const front = Array.from({ length: 20_001 }, (_, i) => evaluate(vector([i / 20_000, ...Array.from({ length: 9 }, () => 0)])));
      expect(hypervolume(front, [1.1, 1.1])).toBeCloseTo(stated as number, 3);
    }
    const inside = vector(Array.from({ length: 10 }, () => 0.37));
    expect(suitePairs["zdt1-abs"]?.evaluate(inside)).toEqual([0, 1]);
  });
});

describe("hypervolume()", () => {
  it("agrees with counting the cells of the grid that the points' coordinates make", () => {
    const stream = rng(1);
    for (let round = 0; round < 100; round++) {
      const points = Array.from({ length: stream.below(12) }, (): Point => [stream.below(14) / 10, stream.below(14) / 10]);
      expect(hypervolume(points, [1.1, 1.2])).toBeCloseTo(slowArea(points, [1.1, 1.2]), 12);
    }
  });
});

describe("noWorse()", () => {
  const peer = { median: 2, q25: 1, q75: 3, seeds: 20 };

  it("allows 1.05 times the median, the upper quartile of few seeds, and what is equal below a millionth of the range", () => {
    expect(noWorse(2.1, peer, 1)).toBe(true);
    expect(noWorse(2.2, peer, 1)).toBe(false);
    expect(noWorse(2.2, { ...peer, seeds: 8 }, 1)).toBe(true);
    expect(noWorse(3.1, { ...peer, seeds: 8 }, 1)).toBe(false);
    expect(noWorse(9e-7, { ...peer, median: 1e-12 }, 1)).toBe(true);
    expect(noWorse(2e-6, { ...peer, median: 1e-12 }, 1)).toBe(false);
  });
});

/** The area, cell by cell, of all cells with a point at or below their lower corner. */
function slowArea(points: readonly Point[], reference: Point): number {
  const cuts = (axis: 0 | 1): number[] =>
    [...new Set([...points.map((point) => point[axis]), reference[axis]])].filter((cut) => cut <= reference[axis]).sort((a, b) => a - b);
  const [first, second] = [cuts(0), cuts(1)];
  let area = 0;
  for (let i = 0; i + 1 < first.length; i++) {
    for (let j = 0; j + 1 < second.length; j++) {
      const [x, y] = [first[i] as number, second[j] as number];
      if (points.some(([u, v]) => u <= x && v <= y)) area += ((first[i + 1] as number) - x) * ((second[j + 1] as number) - y);
    }
  }
  return area;
}
