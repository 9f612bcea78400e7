import type { Metric } from "../core/metric.ts";
import { weightedMean } from "./weighted-mean.ts";

/** The (weighted) mean squared error, in the target's unit squared. NaN for no rows. */
export function mse(): Metric {
  return Object.freeze({
    name: "mse",
    direction: "minimize",
    task: "regression",
    needs: "labels",
    options: Object.freeze({}),
    unit: "number",
    evaluate({ truth, predicted, weights }) {
      const squares = predicted.map((value, row) => {
        const error = value - (truth[row] as number);
        return error * error;
      });
      return weightedMean(squares, weights);
    },
  } satisfies Metric);
}
