import type { Direction, Metric, MetricInput } from "../core/metric.ts";
import type { EstimateRecord, KnownOutcome, OutcomeBound, PredictionRecord } from "../core/records.ts";
import { ownMember } from "../core/own-member.ts";
import { rng } from "../math/rng.ts";
import { meetsBounds } from "../study/outcome-bounds.ts";
import type { Judging } from "./judging.ts";
import { metricInput } from "./metric-input.ts";
import { metricCandidate, rowMeanCandidate } from "./selection-candidate.ts";
import { type Candidate, type FoldStarts, selectionEstimate } from "./selection-estimate.ts";

export interface HonestEstimateParts {
  readonly judging: Judging;
  /** The one objective; several have no single best. */
  readonly objectives: readonly { readonly metric: string; readonly direction: Direction }[];
  readonly constraints: readonly OutcomeBound[];
  /** Trials are tested on rows later than those they are trained on, so that no row may stand for another. */
  readonly ordered: boolean;
  /** Folds are blocks of space, so that rows are alike within one: drawn one by one they would seem to be more than they are. Left out: false. */
  readonly placed?: boolean;
  readonly keepPredictions: boolean;
  readonly adaptive: boolean;
  /** A simpler trial than the best may be reported. */
  readonly selects: boolean;
  readonly seed: number;
  /** The first trial of a trial's configuration. */
  readonly firstOf: (trial: number) => number;
  /** Out-of-fold predictions of a trial, by repeat and fold. */
  readonly predictions: (trial: number) => readonly PredictionRecord[];
}

interface JudgedTrial {
  readonly trial: number;
  readonly value: number;
}

/** The most entries (candidates × predictions) that are resampled, and how often: what bounds memory and time. */
const limits = {
  rowMean: { entries: 1e7, work: 5e7, resamples: { least: 200, most: 1000 } },
  other: { entries: 2e5, work: 2e7, resamples: { least: 100, most: 1000 } },
};

/**
 * What the study's best trial is likely to be worth on new rows, corrected for having been picked (`selection-estimate.ts`). Candidates are the
 * complete trials that could be best: pruned and failed ones and those that miss the constraints leave the matrix. Where they are very many, only
 * the best by value are resampled, the others would not be picked. Where rows have groups, groups are drawn.
 * undefined where there is nothing to be corrected: fewer than two candidates. A pure function of data, folds, outcomes and seed.
 */
export function honestEstimate(outcomes: Iterable<KnownOutcome>, parts: HonestEstimateParts): EstimateRecord | undefined {
  const [objective] = parts.objectives;
  if (objective === undefined) return undefined;
  const metric = parts.judging.metrics[objective.metric] as Metric;
  const judged: JudgedTrial[] = [];
  let repeated = false;
  for (const { trial, state, values } of outcomes) {
    repeated ||= parts.firstOf(trial) !== trial;
    const value = ownMember(values, objective.metric)?.value ?? Number.NaN;
    if (state === "complete" && !Number.isNaN(value) && meetsBounds(parts.constraints, values)) judged.push({ trial, value });
  }
  if (judged.length < 2) return undefined;
  const sign = objective.direction === "maximize" ? -1 : 1;
  const ranked = judged.sort((a, b) => sign * (a.value - b.value) || a.trial - b.trial);
  const record = { metric: objective.metric, trial: (ranked[0] as JudgedTrial).trial, candidates: ranked.length, adaptive: parts.adaptive };
  const none = (why: string): EstimateRecord => ({ ...record, value: null, low: null, high: null, resamples: 0, why });
  if (parts.objectives.length > 1) return none("several objectives have no single best");
  if (parts.selects) return none("a simpler trial than the best is reported");
  if (repeated) return none("repeats of a configuration have folds of their own");
  if (parts.ordered) return none("rows in the order of time can't be resampled");
  if (parts.placed === true) return none("rows that are alike by their place can't be resampled one by one");
  if (!parts.keepPredictions) return none("it takes the predictions, which keepPredictions: false does not keep");
  const best = parts.predictions(record.trial);
  const entries = best.reduce((sum, { rows }) => sum + rows.length, 0);
  if (entries === 0) return none("the best trial has no predictions");
  const limit = metric.rowScores === undefined ? limits.other : limits.rowMean;
  const shown = ranked.slice(0, Math.max(2, Math.floor(limit.entries / entries)));
  const starts = foldStarts(best);
  // Ties go to the lowest number, as in the study.
  const isFirst = firstOfEqual();
  const inputs = best.map((one) => metricInput(parts.judging, one));
  const candidates = shown
    .toSorted((a, b) => a.trial - b.trial)
    .flatMap(
      ({ trial }) =>
        candidateOf(metric, trial === record.trial ? best : parts.predictions(trial), { parts, best, inputs, starts, isFirst }) ?? [],
    );
  const wanted = Math.floor(limit.work / (candidates.length * entries));
  const resamples = Math.min(limit.resamples.most, Math.max(limit.resamples.least, wanted));
  const { units, unitCount } = drawnTogether(parts.judging, best);
  const weight = parts.judging.data.roles.weight;
  const weights = weight === null ? null : Float64Array.from(testedRows(best), (row) => weight[row] as number);
  const selection = { direction: objective.direction, candidates, units, unitCount, starts, weights, resamples };
  const estimate = selectionEstimate(selection, rng(parts.seed).fork("honest-estimate"));
  if (estimate === null) return none(`${objective.metric} is not defined on so few rows`);
  return { ...record, ...estimate, resamples, why: null };
}

