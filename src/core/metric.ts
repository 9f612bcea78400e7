import type { Answer } from "./estimator.ts";

/** Which way is better. */
export type Direction = "maximize" | "minimize";

/** Predictions of one fold (or pooled), one entry a test row. */
export interface MetricInput {
  /** Class codes or values. */
  readonly truth: Int32Array | Float64Array;
  readonly predicted: Float64Array;
  /** rows × classes, row-major; null unless the metric's `needs` is "scores" or "probabilities". */
  readonly scores: Float64Array | null;
  /** null for equal weights. */
  readonly weights: Float64Array | null;
  /** Number of classes of the whole data set; 0 for regression. */
  readonly classCount: number;
}

/** A number for predictions. */
export interface Metric {
  readonly name: string;
  readonly direction: Direction;
  readonly task: "classification" | "regression";
  readonly needs: Answer;
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
  /** "fraction": shown as per cent; "number": shown as it is. */
  readonly unit: "fraction" | "number";
  /** NaN where the metric is not defined (AUC with one class in the fold). Throws nothing. */
  evaluate(input: MetricInput): number;
  /**
   * Present where `evaluate` is the (weighted) mean of one number a row: those numbers, without the weights; NaN where one is not
   * defined. What compares or resamples rows uses them.
   */
  rowScores?(input: MetricInput): Float64Array;
  /** What no row's number is below and above, ±∞ where there is no such end. */
  readonly rowBounds?: readonly [low: number, high: number];
  /** Present where `evaluate` can be differentiated: its derivative by each prediction, one entry a row; NaN where there is none. */
  slopes?(input: MetricInput): Float64Array;
}
