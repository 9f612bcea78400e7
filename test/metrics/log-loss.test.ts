import { describe, expect, it } from "vitest";
import { logLoss } from "#hpo/metrics/log-loss";
import { describeMetricContract } from "../contract/metric-contract.ts";
import { rowsOf } from "./metric-rows.ts";

describeMetricContract("logLoss", logLoss, { oracle: "logLoss", perfect: null, range: [0, 37] });

describe("logLoss", () => {
  it("is ln 2 for an even guess between two classes", () => {
    expect(logLoss().evaluate(rowsOf({ classes: 2, truth: [0, 1], scores: [0.5, 0.5, 0.5, 0.5] }))).toBe(Math.LN2);
  });

  it("stays finite for a certain mistake and nearly 0 for a certain hit", () => {
    expect(logLoss().evaluate(rowsOf({ classes: 2, truth: [1], scores: [1, 0] }))).toBeCloseTo(-Math.log(2 ** -52), 10);
    expect(logLoss().evaluate(rowsOf({ classes: 2, truth: [0], scores: [1, 0] }))).toBeLessThan(1e-15);
  });
});
