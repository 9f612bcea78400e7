import { normalQuantile } from "../../math/normal-distribution.ts";
import { studentDeviate } from "../../math/student-deviate.ts";

/**
 * How far a trial's mean loss lies above an incumbent's, from the first j of k folds of one partition.
 *
 * Notation: fold f has the mean difference D_f = loss of the trial − loss of the incumbent; D̄ = Σ D_f / j estimates what all k folds would show, the
 * target, whose rows are a finite population: the variance of D̄ falls to 0 as j → k by the factor 1 − j/k.
 */

/** What one fold says of a trial against the incumbent. */
export interface FoldDifference {
  /** Mean over the fold's rows of loss(trial) − loss(incumbent), under row weights. */
  readonly mean: number;
  /** The same of each row; null where the metric is no mean over rows, or rows are not exchangeable. */
  readonly rows: Float64Array | null;
  readonly weights: Float64Array | null;
  /** The group of each row, where rows of a group are not to be taken for many. */
  readonly groups: Int32Array | null;
  /** Of `mean`, by a bootstrap of the fold's rows (or groups); asked for only where `rows` is null. 0: the means of folds say it alone. */
  readonly variance: () => number;
  /** Rows (or groups) of the fold: what is exchangeable. 1 where that is the fold itself. */
  readonly units: number;
}

export interface MeanDifference {
  readonly difference: number;
  readonly standardError: number;
  /** Standard normal above 0 (or nearer to 0) where the target is 0; NaN where a difference is. */
  readonly deviate: number;
}

/**
 * D̄ with the largest standard error of three: from rows (or bootstrap), from groups where there are any, from the means of folds; each √(s²/m · (1 − m/n)) with m
 * of n exchangeable units seen. Its deviate is 0 or above: corrected for continuity, Student's by the number of units that told the error (C. Jennison, B. W. Turnbull, "Group Sequential
 * Methods", 2000, section 3.8), and never beyond what 2^−units allows, the least probability that the signs of so many can have. O(rows)
 */
export function meanDifference(folds: readonly FoldDifference[], foldCount: number): MeanDifference {
  const seen = folds.length;
  const left = 1 - seen / foldCount;
  const difference = folds.reduce((sum, fold) => sum + fold.mean, 0) / seen;
  const units = folds.reduce((sum, fold) => sum + fold.units, 0);
  const [between, within] = [betweenFolds(folds, difference), withinFolds(folds, difference)];
  const standardError = Math.sqrt(Math.max(between, within) * left);
  const excess = difference - continuity(folds);
  // What so few means of folds say of their spread is not known better than that.
  const counted = between > within ? seen : units;
  return { difference, standardError, deviate: counted < 2 || excess <= 0 ? 0 : deviateOf(excess, standardError, counted) };
}

function deviateOf(excess: number, standardError: number, units: number): number {
  const furthest = units < 1000 ? -normalQuantile(2 ** -units) : Infinity;
  return Math.min(furthest, studentDeviate(excess / standardError, units - 1));
}

/** Half of what the row with the largest difference, whatever its sign, adds to the mean: the correction of a discrete sum for continuity. */
function continuity(folds: readonly FoldDifference[]): number {
  let largest = 0;
  for (const { rows, weights } of folds) {
    if (rows === null) continue;
    const total = weights?.reduce((sum, weight) => sum + weight, 0) ?? rows.length;
    for (let row = 0; row < rows.length; row++) {
      largest = Math.max(largest, (Math.abs(rows[row] as number) * (weights?.[row] ?? 1)) / total);
    }
  }
  return largest / 2 / folds.length;
}

/** s_b²/j of the folds' means; 0 for one fold, which says nothing of it. */
function betweenFolds(folds: readonly FoldDifference[], mean: number): number {
  if (folds.length < 2) return 0;
  const squares = folds.reduce((sum, fold) => sum + (fold.mean - mean) * (fold.mean - mean), 0);
  return squares / (folds.length - 1) / folds.length;
}

/** The larger of what rows and groups say; folds weigh the same, whatever their size. */
function withinFolds(folds: readonly FoldDifference[], mean: number): number {
  let [rows, rowSquares, groups, groupSquares, sampled] = [0, 0, 0, 0, 0];
  for (const fold of folds) {
    if (fold.rows === null) {
      sampled += fold.variance();
      continue;
    }
    const residuals = residualsOf(fold.rows, fold.weights, mean);
    rows += residuals.length;
    for (const one of residuals) rowSquares += one * one;
    if (fold.groups === null) continue;
    const sums = groupSums(residuals, fold.groups);
    groups += sums.length;
    for (const one of sums) groupSquares += one * one;
  }
  const unbiased = (squares: number, count: number): number => (count < 2 ? 0 : (squares * count) / (count - 1));
  return Math.max(unbiased(rowSquares, rows), unbiased(groupSquares, groups), sampled) / (folds.length * folds.length);
}

/** wᵢ (dᵢ − mean) / Σ w: their sum over a fold is how far its mean lies off. */
function residualsOf(rows: Float64Array, weights: Float64Array | null, mean: number): Float64Array {
  if (weights === null) return rows.map((value) => (value - mean) / rows.length);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return rows.map((value, row) => ((weights[row] as number) * (value - mean)) / total);
}

/** In the order in which the groups first occur. */
function groupSums(residuals: Float64Array, groups: Int32Array): number[] {
  const sums = new Map<number, number>();
  for (let row = 0; row < residuals.length; row++) {
    const group = groups[row] as number;
    sums.set(group, (sums.get(group) ?? 0) + (residuals[row] as number));
  }
  return [...sums.values()];
}
