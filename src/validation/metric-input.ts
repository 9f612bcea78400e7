import type { MetricInput } from "../core/metric.ts";
import type { PredictionRecord } from "../core/records.ts";
import type { Judging } from "./judging.ts";

/** Kept predictions as metrics take them. */
export function metricInput({ data, target }: Judging, { rows, predicted, truth, scores }: PredictionRecord): MetricInput {
  const weight = data.roles.weight;
  return {
    truth: target.kind === "class" ? new Int32Array(truth) : truth,
    predicted,
    scores,
    weights: weight === null ? null : Float64Array.from(rows, (row) => weight[row] as number),
    classCount: target.kind === "class" ? target.classes.length : 0,
  };
}
