import { HpoError } from "../../core/hpo-error.ts";
import { canonicalJson, type Json } from "../../core/json.ts";
import type { Direction } from "../../core/metric.ts";
import { showValue } from "../../core/options.ts";
import type { EvaluationRecord, PredictionRecord } from "../../core/records.ts";
import type { StudySnapshot, TrialSnapshot } from "../../core/snapshot.ts";
import type { Params } from "../../core/space.ts";
import { ownMember } from "../../core/own-member.ts";
import { correlatedTTest } from "./correlated-t-test.ts";
import { foldDifferences } from "./fold-differences.ts";
import { agreement, type McNemar } from "./mcnemar.ts";
import { type ResampledTTest, resampledTTest } from "./resampled-t-test.ts";

/** A trial with all that is stored of its folds. */
export interface JudgedFolds {
  readonly snapshot: StudySnapshot;
  readonly trial: TrialSnapshot;
  readonly evaluations: readonly EvaluationRecord[];
  readonly predictions: readonly PredictionRecord[];
  /** It was chosen by the scores that are compared now, of so many trials; null where it was named. */
  readonly pickedOf: number | null;
}

/** One of the two trials. */
export interface ComparedTrial {
  readonly study: string;
  readonly trial: number;
  readonly params: Params;
  /** The mean over folds, and s/√k. */
  readonly value: number;
  readonly standardError: number | null;
}

/** Two trials on the same folds of the same data. Differences are first − second, in the metric's own unit. */
export interface TrialComparison {
  readonly metric: string;
  readonly direction: Direction;
  readonly unit: "fraction" | "number";
  /** "10-fold stratified", and how many test sets there are of all repeats. */
  readonly cv: string;
  readonly folds: number;
  readonly first: ComparedTrial;
  readonly second: ComparedTrial;
  readonly difference: number;
  /** Nadeau and Bengio's corrected resampled t-test, with an interval of the difference. */
  readonly tTest: ResampledTTest;
  /** The Bayesian correlated t-test: three probabilities that sum to 1. `rope` is the half width of practical equivalence. */
  readonly practical: {
    readonly rope: number;
    readonly firstBetter: number;
    readonly equivalent: number;
    readonly secondBetter: number;
  };
  /** On the out-of-fold predictions; null where there are none to count. */
  readonly mcNemar: McNemar | null;
  /** What a reader should know before believing it, a sentence each. */
  readonly notes: readonly string[];
}

export interface ComparisonOptions {
  /** Default: the first objective of the first trial's study. */
  readonly metric?: string;
  /** Differences up to this size mean nothing in practice, in the metric's unit. Default 0.01 of a fraction, else 1 % of the larger mean. */
  readonly rope?: number;
}

/**
 * Compares two trials fold by fold.
 * @throws HpoError OPTION_INVALID unless both were judged by the metric on the same folds, at least two, of the same data
 */
export function compareFolds(first: JudgedFolds, second: JudgedFolds, options: ComparisonOptions = {}): TrialComparison {
  checkSameData(first, second);
  const metric = options.metric ?? first.snapshot.description.objectives[0]?.metric ?? "";
  const { direction, unit } = sharedMetric(first, second, metric);
  const pairs = pairedFolds(first, second);
  const value = (fold: EvaluationRecord): number => ownMember(fold.values, metric) ?? Number.NaN;
  const undefinedAt = pairs.findIndex(([one, other]) => !Number.isFinite(value(one) - value(other)));
  if (undefinedAt >= 0) invalid(`${metric} must be a number on every fold; it is not on fold ${undefinedAt + 1} of ${pairs.length}.`);
  const differences = Float64Array.from(pairs, ([one, other]) => value(one) - value(other));
  const summed = foldDifferences(differences, testShare(first, pairs));
  const means = [first, second].map((side) => Math.abs(ownMember(side.trial.values, metric)?.value ?? 0));
  const rope = options.rope ?? (unit === "fraction" ? 0.01 : 0.01 * Math.max(...means));
  const { below, within, above } = correlatedTTest(summed, rope);
  const better = direction === "maximize" ? { firstBetter: above, secondBetter: below } : { firstBetter: below, secondBetter: above };
  const rows = countedRows(first, second);
  return {
    metric,
    direction,
    unit,
    cv: first.snapshot.description.cv?.label ?? "",
    folds: pairs.length,
    first: comparedTrial(first, metric),
    second: comparedTrial(second, metric),
    difference: summed.mean,
    tTest: resampledTTest(summed),
    practical: { rope, firstBetter: better.firstBetter, equivalent: within, secondBetter: better.secondBetter },
    mcNemar: typeof rows === "string" ? null : rows,
    notes: [
      ...(typeof rows === "string" ? [rows] : []),
      ...pickedNotes(first, second),
      ...(pairs.length < 5 ? [fewFolds(pairs.length)] : []),
    ],
  };
}

function comparedTrial({ snapshot, trial }: JudgedFolds, metric: string): ComparedTrial {
  const { value = Number.NaN, standardError = null } = ownMember(trial.values, metric) ?? {};
  return { study: snapshot.name, trial: trial.number, params: trial.params, value, standardError };
}

function checkSameData(first: JudgedFolds, second: JudgedFolds): void {
  const [one, other] = [first.snapshot.declaration.data, second.snapshot.declaration.data];
  if (one === null || other === null) {
    const study = showValue((one === null ? first : second).snapshot.name);
    invalid(`trials must be judged by cross-validation; the study ${study} judges an objective function, which has no folds to compare.`);
  }
  if (one === other) return;
  const told = [first, second].map(({ snapshot }) => `${showValue(snapshot.name)} has ${snapshot.declaration.data?.slice(0, 12)}`);
  invalid(
    `both trials must be judged on the same data (SHA-256); ${told.join(", ")}. Run both studies on one file, with the same options.`,
  );
}

