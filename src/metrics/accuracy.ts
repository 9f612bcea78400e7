import type { Metric } from "../core/metric.ts";
import { areCodes } from "./confusion-matrix.ts";
import { rowMean } from "./row-mean.ts";

/** The (weighted) share of rows whose class is predicted. NaN for no rows, or where a prediction is not a class code. */
export function accuracy(): Metric {
  return Object.freeze({
    name: "accuracy",
    direction: "maximize",
    task: "classification",
    needs: "labels",
    options: Object.freeze({}),
    unit: "fraction",
    rowBounds: Object.freeze([0, 1] as const),
    ...rowMean(({ truth, predicted, classCount }) => {
      if (!areCodes(predicted, classCount)) return new Float64Array(predicted.length).fill(Number.NaN);
      const right = new Float64Array(predicted.length);
      for (let row = 0; row < right.length; row++) right[row] = predicted[row] === truth[row] ? 1 : 0;
      return right;
    }),
  } satisfies Metric);
}
