import { pairwiseSum } from "../../math/pairwise-sum.ts";

/** One number a tested row; a row may be tested more than once. */
export interface TestedRows {
  readonly scores: Float64Array;
  /** null for equal weights. */
  readonly weights: Float64Array | null;
  /** What each stands for: rows of one unit (a row tested twice, a group) are no further evidence. Dense numbers from 0. */
  readonly units: Int32Array;
  readonly unitCount: number;
}

/**
 * The weighted mean of numbers and its standard error, units taken for independent of each other: √(U/(U−1) · Σ_u (Σ_{i∈u} w_i (s_i − s̄))²) / Σ w.
 * With one number a unit and equal weights that is s/√n. NaN with fewer than two units.
 */
export function meanOfUnits({ scores, weights, units, unitCount }: TestedRows): { readonly mean: number; readonly standardError: number } {
  const weighted = weights === null ? scores : scores.map((score, i) => score * (weights[i] as number));
  const total = weights === null ? scores.length : pairwiseSum(weights);
  const mean = pairwiseSum(weighted) / total;
  const sums = new Float64Array(unitCount);
  for (const [i, score] of scores.entries()) {
    const unit = units[i] as number;
    sums[unit] = (sums[unit] as number) + (weights === null ? 1 : (weights[i] as number)) * (score - mean);
  }
  const squares = pairwiseSum(sums.map((sum) => sum * sum));
  return { mean, standardError: unitCount < 2 ? Number.NaN : Math.sqrt((squares * unitCount) / (unitCount - 1)) / total };
}

/** What an outer fold gives: one number a row (a loss or a score). */
export interface NestedFoldScores {
  /** Of the rows that inner folds test, by models that saw neither them nor the outer test rows. */
  readonly inner: Float64Array;
  /** How many rows these are; fewer than `inner` has where each is tested more than once. */
  readonly innerRows: number;
  /** Of the outer test rows, by the model fitted to all rows of the inner folds. */
  readonly outer: Float64Array;
}

/**
 * How many times the standard error s/√n of a cross-validation is too small, by nested cross-validation. In each outer fold (mean of inner − mean of
 * outer)² − var(outer)/rows estimates without bias the squared error of a cross-validation of (K−1)/K of the rows; the root of its mean over folds, by the
 * standard error of so many rows, is the factor, kept between 1 and √K as the authors do: one repeat of K folds tells little of it.
 * `folds`: K, of one repeat. O(rows · K).
 * @see S. Bates, T. Hastie, R. Tibshirani, "Cross-validation: what does it estimate and how well does it do it?", JASA 119, 2024 (online 2023), doi 10.1080/01621459.2023.2197686, algorithm 1 and section 4.3
 */
export function nestedInflation(scores: readonly NestedFoldScores[], folds: number): number {
  const pivots = scores.map(({ inner, outer }) => (meanOf(inner) - meanOf(outer)) ** 2 - varianceOf([outer]) / outer.length);
  const rows = sumOf(scores.map(({ innerRows }) => innerRows)) / scores.length;
  const expected = varianceOf(scores.map(({ inner }) => inner)) / rows;
  const found = Math.max(0, sumOf(pivots) / pivots.length);
  if (found === 0) return 1;
  return Math.max(1, Math.min(Math.sqrt(found / expected), Math.sqrt(folds)));
}

function meanOf(numbers: Float64Array): number {
  return pairwiseSum(numbers) / numbers.length;
}

/** Of all numbers together, by n − 1. */
function varianceOf(lists: readonly Float64Array[]): number {
  const count = lists.reduce((sum, { length }) => sum + length, 0);
  const mean = sumOf(lists.map((list) => pairwiseSum(list))) / count;
  return sumOf(lists.map((list) => pairwiseSum(list.map((one) => (one - mean) ** 2)))) / (count - 1);
}

function sumOf(numbers: readonly number[]): number {
  return pairwiseSum(Float64Array.from(numbers));
}
