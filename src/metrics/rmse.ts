import type { Metric } from "../core/metric.ts";
import { mse } from "./mse.ts";

/** The root of the (weighted) mean squared error, in the target's unit. NaN for no rows. */
export function rmse(): Metric {
  const { rowScores: _, ...squared } = mse();
  return Object.freeze({
    ...squared,
    name: "rmse",
    evaluate: (input) => Math.sqrt(squared.evaluate(input)),
  } satisfies Metric);
}
