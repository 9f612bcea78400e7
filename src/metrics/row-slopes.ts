import type { MetricInput } from "../core/metric.ts";
import { pairwiseSum } from "../math/pairwise-sum.ts";

/** The derivatives of a (weighted) mean over rows by each prediction, from each row's own derivative. */
export function meanSlopes({ truth, predicted, weights }: MetricInput, slope: (error: number) => number): Float64Array {
  const total = weights === null ? predicted.length : pairwiseSum(weights);
  return predicted.map((value, row) => ((weights === null ? 1 : (weights[row] as number)) * slope(value - (truth[row] as number))) / total);
}
