import type { Metric } from "../core/metric.ts";
import { mse } from "./mse.ts";
import { meanSlopes } from "./row-slopes.ts";

/** The root of the (weighted) mean squared error, in the target's unit. NaN for no rows. */
export function rmse(): Metric {
  const { rowScores: _, rowBounds: __, ...squared } = mse();
  return Object.freeze({
    ...squared,
    name: "rmse",
    evaluate: (input) => Math.sqrt(squared.evaluate(input)),
    slopes(input) {
      const root = Math.sqrt(squared.evaluate(input));
      return meanSlopes(input, (error) => error / root);
    },
  } satisfies Metric);
}
