import type { Metric } from "../core/metric.ts";
import { rowMean } from "./row-mean.ts";

/** The (weighted) mean absolute error, in the target's unit. NaN for no rows. */
export function mae(): Metric {
  return Object.freeze({
    name: "mae",
    direction: "minimize",
    task: "regression",
    needs: "labels",
    options: Object.freeze({}),
    unit: "number",
    ...rowMean(({ truth, predicted }) => predicted.map((value, row) => Math.abs(value - (truth[row] as number)))),
  } satisfies Metric);
}
