import { expect, it } from "vitest";
import { mse } from "#hpo/metrics/mse";
import { describeMetricContract } from "../contract/metric-contract.ts";
import { rowsOf } from "./metric-rows.ts";

describeMetricContract("mse", mse, { oracle: "mse", perfect: 0, range: [0, Number.POSITIVE_INFINITY] });

it("keeps an infinite prediction infinite", () => {
  expect(mse().evaluate(rowsOf({ truth: [1, 2], predicted: [1, Number.POSITIVE_INFINITY] }))).toBe(Number.POSITIVE_INFINITY);
});