function sharedMetric(
  first: JudgedFolds,
  second: JudgedFolds,
  metric: string,
): { readonly direction: Direction; readonly unit: "fraction" | "number" } {
  const [one, other] = [first, second].map(({ snapshot }) => snapshot.description.metrics.find(({ name }) => name === metric));
  const declared = [first, second].map(({ snapshot: { declaration } }) => {
    const metrics: readonly Json[] = Array.isArray(declaration.metrics) ? (declaration.metrics as readonly Json[]) : [];
    return metrics.find((each) => (each as { readonly name?: unknown } | null)?.name === metric);
  });
  if (one === undefined || other === undefined) {
    const { snapshot } = one === undefined ? first : second;
    const known = snapshot.description.metrics.map(({ name }) => name).join(", ");
    return invalid(`metric must be one of the study ${showValue(snapshot.name)} (${known}); got ${showValue(metric)}.`);
  }
  if (canonicalJson(declared[0] ?? null) !== canonicalJson(declared[1] ?? null)) {
    return invalid(`${metric} must be the same metric in both studies; its options or direction differ. Name another metric.`);
  }
  return one;
}

/** The folds of the two trials side by side. */
function pairedFolds(first: JudgedFolds, second: JudgedFolds): (readonly [EvaluationRecord, EvaluationRecord])[] {
  const differ = (what: string): never =>
    invalid(`both trials must be judged on the same folds; ${what}. Give both studies the same cv and seed, and run them to their end.`);
  const [ours, theirs] = [first, second].map(({ snapshot: { declaration } }) =>
    canonicalJson({ cv: declaration.cv, seed: declaration.seed }),
  );
  // Where predictions were kept, the rows themselves are compared: another name of the same folds is no difference.
  const kept = [first, second].every(({ evaluations, predictions }) => predictions.length === evaluations.length && evaluations.length > 0);
  if (!kept && ours !== theirs) differ(`cv or seed of ${showValue(first.snapshot.name)} and ${showValue(second.snapshot.name)} differ`);
  if (first.evaluations.length !== second.evaluations.length) {
    differ(`the first has ${first.evaluations.length}, the second ${second.evaluations.length}`);
  }
  const pairs = first.evaluations.map((one, i) => {
    const other = second.evaluations.find(({ repeat, fold, rung }) => repeat === one.repeat && fold === one.fold && rung === one.rung);
    if (other === undefined || one.testRows !== other.testRows) return differ(`fold ${i + 1} is not the same`);
    if (kept && !sameRows(rowsOf(first, one), rowsOf(second, other))) return differ(`fold ${i + 1} tests other rows`);
    return [one, other] as const;
  });
  if (pairs.length < 2)
    invalid(`trials must be judged on at least two folds, whose spread says what a difference is worth; got ${pairs.length}.`);
  return pairs;
}

function rowsOf({ predictions }: JudgedFolds, { repeat, fold }: EvaluationRecord): Uint32Array | undefined {
  return predictions.find((one) => one.repeat === repeat && one.fold === fold)?.rows;
}

function sameRows(one: Uint32Array | undefined, other: Uint32Array | undefined): boolean {
  return one?.length === other?.length && one !== undefined && one.every((row, i) => row === other?.[i]);
}

/** n₂/n₁ of the mean fold. Studies that did not keep the number of training rows are taken to train on all that is not tested. */
function testShare({ snapshot: { description } }: JudgedFolds, pairs: readonly (readonly [EvaluationRecord, EvaluationRecord])[]): number {
  const rows = description.data?.rows ?? 0;
  const shares = pairs.map(([{ fold, testRows }]) => testRows / (description.cv?.trainRows?.[fold] ?? rows - testRows));
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** McNemar's counts, or why there are none. */
function countedRows(first: JudgedFolds, second: JudgedFolds): McNemar | string {
  if (first.snapshot.description.data?.classes === null)
    return "McNemar's test counts right and wrong answers, of which a numeric target has none";
  const [truth, ours, theirs]: number[][] = [[], [], []];
  const seen = new Set<number>();
  for (const { repeat, fold, rows, truth: labels, predicted } of first.predictions) {
    const other = second.predictions.find((one) => one.repeat === repeat && one.fold === fold);
    if (other === undefined) continue;
    for (const [i, row] of rows.entries()) {
      if (seen.has(row)) return "McNemar's test needs every row tested once; these folds test rows several times";
      seen.add(row);
      truth?.push(labels[i] as number);
      ours?.push(predicted[i] as number);
      theirs?.push(other.predicted[i] as number);
    }
  }
  if (seen.size === 0) return "McNemar's test needs out-of-fold predictions, which were not kept (keepPredictions)";
  return agreement(truth ?? [], ours ?? [], theirs ?? []);
}

/** Being picked flatters. */
function pickedNotes(first: JudgedFolds, second: JudgedFolds): string[] {
  const picked = [first, second].filter((side) => (side.pickedOf ?? 0) > 1);
  if (picked.length === 0) return [];
  const told = picked.map(
    ({ snapshot, trial, pickedOf }) => `trial ${trial.number} was picked from ${pickedOf} of ${showValue(snapshot.name)}`,
  );
  const whom = picked.length === 1 ? "its score is flattered by that, and so is the difference" : "both scores are flattered by that";
  return [`${told.join(" and ")} by these very folds: ${whom}; nested cross-validation or fresh rows are free of it`];
}

function fewFolds(folds: number): string {
  return `${folds} folds say little about their own spread: take ten, or repeat them`;
}

function invalid(text: string): never {
  throw new HpoError("OPTION_INVALID", `compareTrials(): ${text}`);
}
