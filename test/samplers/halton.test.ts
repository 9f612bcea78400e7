import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Params, Space } from "#hpo/core/space";
import { firstPrimes } from "#hpo/math/halton-sequence";
import { rng } from "#hpo/math/rng";
import { halton, type HaltonOptions } from "#hpo/samplers/halton";
import { float } from "#hpo/space/float";

function points(d: number, count: number, options: HaltonOptions, seed = 0): number[][] {
  const space: Space = Object.fromEntries(Array.from({ length: d }, (_, i) => [`x${i}`, float(0, 1)]));
  const sampler = halton(options);
  const state = sampler.start({ space, directions: ["minimize"], seed });
  const at = (n: number) => Object.values(sampler.propose(state, n, [], rng(seed).fork("sampler", n))?.params as Params) as number[];
  return Array.from({ length: count }, (_, n) => at(n));
}

describe("halton", () => {
  it("gives SciPy's points where it is not scrambled", () => {
    const oracle = gunzipSync(readFileSync(new URL("../oracle/halton_8d_256.csv.gz", import.meta.url)))
      .toString()
      .trim()
      .split("\n")
      .slice(1);
    expect(points(8, 256, { scramble: false })).toEqual(oracle.map((line) => line.split(",").map(Number)));
  });

  it("puts equally many points into the slices of every dimension, scrambled too", () => {
    const bases = [2, 3, 5, 7];
    expect(firstPrimes(25)).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97]);
    const found = points(4, 2 * 9 * 25 * 7, {}, 3);
    for (const [d, base] of bases.entries()) {
      const counts = Array.from({ length: base }, () => 0);
      for (const point of found) counts[Math.floor((point[d] as number) * base)]! += 1;
      expect(counts).toEqual(counts.map(() => found.length / base));
    }
    // Neighbouring large bases are correlated in the plain sequence; permuted digits part them.
    const correlation = (rows: number[][], a: number, b: number) =>
      rows.reduce((sum, row) => sum + ((row[a] as number) - 0.5) * ((row[b] as number) - 0.5), 0) / (rows.length / 12);
    expect(Math.abs(correlation(points(30, 29, { scramble: false }), 28, 29))).toBeGreaterThan(0.5);
    expect(Math.abs(correlation(points(30, 29, {}, 5), 28, 29))).toBeLessThan(0.4);
  });

  it("has one scrambling a study: by its seed, or by the option", () => {
    expect(points(3, 4, {}, 1)).not.toEqual(points(3, 4, {}, 2));
    expect(points(3, 4, { seed: 9 }, 1)).toEqual(points(3, 4, {}, 9));
    expect(() => halton({ scramble: 1 } as never)).toThrow("halton(): scramble must be true or false; got 1.");
  });

  it("draws parameters after the 256th independently", () => {
    expect(new Set(points(258, 20, {}).map((point) => point[257])).size).toBe(20);
  });
});
