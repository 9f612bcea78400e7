import { pairwiseSum } from "../math/pairwise-sum.ts";

/** The mean of `values` under row weights (null for equal ones), summed pairwise; NaN for no rows or no weight. O(n). */
export function weightedMean(values: Float64Array, weights: Float64Array | null): number {
  if (weights === null) return pairwiseSum(values) / values.length;
  return pairwiseSum(values.map((value, row) => value * (weights[row] as number))) / pairwiseSum(weights);
}
