import { log } from "../math/elementary.ts";
import type { Metric } from "../core/metric.ts";
import { rowMean } from "./row-mean.ts";

/**
 * The (weighted) mean of −ln p, where p is the probability given to the true class, in nats. Probabilities are clipped to
 * [ε, 1 − ε] with ε = 2⁻⁵², then each row is divided by its sum, as in scikit-learn 1.2: a certain mistake costs about 36.
 * NaN for no rows, without probabilities, or where one is NaN.
 */
export function logLoss(): Metric {
  return Object.freeze({
    name: "logLoss",
    direction: "minimize",
    task: "classification",
    needs: "probabilities",
    options: Object.freeze({}),
    unit: "number",
    rowBounds: Object.freeze([0, Infinity] as const),
    ...rowMean(({ truth, scores, classCount }) => {
      if (scores === null || classCount < 1) return new Float64Array(truth.length).fill(Number.NaN);
      return Float64Array.from(truth, (actual, row) => {
        let sum = 0;
        for (let code = 0; code < classCount; code++) sum += clipped(scores[row * classCount + code]);
        return log(sum / clipped(scores[row * classCount + actual]));
      });
    }),
  } satisfies Metric);
}

function clipped(probability: number | undefined): number {
  if (probability === undefined) return Number.NaN;
  return Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON);
}
