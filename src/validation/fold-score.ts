import { HpoError } from "../core/hpo-error.ts";
import type { Metric, MetricInput } from "../core/metric.ts";
import { showValue } from "../core/options.ts";
import { calling } from "../core/part-failure.ts";
import { type Judging, truthOf } from "./judging.ts";

export interface FoldScore {
  readonly values: Readonly<Record<string, number>>;
  /** Rows predicted right; null for regression. */
  readonly correct: number | null;
}

/** What a model said of rows, in their order. */
export interface FoldAnswers {
  readonly predicted: Float64Array;
  readonly scores: Float64Array | null;
  /** What was to be predicted, where it is at hand. */
  readonly truth?: Float64Array | undefined;
}

/** What a metric sees of predictions of `rows`. */
export function metricInput({ target, data }: Pick<Judging, "target" | "data">, rows: Uint32Array, answers: FoldAnswers): MetricInput {
  const truth = answers.truth ?? truthOf(target, rows);
  const weight = data.roles.weight;
  const weights = weight === null ? null : Float64Array.from(rows, (row) => weight[row] as number);
  const classCount = target.kind === "class" ? target.classes.length : 0;
  return { truth, predicted: answers.predicted, scores: answers.scores, weights, classCount };
}

/** Judges predictions of `rows` with every metric of the study. */
export function foldScore(judging: Pick<Judging, "target" | "metrics" | "data">, rows: Uint32Array, answers: FoldAnswers): FoldScore {
  const { target, metrics } = judging;
  const input = metricInput(judging, rows, answers);
  const { truth } = input;
  const values: Record<string, number> = {};
  for (const name of Object.keys(metrics)) values[name] = measured(metrics[name] as Metric, input);
  if (target.kind !== "class") return { values, correct: null };
  let correct = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === answers.predicted[i]) correct++;
  return { values, correct };
}

/** A metric may be a user's own. @throws HpoError METRIC_UNSUPPORTED */
function measured(metric: Metric, input: MetricInput): number {
  const value: unknown = calling(`The metric ${metric.name}`, "METRIC_UNSUPPORTED", () => metric.evaluate(input));
  if (typeof value === "number") return value;
  throw new HpoError(
    "METRIC_UNSUPPORTED",
    `The metric ${metric.name} must give a number, NaN where it is not defined; got ${showValue(value)}.`,
  );
}
