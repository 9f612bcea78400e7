import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rocAuc } from "#hpo/metrics/roc-auc";
import { describeMetricContract } from "../contract/metric-contract.ts";
import { rowsOf } from "./metric-rows.ts";

describeMetricContract("rocAuc", rocAuc, { oracle: "rocAuc macro", perfect: null, range: [0, 1] });
describeMetricContract("rocAuc weighted", () => rocAuc({ average: "weighted" }), {
  oracle: "rocAuc weighted",
  perfect: null,
  range: [0, 1],
});

/** The definition: over all pairs of a row of class 1 and one of class 0, by weight, how often the first scores higher. */
function byPairs(rows: readonly { truth: number; score: number; weight: number }[]): number {
  let won = 0;
  let all = 0;
  for (const a of rows.filter((row) => row.truth === 1)) {
    for (const b of rows.filter((row) => row.truth === 0)) {
      const weight = a.weight * b.weight;
      all += weight;
      won += a.score > b.score ? weight : a.score === b.score ? weight / 2 : 0;
    }
  }
  return won / all;
}

describe("rocAuc", () => {
  it("is what counting pairs gives, ties, infinite scores and weights included", () => {
    const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, -0));
    const row = fc.record({ truth: fc.nat(1), score, weight: fc.integer({ min: 1, max: 9 }) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const value = rocAuc().evaluate(
          rowsOf({
            classes: 2,
            truth: rows.map((one) => one.truth),
            scores: rows.flatMap((one) => [-one.score, one.score]),
            weights: rows.map((one) => one.weight),
          }),
        );
        expect(value).toBe(byPairs(rows.map((one) => ({ ...one, score: one.score + 0 }))));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it("is not defined where the fold has one class only", () => {
    for (const classes of [2, 3]) {
      const scores = Array.from({ length: 2 * classes }, (_, i) => i / 10);
      expect(rocAuc().evaluate(rowsOf({ classes, truth: [1, 1], scores }))).toBeNaN();
    }
  });

  it("averages over the classes that the fold can judge", () => {
    // Class 2 is absent; class 0 is ranked perfectly, class 1 the wrong way round.
    const scores = [0.9, 0.5, 0, 0.1, 0.4, 0];
    expect(rocAuc().evaluate(rowsOf({ classes: 3, truth: [0, 1], scores }))).toBe(0.5);
  });

  it("is not defined where one score is NaN", () => {
    expect(rocAuc().evaluate(rowsOf({ classes: 2, truth: [0, 1, 1], scores: [0, 1, 0, Number.NaN, 0, 2] }))).toBeNaN();
  });
});
