import type { Metric } from "../core/metric.ts";
import { areCodes } from "./confusion-matrix.ts";
import { weightedMean } from "./weighted-mean.ts";

/** The (weighted) share of rows whose class is predicted. NaN for no rows, or where a prediction is not a class code. */
export function accuracy(): Metric {
  return Object.freeze({
    name: "accuracy",
    direction: "maximize",
    task: "classification",
    needs: "labels",
    options: Object.freeze({}),
    unit: "fraction",
    evaluate({ truth, predicted, weights, classCount }) {
      if (!areCodes(predicted, classCount)) return Number.NaN;
      return weightedMean(
        predicted.map((label, row) => (label === truth[row] ? 1 : 0)),
        weights,
      );
    },
  } satisfies Metric);
}
