import { describe, expect, it } from "vitest";
import { cohenKappa } from "#hpo/metrics/cohen-kappa";
import { describeMetricContract } from "../contract/metric-contract.ts";
import { rowsOf } from "./metric-rows.ts";

const promises = { perfect: 1, range: [-1, 1] } as const;
describeMetricContract("cohenKappa", cohenKappa, { ...promises, oracle: "cohenKappa" });
describeMetricContract("cohenKappa, linear", () => cohenKappa({ weights: "linear" }), { ...promises, oracle: "cohenKappa linear" });
describeMetricContract("cohenKappa, quadratic", () => cohenKappa({ weights: "quadratic" }), {
  ...promises,
  oracle: "cohenKappa quadratic",
});

describe("cohenKappa", () => {
  it("is 0 for what chance gives and not defined where one class is all there is", () => {
    expect(cohenKappa().evaluate(rowsOf({ classes: 2, truth: [0, 0, 1, 1], predicted: [0, 1, 0, 1] }))).toBe(0);
    expect(cohenKappa().evaluate(rowsOf({ classes: 2, truth: [1, 1], predicted: [1, 1] }))).toBeNaN();
  });

  it("takes null as no weights and tells which there are", () => {
    expect(cohenKappa({ weights: null }).options).toEqual(cohenKappa().options);
    expect(() => cohenKappa({ weights: "cubic" as never })).toThrow(`weights must be one of "linear", "quadratic", null; got "cubic".`);
  });
});
