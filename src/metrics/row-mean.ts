import type { Metric, MetricInput } from "../core/metric.ts";
import { weightedMean } from "./weighted-mean.ts";

/** The two functions of a metric that is the (weighted) mean of one number a row. NaN for no rows, and where one of them is NaN. */
export function rowMean(rowScores: (input: MetricInput) => Float64Array): Required<Pick<Metric, "evaluate" | "rowScores">> {
  return { rowScores, evaluate: (input) => weightedMean(rowScores(input), input.weights) };
}
