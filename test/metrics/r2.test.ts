import { describe, expect, it } from "vitest";
import { r2 } from "#hpo/metrics/r2";
import { describeMetricContract } from "../contract/metric-contract.ts";
import { rowsOf } from "./metric-rows.ts";

describeMetricContract("r2", r2, { oracle: "r2", perfect: 1, range: [Number.NEGATIVE_INFINITY, 1] });

describe("r2", () => {
  it("is 0 for the mean and not defined for one row", () => {
    expect(r2().evaluate(rowsOf({ truth: [1, 2, 3], predicted: [2, 2, 2] }))).toBe(0);
    expect(r2().evaluate(rowsOf({ truth: [1] }))).toBeNaN();
  });

  it("is 1 or 0 where all true values are equal, though their mean is rounded", () => {
    const truth = Array.from({ length: 10 }, () => 0.1);
    expect(r2().evaluate(rowsOf({ truth }))).toBe(1);
    expect(r2().evaluate(rowsOf({ truth, predicted: truth.map((value) => value + 1) }))).toBe(0);
  });

  it("sees small differences beside a large offset", () => {
    const truth = Array.from({ length: 1000 }, (_, row) => 1e8 + (row % 10));
    const predicted = truth.map((value, row) => value + (row % 2 === 0 ? 1 : -1));
    // The variance of 0 … 9 is 8.25, the error 1.
    expect(r2().evaluate(rowsOf({ truth, predicted }))).toBeCloseTo(1 - 1 / 8.25, 9);
  });
});
