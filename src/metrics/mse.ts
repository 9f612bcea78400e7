import type { Metric } from "../core/metric.ts";
import { rowMean } from "./row-mean.ts";
import { meanSlopes } from "./row-slopes.ts";

/** The (weighted) mean squared error, in the target's unit squared. NaN for no rows. */
export function mse(): Metric {
  return Object.freeze({
    name: "mse",
    direction: "minimize",
    task: "regression",
    needs: "labels",
    options: Object.freeze({}),
    unit: "number",
    rowBounds: Object.freeze([0, Infinity] as const),
    ...rowMean(({ truth, predicted }) =>
      predicted.map((value, row) => {
        const error = value - (truth[row] as number);
        return error * error;
      }),
    ),
    slopes: (input) => meanSlopes(input, (error) => 2 * error),
  } satisfies Metric);
}
