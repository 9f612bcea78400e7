import { mean, sampleStandardDeviation } from "simple-statistics";
import type { Incident } from "../core/executor.ts";
import type { EvaluationRecord, OutcomeRecord, PredictionRecord } from "../core/records.ts";
import { foldScore } from "./fold-score.ts";
import type { Judging } from "./judging.ts";

/**
 * The outcome of a trial from its folds, in fold order: the mean, its standard error s/√k (s with k − 1 in the
 * denominator; null for one fold), and the value over all test rows pooled, in row order.
 */
export function trialOutcome(
  trial: number,
  folds: readonly EvaluationRecord[],
  details: {
    readonly judging: Judging;
    readonly predictions: readonly PredictionRecord[];
    readonly objectives: readonly string[];
    readonly endedAt: string;
  },
): OutcomeRecord {
  const { judging, predictions, objectives, endedAt } = details;
  const pooled = pooledValues(judging, predictions);
  const values: Record<string, OutcomeRecord["values"][string]> = {};
  for (const name of Object.keys(judging.metrics)) {
    const scores = folds.map((fold) => fold.values[name] ?? Number.NaN);
    const undefinedFold = scores.findIndex(Number.isNaN);
    if (undefinedFold >= 0 && objectives.includes(name)) {
      const message = `${name} is not defined on fold ${undefinedFold + 1} of ${folds.length}; use fewer folds or a stratified splitter, so that every fold has what the metric needs.`;
      return failedTrial(trial, { kind: "error", message, code: "METRIC_UNSUPPORTED", stack: null }, endedAt);
    }
    const standardError = scores.length < 2 ? null : sampleStandardDeviation(scores) / Math.sqrt(scores.length);
    values[name] = { value: mean(scores), standardError, pooled: pooled?.[name] ?? null };
  }
  return { trial, state: "complete", values, incident: null, endedAt };
}

/** The end of a trial that could not be judged. */
export function failedTrial(trial: number, incident: Incident, endedAt: string): OutcomeRecord {
  return { trial, state: "failed", values: {}, incident, endedAt };
}

/**
 * undefined where a row was tested more than once: pooling would count it twice. Values and scores are rounded to the
 * 32 bits in which they are stored, so that a resumed trial pools the same numbers.
 */
function pooledValues(judging: Judging, predictions: readonly PredictionRecord[]): Readonly<Record<string, number>> | undefined {
  const total = predictions.reduce((sum, { rows }) => sum + rows.length, 0);
  if (total === 0) return undefined;
  const width = judging.target.kind === "class" ? judging.target.classes.length : 0;
  const order = predictions
    .flatMap((prediction, p) => Array.from(prediction.rows, (row, i) => ({ row, p, i })))
    .sort((a, b) => a.row - b.row);
  if (order.some((entry, k) => k > 0 && order[k - 1]?.row === entry.row)) return undefined;
  const withScores = predictions.every((prediction) => prediction.scores !== null);
  const rows = new Uint32Array(total);
  const predicted = new Float64Array(total);
  const scores = withScores ? new Float64Array(total * width) : null;
  order.forEach(({ row, p, i }, k) => {
    const source = predictions[p] as PredictionRecord;
    rows[k] = row;
    predicted[k] = Math.fround(source.predicted[i] as number);
    for (let c = 0; scores !== null && source.scores !== null && c < width; c++) {
      scores[k * width + c] = Math.fround(source.scores[i * width + c] as number);
    }
  });
  return foldScore(judging, rows, { predicted, scores }).values;
}