interface CandidateParts {
  readonly parts: HonestEstimateParts;
  /** The best trial's predictions, and what metrics see of them. */
  readonly best: readonly PredictionRecord[];
  readonly inputs: readonly MetricInput[];
  readonly starts: FoldStarts;
  readonly isFirst: (scores: Float32Array) => boolean;
}

/** undefined where a trial was not tested on the same folds, is not defined on a row, or scores as an earlier one does. */
function candidateOf(
  metric: Metric,
  predictions: readonly PredictionRecord[],
  { parts, best, inputs, starts, isFirst }: CandidateParts,
): Candidate | undefined {
  const own = foldStarts(predictions);
  if (own.length !== starts.length || own.some((start, fold) => start !== starts[fold])) return undefined;
  const folds = predictions.map((one, fold): MetricInput => {
    const like = inputs[fold] as MetricInput;
    // The same rows have the same truth and weights.
    if (!equalRows(one.rows, (best[fold] as PredictionRecord).rows)) return metricInput(parts.judging, one);
    return { truth: like.truth, predicted: one.predicted, scores: one.scores, weights: like.weights, classCount: like.classCount };
  });
  if (metric.rowScores === undefined) return metricCandidate(metric, folds, starts);
  const scores = new Float32Array(starts.at(-1) ?? 0);
  for (let fold = 0; fold < folds.length; fold++) scores.set(metric.rowScores(folds[fold] as MetricInput), starts[fold]);
  return scores.includes(Number.NaN) || !isFirst(scores) ? undefined : rowMeanCandidate(scores, starts);
}

function equalRows(some: Uint32Array, others: Uint32Array): boolean {
  if (some.length !== others.length) return false;
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false;
  return true;
}

/** Tells scores that came before, bit for bit, from new ones: of trials that score alike in every row the first is picked whatever is drawn. */
function firstOfEqual(): (scores: Float32Array) => boolean {
  const known = new Map<number, Float32Array[]>();
  return (scores) => {
    let key = 0;
    for (let at = 0; at < scores.length; at++) key += (scores[at] as number) * ((at % 1021) + 1);
    const alike = known.get(key) ?? [];
    if (alike.some((one) => equalScores(one, scores))) return false;
    known.set(key, [...alike, scores]);
    return true;
  };
}

function equalScores(some: Float32Array, others: Float32Array): boolean {
  for (let at = 0; at < some.length; at++) if (some[at] !== others[at]) return false;
  return true;
}

function foldStarts(predictions: readonly PredictionRecord[]): number[] {
  const starts = [0];
  for (const { rows } of predictions) starts.push((starts.at(-1) as number) + rows.length);
  return starts;
}

function testedRows(predictions: readonly PredictionRecord[]): Uint32Array {
  return Uint32Array.from(predictions.flatMap(({ rows }) => Array.from(rows)));
}

/** All predictions of a row, or of a group's rows, are drawn together. */
function drawnTogether(
  { data }: Judging,
  predictions: readonly PredictionRecord[],
): { readonly units: Int32Array; readonly unitCount: number } {
  const group = data.roles.group?.codes ?? null;
  const numbers = new Map<number, number>();
  const units = Int32Array.from(testedRows(predictions), (row) => {
    const key = group === null ? row : (group[row] as number);
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  });
  return { units, unitCount: numbers.size };
}
