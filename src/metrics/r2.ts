import type { Metric, MetricInput } from "../core/metric.ts";
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
      const residual = squares(predicted, weights, (row) => (truth[row] as number) - (predicted[row] as number));
      const total = spread({ truth, predicted, weights });
      if (total === 0) return residual === 0 ? 1 : Number.isNaN(residual) ? residual : 0;
      return 1 - residual / total;
    },
    slopes({ truth, predicted, weights }) {
      const total = truth.length < 2 ? Number.NaN : spread({ truth, predicted, weights });
      return predicted.map((value, row) => {
        const slope = 2 * (weights === null ? 1 : (weights[row] as number)) * ((truth[row] as number) - value);
        return total > 0 ? slope / total : Number.NaN;
      });
    },
  } satisfies Metric);
}

/** Σ w (y − ȳ)². Equal values are told exactly: their mean may miss them by a rounding error. */
function spread({ truth, predicted, weights }: Pick<MetricInput, "truth" | "predicted" | "weights">): number {
  if (truth.every((value) => value === truth[0])) return 0;
  const mean = weightedMean(Float64Array.from(truth), weights);
  return squares(predicted, weights, (row) => (truth[row] as number) - mean);
}

function squares(rows: Float64Array, weights: Float64Array | null, difference: (row: number) => number): number {
  return pairwiseSum(rows.map((_, row) => (weights === null ? 1 : (weights[row] as number)) * square(difference(row))));
}

function square(value: number): number {
  return value * value;
}
