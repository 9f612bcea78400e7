import { describe, expect, it } from "vitest";
import { accuracy } from "#hpo/metrics/accuracy";
import { describeMetricContract } from "../contract/metric-contract.ts";
import { rowsOf } from "./metric-rows.ts";

describeMetricContract("accuracy", accuracy, { oracle: "accuracy", perfect: 1, range: [0, 1] });

describe("accuracy", () => {
  it("is the share of right rows, by weight", () => {
    const rows = { classes: 2, truth: [0, 0, 1, 1], predicted: [0, 1, 1, 1] };
    expect(accuracy().evaluate(rowsOf(rows))).toBe(0.75);
    expect(accuracy().evaluate(rowsOf({ ...rows, weights: [1, 5, 1, 1] }))).toBe(0.375);
  });

  it.each([2, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("is not defined where a prediction is %d and no class code", (label) => {
    expect(accuracy().evaluate(rowsOf({ classes: 2, truth: [0, 1], predicted: [0, label] }))).toBeNaN();
  });

  it("is not defined where all weights are 0", () => {
    expect(accuracy().evaluate(rowsOf({ classes: 2, truth: [0, 1], weights: [0, 0] }))).toBeNaN();
  });
});
