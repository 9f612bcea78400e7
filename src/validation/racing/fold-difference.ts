import type { Metric, MetricInput } from "../../core/metric.ts";
import { rng } from "../../math/rng.ts";
import { metricInput } from "../fold-score.ts";
import type { Judging } from "../judging.ts";
import type { FoldDifference } from "./mean-difference.ts";

/** What a trial said of the test rows of one fold, and what that is worth. */
export interface FoldAnswer {
  /** By the metric that is raced for. */
  readonly value: number;
  readonly predicted: Float64Array;
  readonly scores: Float64Array | null;
}

/** What may be taken for drawn at random: single rows, whole groups, or no less than whole folds. */
export type RaceUnit = "row" | "group" | "fold";

export interface FoldDifferenceOptions {
  readonly judging: Judging;
  readonly metric: Metric;
  readonly unit: RaceUnit;
  /** Of the bootstrap; one stream a fold, the same for all trials. */
  readonly seed: number;
}

/** Bootstrap samples of a fold: their standard deviation is known to about 5 %. */
const samples = 200;

/** Compares trials with one incumbent, fold by fold; what the incumbent costs is paid once. */
export type FoldComparison = (fold: number, trial: FoldAnswer) => FoldDifference;

export function foldComparison(incumbent: readonly FoldAnswer[], options: FoldDifferenceOptions): FoldComparison {
  const { judging, metric, unit, seed } = options;
  const sign = metric.direction === "minimize" ? 1 : -1;
  const known = incumbent.map(() => ({ values: undefined as Float64Array | undefined, resampled: undefined as Float64Array | undefined }));
  const groupCodes = judging.data.roles.group?.codes ?? null;

  return (fold, trial) => {
    const rows = (judging.plan.folds[fold] as (typeof judging.plan.folds)[number]).test;
    const other = incumbent[fold] as FoldAnswer;
    const own = known[fold] as (typeof known)[number];
    const mean = sign * (trial.value - other.value);
    const alone = { mean, rows: null, weights: null, groups: null };
    if (unit === "fold") return { ...alone, units: 1, variance: () => 0 };
    const groups = unit === "group" && groupCodes !== null ? Int32Array.from(rows, (row) => groupCodes[row] as number) : null;
    const units = groups === null ? rows.length : new Set(groups).size;
    const input = metricInput(judging, rows, rounded(trial));
    if (metric.rowScores !== undefined) {
      own.values ??= metric.rowScores(metricInput(judging, rows, rounded(other)));
      const values = metric.rowScores(input);
      for (let row = 0; row < values.length; row++) values[row] = sign * ((values[row] as number) - (own.values[row] as number));
      return { ...alone, rows: values, weights: input.weights, groups, units, variance: () => 0 };
    }
    let variance: number | undefined;
    return {
      ...alone,
      units,
      variance() {
        if (variance !== undefined) return variance;
        const resample = () => resampledValues(metric, input, { groups, fold, seed });
        own.resampled ??= resampledValues(metric, metricInput(judging, rows, rounded(other)), { groups, fold, seed });
        variance = varianceOfDifference(resample(), own.resampled);
        return variance;
      },
    };
  };
}

/** As predictions are stored, so that a race that is resumed sees the same numbers. */
function rounded({ predicted, scores }: FoldAnswer): Pick<FoldAnswer, "predicted" | "scores"> {
  return { predicted: predicted.map(Math.fround), scores: scores === null ? null : scores.map(Math.fround) };
}

/** The metric of samples of the fold's rows (or groups), drawn with replacement. Equal seeds and folds give equal samples, so that trials are compared row by row. */
function resampledValues(
  metric: Metric,
  input: MetricInput,
  { groups, fold, seed }: { readonly groups: Int32Array | null; readonly fold: number; readonly seed: number },
): Float64Array {
  const stream = rng(seed).fork("race", "bootstrap", fold);
  const units = unitRows(input.truth.length, groups);
  return Float64Array.from({ length: samples }, () => {
    const rows: number[] = [];
    for (let draw = 0; draw < units.length; draw++) rows.push(...(units[stream.below(units.length)] as readonly number[]));
    return metric.evaluate(chosenRows(input, rows));
  });
}

function unitRows(count: number, groups: Int32Array | null): readonly (readonly number[])[] {
  if (groups === null) return Array.from({ length: count }, (_, row) => [row]);
  const members = new Map<number, number[]>();
  for (let row = 0; row < count; row++) {
    const group = groups[row] as number;
    const rows = members.get(group);
    if (rows === undefined) members.set(group, [row]);
    else rows.push(row);
  }
  return [...members.values()];
}

function chosenRows({ truth, predicted, scores, weights, classCount }: MetricInput, rows: readonly number[]): MetricInput {
  const chosen = (from: ArrayLike<number>): Float64Array => Float64Array.from(rows, (row) => from[row] as number);
  let wide: Float64Array | null = null;
  if (scores !== null) {
    const width = scores.length / truth.length;
    wide = new Float64Array(rows.length * width);
    for (const [i, row] of rows.entries()) wide.set(scores.subarray(row * width, (row + 1) * width), i * width);
  }
  return {
    truth: truth instanceof Int32Array ? Int32Array.from(chosen(truth)) : chosen(truth),
    predicted: chosen(predicted),
    scores: wide,
    weights: weights === null ? null : chosen(weights),
    classCount,
  };
}

/** Samples in which one of the two is not defined say nothing; ∞ where that is more than half of them. */
function varianceOfDifference(ones: Float64Array, others: Float64Array): number {
  const differences: number[] = [];
  for (let i = 0; i < ones.length; i++) {
    const difference = (ones[i] as number) - (others[i] as number);
    if (!Number.isNaN(difference)) differences.push(difference);
  }
  if (differences.length <= ones.length / 2) return Infinity;
  const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
  return differences.reduce((sum, one) => sum + (one - mean) * (one - mean), 0) / (differences.length - 1);
}
