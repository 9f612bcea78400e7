import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { correlatedTTest } from "#hpo/validation/comparison/correlated-t-test";
import { foldDifferences } from "#hpo/validation/comparison/fold-differences";
import { friedman } from "#hpo/validation/comparison/friedman";
import { agreement, mcNemar } from "#hpo/validation/comparison/mcnemar";
import { resampledTTest } from "#hpo/validation/comparison/resampled-t-test";
import { rng } from "#hpo/math/rng";

interface Oracle {
  readonly tTests: readonly (Readonly<Record<string, number>> & { readonly differences: readonly number[] })[];
  readonly mcNemar: readonly { b: number; c: number; exact: number; midP: number; continuity: number }[];
  readonly friedman: readonly {
    scores: number[][];
    meanRanks: number[];
    chiSquare: number;
    pChiSquare: number;
    p: number;
    criticalDifference: number;
    pairs: number[][];
  }[];
}
const oracle = JSON.parse(readFileSync(new URL("../../oracle/comparisons_oracle.json", import.meta.url), "utf8")) as Oracle;

describe("tests on the differences of folds", () => {
  it("equal R's numbers for the corrected resampled t-test and the Bayesian correlated one", () => {
    for (const { differences, share = 0, rope = 0, ...expected } of oracle.tTests) {
      const summed = foldDifferences(Float64Array.from(differences), share);
      const { t, p, interval } = resampledTTest(summed);
      const bayes = correlatedTTest(summed, rope);
      const ours = { mean: summed.mean, se: summed.standardError, t, p, low: interval[0], high: interval[1], ...bayes };
      for (const [name, value] of Object.entries(expected)) expect(ours[name as "t"], name).toBeCloseTo(value, 11);
      expect(bayes.below + bayes.within + bayes.above).toBeCloseTo(1, 14);
    }
  });

  it("know what to say of differences without spread", () => {
    const none = foldDifferences(new Float64Array(5), 0.25);
    expect(resampledTTest(none)).toMatchObject({ t: 0, p: 1, interval: [0, 0] });
    expect(correlatedTTest(none, 0.01)).toMatchObject({ below: 0, within: 1, above: 0 });
    const same = foldDifferences(new Float64Array(5).fill(0.1), 0.25);
    expect(resampledTTest(same)).toMatchObject({ t: Infinity, p: 0 });
    expect(correlatedTTest(same, 0.01)).toMatchObject({ below: 0, within: 0, above: 1 });
  });

  /**
   * Two classifiers that are equally good over all rows of the world; on each of the sixty that are at hand one is better by chance. Folds at random share
   * rows, so that their means vary together: the plain t-test cries wolf, the corrected one keeps its level of 5 %.
   */
  it("keep their level where folds share training rows, which the plain t-test does not", () => {
    const [rows, repeats, share, runs] = [60, 15, 0.25, 800];
    const stream = rng("comparisons");
    const wolves = { plain: 0, corrected: 0 };
    for (let run = 0; run < runs; run++) {
      const own = Float64Array.from({ length: rows }, () => stream.normal());
      const differences = new Float64Array(repeats);
      for (let repeat = 0; repeat < repeats; repeat++) {
        const order = stream.shuffle(Array.from({ length: rows }, (_, row) => row)).slice(0, rows * 0.2);
        differences[repeat] = order.reduce((sum, row) => sum + (own[row] as number), 0) / order.length;
      }
      if (resampledTTest(foldDifferences(differences, 0)).p < 0.05) wolves.plain++;
      if (resampledTTest(foldDifferences(differences, share)).p < 0.05) wolves.corrected++;
    }
    expect(wolves.plain / runs).toBeGreaterThan(0.25);
    // 0.05 within three standard errors of 800 runs.
    expect(Math.abs(wolves.corrected / runs - 0.05)).toBeLessThan(0.023);
  });
});

describe("McNemar's test", () => {
  it("equals R's exact and corrected tests, and the mid-p of the paper", () => {
    for (const { b, c, ...expected } of oracle.mcNemar) {
      const ours = mcNemar({ bothRight: 0, onlyFirstRight: b, onlySecondRight: c, bothWrong: 0 });
      for (const name of ["exact", "midP", "continuity"] as const)
        expect(Math.abs(ours[name] / expected[name] - 1), name).toBeLessThan(1e-11);
    }
    expect(mcNemar({ bothRight: 5, onlyFirstRight: 0, onlySecondRight: 0, bothWrong: 2 })).toMatchObject({
      exact: 1,
      midP: 1,
      continuity: 1,
    });
  });

  it("counts who is right", () => {
    expect(agreement([0, 1, 1, 2, 2], [0, 1, 0, 1, 2], [0, 0, 1, 0, 1])).toMatchObject({
      bothRight: 1,
      onlyFirstRight: 2,
      onlySecondRight: 1,
      bothWrong: 1,
    });
  });
});

describe("Friedman's test with Nemenyi's", () => {
  it("equals R's, with and without ties", () => {
    for (const { scores, ...expected } of oracle.friedman) {
      const ours = friedman(scores, { direction: "maximize" });
      for (const name of ["chiSquare", "pChiSquare", "p"] as const) expect(ours[name], name).toBeCloseTo(expected[name], 10);
      // R's qtukey is good to four digits, its ptukey to eight.
      expect(ours.criticalDifference).toBeCloseTo(expected.criticalDifference, 4);
      for (const [i, rank] of expected.meanRanks.entries()) expect(ours.meanRanks[i]).toBeCloseTo(rank, 12);
      for (const [i, row] of expected.pairs.entries()) for (const [j, p] of row.entries()) expect(ours.pairs[i]?.[j]).toBeCloseTo(p, 7);
    }
  });

  it("ranks the smallest first where smaller is better, and sees nothing in ties alone", () => {
    expect(
      friedman(
        [
          [1, 2],
          [3, 5],
        ],
        { direction: "minimize" },
      ).meanRanks,
    ).toEqual([1, 2]);
    expect(
      friedman(
        [
          [1, 1, 1],
          [2, 2, 2],
        ],
        { direction: "maximize" },
      ),
    ).toMatchObject({ chiSquare: 0, p: 1, pChiSquare: 1 });
    expect(
      friedman(
        [
          [1, 2, 3],
          [2, 4, 6],
        ],
        { direction: "maximize" },
      ).p,
    ).toBe(0);
    expect(() => friedman([[1, 2]], { direction: "maximize" })).toThrow("got 1 × 2.");
    expect(() =>
      friedman(
        [
          [1, 2],
          [1, Number.NaN],
        ],
        { direction: "maximize" },
      ),
    ).toThrow("row 2 is");
  });
});
