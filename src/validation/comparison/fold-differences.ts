import { pairwiseSum } from "../../math/pairwise-sum.ts";

/** Scores of two configurations on the same folds, as differences, with what their overlap makes of the error of their mean. */
export interface FoldDifferences {
  /** J. */
  readonly folds: number;
  readonly mean: number;
  /**
   * √(s² (1/J + n₂/n₁)): s² is the variance of the differences with J − 1 in the denominator, n₂ the test and n₁ the training rows of a fold. Folds
   * that share training rows vary together, so that s²/J alone, as of independent numbers, would be too small.
   */
  readonly standardError: number;
  readonly degrees: number;
}

/**
 * Sums differences up, for J ≥ 2. `testShare` is n₂/n₁, 1/(k − 1) for k folds, however often repeated.
 *
 * Source: C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003), 239–281, equation 9, doi 10.1023/A:1024068626366.
 */
export function foldDifferences(differences: Float64Array, testShare: number): FoldDifferences {
  const folds = differences.length;
  const mean = pairwiseSum(differences) / folds;
  // Equal differences have no spread, whatever their mean rounds to.
  const variance = differences.every((one) => one === differences[0])
    ? 0
    : pairwiseSum(differences.map((one) => (one - mean) ** 2)) / (folds - 1);
  return { folds, mean, standardError: Math.sqrt(variance * (1 / folds + testShare)), degrees: folds - 1 };
}
