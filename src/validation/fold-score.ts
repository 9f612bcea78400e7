import type { MetricInput } from "../core/metric.ts";
import type { Judging } from "./judging.ts";

export interface FoldScore {
  readonly values: Readonly<Record<string, number>>;
  /** Rows predicted right; null for regression. */
  readonly correct: number | null;
}

/** What a model said of rows, in their order. */
export interface FoldAnswers {
  readonly predicted: Float64Array;
  readonly scores: Float64Array | null;
}

/** What a metric sees of predictions of `rows`. */
export function metricInput({ target, data }: Pick<Judging, "target" | "data">, rows: Uint32Array, answers: FoldAnswers): MetricInput {
  const truth = target.kind === "class" ? new Int32Array(rows.length) : new Float64Array(rows.length);
  const source = target.kind === "class" ? target.codes : target.values;
  for (let i = 0; i < rows.length; i++) truth[i] = source[rows[i] as number] as number;
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
  const values = Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric.evaluate(input)]));
  if (target.kind !== "class") return { values, correct: null };
  let correct = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === answers.predicted[i]) correct++;
  return { values, correct };
}
