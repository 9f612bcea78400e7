import type { Metric } from "../core/metric.ts";
import { pairwiseSum } from "../math/pairwise-sum.ts";
import { weightedMean } from "./weighted-mean.ts";

/**
 * The coefficient of determination, 1 − Σ w (y − ŷ)² / Σ w (y − ȳ)² with ȳ the weighted mean of the fold's own rows: 1 for perfect,
 * 0 for a constant at the mean, below 0 for worse. Where all true values are equal: 1 if predicted exactly, else 0 (as in
 * scikit-learn). NaN for fewer than two rows.
 */
export function r2(): Metric {
  return Object.freeze({
    name: "r2",
    direction: "maximize",
    task: "regression",
    needs: "labels",
    options: Object.freeze({}),
    unit: "number",
    evaluate({ truth, predicted, weights }) {
      if (truth.length < 2) return Number.NaN;
      const mean = weightedMean(Float64Array.from(truth), weights);
      const squares = (difference: (row: number) => number): number =>
        pairwiseSum(predicted.map((_, row) => (weights === null ? 1 : (weights[row] as number)) * square(difference(row))));
      const residual = squares((row) => (truth[row] as number) - (predicted[row] as number));
      // Equal values are told exactly: their mean may miss them by a rounding error.
      const total = truth.every((value) => value === truth[0]) ? 0 : squares((row) => (truth[row] as number) - mean);
      if (total === 0) return residual === 0 ? 1 : Number.isNaN(residual) ? residual : 0;
      return 1 - residual / total;
    },
  } satisfies Metric);
}

function square(value: number): number {
  return value * value;
}
