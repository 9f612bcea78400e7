import { describe, expect, it } from "vitest";
import { balancedAccuracy } from "#hpo/metrics/balanced-accuracy";
import { describeMetricContract } from "../contract/metric-contract.ts";
import { rowsOf } from "./metric-rows.ts";

describeMetricContract("balancedAccuracy", balancedAccuracy, { oracle: "balancedAccuracy", perfect: 1, range: [0, 1] });

describe("balancedAccuracy", () => {
  it("counts every class of the fold the same", () => {
    const rows = rowsOf({ classes: 3, truth: [0, 0, 0, 0, 1], predicted: [0, 0, 0, 0, 2] });
    expect(balancedAccuracy().evaluate(rows)).toBe(0.5);
  });
});
