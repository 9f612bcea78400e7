import { describe, expect, it } from "vitest";
import { f1 } from "#hpo/metrics/f1";
import { describeMetricContract } from "../contract/metric-contract.ts";
import { rowsOf } from "./metric-rows.ts";

describeMetricContract("f1", f1, { oracle: "f1 macro", perfect: 1, range: [0, 1] });
describeMetricContract("f1 weighted", () => f1({ average: "weighted" }), { oracle: "f1 weighted", perfect: 1, range: [0, 1] });

describe("f1", () => {
  it("counts a class that is only predicted, and none that does not occur", () => {
    // Class 0: 2·1 / (2·1 + 0 + 1) = 2/3; class 1: 0, never true; class 2 does not occur.
    expect(f1().evaluate(rowsOf({ classes: 3, truth: [0, 0], predicted: [0, 1] }))).toBeCloseTo(1 / 3, 15);
  });

  it("tells which averages there are", () => {
    expect(() => f1({ average: "micro" as never })).toThrow(`f1(): average must be one of "macro", "weighted"; got "micro".`);
  });
});
