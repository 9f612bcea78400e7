import type { Metric } from "../core/metric.ts";
import { foldConfusion, marginals } from "./confusion-matrix.ts";

/**
 * The mean over classes of the share of the class' rows (by weight) that are predicted: every class counts the same.
 * Classes without a row in the fold are left out. NaN for no rows, or where a prediction is not a class code.
 */
export function balancedAccuracy(): Metric {
  return Object.freeze({
    name: "balancedAccuracy",
    direction: "maximize",
    task: "classification",
    needs: "labels",
    options: Object.freeze({}),
    unit: "fraction",
    evaluate(input) {
      const matrix = foldConfusion(input);
      if (matrix === undefined) return Number.NaN;
      const { truth } = marginals(matrix);
      let sum = 0;
      let present = 0;
      truth.forEach((total, code) => {
        if (total === 0) return;
        sum += (matrix.counts[code * matrix.classCount + code] as number) / total;
        present++;
      });
      return sum / present;
    },
  } satisfies Metric);
}
