import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Params, Space } from "#hpo/core/space";
import { rng } from "#hpo/math/rng";
import { sobolCoordinate, sobolDirections } from "#hpo/math/sobol-sequence";
import { sobol, type SobolOptions } from "#hpo/samplers/sobol";
import { float } from "#hpo/space/float";

const cube = (d: number): Space => Object.fromEntries(Array.from({ length: d }, (_, i) => [`x${i}`, float(0, 1)]));

function points(d: number, count: number, options: SobolOptions = {}, seed = 0): number[][] {
  const sampler = sobol(options);
  const state = sampler.start({ space: cube(d), directions: ["minimize"], seed });
  const at = (n: number) => Object.values(sampler.propose(state, n, [], rng(seed).fork("sampler", n))?.params as Params) as number[];
  return Array.from({ length: count }, (_, n) => at(n));
}

/** Whether each of the 2^bits equal intervals of a coordinate, or each of their products of two, holds equally many points. */
function isEven(found: readonly number[][], axes: readonly (readonly [axis: number, bits: number])[]): boolean {
  const cells = new Map<number, number>();
  for (const point of found) {
    const cell = axes.reduce((sum, [axis, bits]) => sum * 2 ** bits + Math.floor((point[axis] as number) * 2 ** bits), 0);
    cells.set(cell, (cells.get(cell) ?? 0) + 1);
  }
  const total = axes.reduce((product, [, bits]) => product * 2 ** bits, 1);
  return cells.size === total && [...cells.values()].every((one) => one === found.length / total);
}

describe("sobol", () => {
  it("gives SciPy's points where it is not scrambled", () => {
    const oracle = gunzipSync(readFileSync(new URL("../oracle/sobol_16d_256.csv.gz", import.meta.url)))
      .toString()
      .trim()
      .split("\n")
      .slice(1);
    expect(points(16, 256, { scramble: false })).toEqual(oracle.map((line) => line.split(",").map(Number)));
  });

  it("is even in every dimension, scrambled or not, and in pairs of the first ones as the sequence is", () => {
    const directions = sobolDirections(256);
    for (let d = 0; d < 256; d++) {
      const plain = Array.from({ length: 64 }, (_, n) => [sobolCoordinate(directions, n, d) / 2 ** 32]);
      expect(isEven(plain, [[0, 6]]), `dimension ${d + 1}`).toBe(true);
    }
    for (const seed of [1, 2]) {
      const found = points(40, 128, {}, seed);
      for (let d = 0; d < 40; d++) expect(isEven(found, [[d, 7]])).toBe(true);
      // Dimensions 1 and 2 make a (0, 7, 2)-net: every elementary box of volume 2⁻⁷ holds one point.
      for (let bits = 1; bits < 7; bits++)
        expect(
          isEven(found, [
            [0, bits],
            [1, 7 - bits],
          ]),
        ).toBe(true);
    }
  });

  it("integrates far better than independent draws", () => {
    const error = (draw: (n: number) => number[]) => {
      const sum = Array.from({ length: 256 }, (_, n) => draw(n).reduce((product, u) => product * 3 * u * u, 1)).reduce((a, b) => a + b, 0);
      return Math.abs(sum / 256 - 1);
    };
    const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
    const seeds = Array.from({ length: 21 }, (_, seed) => seed);
    const scrambled = seeds.map((seed) => {
      const found = points(3, 256, { seed });
      return error((n) => found[n] as number[]);
    });
    const independent = seeds.map((seed) => error((n) => Array.from({ length: 3 }, (_, d) => rng(seed).fork(n, d).uniform())));
    expect(median(scrambled) * 4).toBeLessThan(median(independent));
  });

  it("has one scrambling a study: by its seed, or by the option", () => {
    expect(points(3, 4, {}, 1)).not.toEqual(points(3, 4, {}, 2));
    expect(points(3, 4, { seed: 9 }, 1)).toEqual(points(3, 4, {}, 9));
    expect(sobol().options).toEqual({ scramble: true, seed: null });
    expect(() => sobol({ seed: -1 })).toThrow("sobol(): seed must be an integer of at least 0; got -1.");
  });

  it("draws parameters after the 256th independently", () => {
    const found = points(260, 50);
    expect(new Set(found.map((point) => point[259])).size).toBe(50);
  });
});
