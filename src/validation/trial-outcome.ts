import { mean, sampleStandardDeviation, sampleVariance } from "simple-statistics";
import type { FoldPlan } from "../core/estimator.ts";
import type { Incident } from "../core/executor.ts";
import type { EvaluationRecord, OutcomeRecord, PredictionRecord } from "../core/records.ts";
import { ownMember } from "../core/own-member.ts";
import { meanGradients } from "./fold-gradient.ts";
import { foldScore } from "./fold-score.ts";
import type { Judging } from "./judging.ts";

/**
 * The outcome of a trial from its folds, in fold order: the mean, its standard error s/√k (s with k − 1 in the
 * denominator; null for one fold; see `standardErrorOf` where rows are tested more than once), and the value over all test rows pooled, in row order. Gradients are means too.
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
    const scores = folds.map((fold) => ownMember(fold.values, name) ?? Number.NaN);
    const undefinedFold = scores.findIndex(Number.isNaN);
    if (undefinedFold >= 0 && objectives.includes(name)) {
      const message = `${name} is not defined on fold ${undefinedFold + 1} of ${folds.length}; use fewer folds or a stratified splitter, so that every fold has what the metric needs.`;
      return failedTrial(trial, { kind: "error", message, code: "METRIC_UNSUPPORTED", stack: null }, endedAt);
    }
    const standardError = standardErrorOf(scores, judging.plan);
    values[name] = { value: mean(scores), standardError, pooled: pooled?.[name] ?? null };
  }
  return { trial, state: "complete", values, ...meanGradients(folds), incident: null, endedAt };
}

/**
 * Over repeats the root of the mean square of what each repeat says. Folds that test the same rows say less than as many others: with s² the variance over k folds, n₁
 * training and n₂ test rows the square is (1/k + n₂/n₁) s² (C. Nadeau, Y. Bengio, "Inference for the generalization error", Machine Learning 52(3), 2003, doi
 * 10.1023/A:1024068626366).
 */
function standardErrorOf(scores: readonly number[], { repeats = 1, overlap }: Pick<FoldPlan, "repeats" | "overlap">): number | null {
  const each = scores.length / repeats;
  if (each < 2) return null;
  if (repeats === 1 && overlap === undefined) return sampleStandardDeviation(scores) / Math.sqrt(each);
  const variances = Array.from({ length: repeats }, (_, repeat) => sampleVariance(scores.slice(repeat * each, (repeat + 1) * each)));
  return Math.sqrt(mean(variances) * (1 / each + (overlap ?? 0)));
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
  /** By row of the data: its place among the tested ones, ascending; −1 where it is not tested. */
  const places = new Int32Array(judging.data.rows).fill(-1);
  for (const { rows: tested } of predictions) {
    for (let i = 0; i < tested.length; i++) {
      const row = tested[i] as number;
      if (places[row] !== -1) return undefined;
      places[row] = 0;
    }
  }
  const rows = new Uint32Array(total);
  let next = 0;
  for (let row = 0; row < places.length; row++) {
    if (places[row] === -1) continue;
    rows[next] = row;
    places[row] = next++;
  }
  const withScores = predictions.every((prediction) => prediction.scores !== null);
  const predicted = new Float64Array(total);
  const scores = withScores ? new Float64Array(total * width) : null;
  for (const { rows: tested, predicted: given, scores: own } of predictions) {
    for (let i = 0; i < tested.length; i++) {
      const place = places[tested[i] as number] as number;
      predicted[place] = Math.fround(given[i] as number);
      if (scores === null || own === null) continue;
      for (let c = 0; c < width; c++) scores[place * width + c] = Math.fround(own[i * width + c] as number);
    }
  }
  return foldScore(judging, rows, { predicted, scores }).values;
}
