import type { Metric } from "../core/metric.ts";
import { rowMean } from "./row-mean.ts";
import { meanSlopes } from "./row-slopes.ts";

/** The (weighted) mean absolute error, in the target's unit. NaN for no rows. */
export function mae(): Metric {
  return Object.freeze({
    name: "mae",
    direction: "minimize",
    task: "regression",
    needs: "labels",
    options: Object.freeze({}),
    unit: "number",
    rowBounds: Object.freeze([0, Infinity] as const),
    ...rowMean(({ truth, predicted }) => predicted.map((value, row) => Math.abs(value - (truth[row] as number)))),
    slopes: (input) => meanSlopes(input, (error) => (error === 0 ? Number.NaN : Math.sign(error))),
  } satisfies Metric);
}
