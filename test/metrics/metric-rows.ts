import { readFileSync } from "node:fs";
import type { MetricInput } from "#hpo/core/metric";

/** A metric's input from plain lists; `classes: 0` for regression. */
export function rowsOf(given: {
  classes?: number;
  truth: readonly number[];
  predicted?: readonly number[];
  scores?: readonly number[];
  weights?: readonly number[] | null;
}): MetricInput {
  const { classes = 0, truth, predicted = truth, scores, weights } = given;
  return {
    truth: classes === 0 ? Float64Array.from(truth) : Int32Array.from(truth),
    predicted: Float64Array.from(predicted),
    scores: scores === undefined ? null : Float64Array.from(scores),
    weights: weights === undefined || weights === null ? null : Float64Array.from(weights),
    classCount: classes,
  };
}

interface OracleCase {
  readonly classes?: number;
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  readonly scores?: readonly number[];
  readonly weights: readonly number[] | null;
  readonly expected: Readonly<Record<string, number | null>>;
  readonly confusion?: readonly number[];
}

/** scikit-learn's values for random folds; see metrics_oracle.py. */
export const metricsOracle: { readonly classification: readonly OracleCase[]; readonly regression: readonly OracleCase[] } = JSON.parse(
  readFileSync(new URL("../oracle/metrics_oracle.json", import.meta.url), "utf8"),
);
