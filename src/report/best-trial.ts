import type { Direction } from "../core/metric.ts";
import type { StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import { ownMember } from "../core/own-member.ts";
import { paretoFront as nonDominated } from "../math/pareto.ts";
import { goodnessOf } from "../study/best-outcome.ts";
import { meetsBounds } from "../study/outcome-bounds.ts";
import { deviationBetweenRepeats, meanOfRepeats } from "../study/repeats.ts";
import { reportedTrial } from "../study/trial-choice.ts";
import { bounded } from "./declared-rules.ts";
import { plainText } from "./plain-text.ts";

/** A configuration as reports show it: its first complete trial with the means of all its complete trials, whose counts and seconds are summed. */
export interface ConfigurationSnapshot extends TrialSnapshot {
  /** How many complete trials it has; left out for 1. */
  readonly repeats?: number;
}

/** The complete trials, each configuration once, by number. */
export function completeConfigurations(trials: readonly TrialSnapshot[]): readonly ConfigurationSnapshot[] {
  if (trials.every(({ repeat }) => repeat === 0)) return trials.filter(({ state }) => state === "complete");
  const groups = new Map<number, TrialSnapshot[]>();
  for (const trial of trials) {
    if (trial.state !== "complete") continue;
    const first = trial.repeatOf ?? trial.number;
    const group = groups.get(first);
    if (group === undefined) groups.set(first, [trial]);
    else group.push(trial);
  }
  return [...groups.values()].map(merged).sort((a, b) => a.number - b.number);
}

function merged(trials: readonly TrialSnapshot[]): ConfigurationSnapshot {
  const [first] = trials as [TrialSnapshot];
  if (trials.length === 1) return first;
  const sum = (of: (trial: TrialSnapshot) => number): number => trials.reduce((total, trial) => total + of(trial), 0);
  const known = (of: (trial: TrialSnapshot) => number | null): number | null =>
    trials.some((trial) => of(trial) === null) ? null : sum((trial) => of(trial) ?? 0);
  return {
    ...first,
    repeats: trials.length,
    values: meanOfRepeats(trials.map(({ values }) => values)),
    correct: known(({ correct }) => correct),
    testRows: sum(({ testRows }) => testRows),
    folds: sum(({ folds }) => folds),
    wallSeconds: sum(({ wallSeconds }) => wallSeconds),
    cpuSeconds: known(({ cpuSeconds }) => cpuSeconds),
  };
}

/** The numbers of the complete trials of a configuration. */
export function repeatsOf({ trials }: StudySnapshot, { number, repeatOf }: TrialSnapshot): readonly number[] {
  const first = repeatOf ?? number;
  return trials.filter((one) => one.state === "complete" && (one.repeatOf ?? one.number) === first).map((one) => one.number);
}

/** The deviation of a trial's value about the mean of its configuration; 0 where nothing was repeated. */
export function repeatDeviation({ trials }: StudySnapshot, metric: string): number {
  if (trials.every(({ repeat }) => repeat === 0)) return 0;
  const groups = new Map<number, number[]>();
  for (const { state, number, repeatOf, values } of trials) {
    if (state !== "complete") continue;
    const first = repeatOf ?? number;
    groups.set(first, [...(groups.get(first) ?? []), ownMember(values, metric)?.value ?? Number.NaN]);
  }
  return deviationBetweenRepeats([...groups].sort(([a], [b]) => a - b).map(([, values]) => values));
}

/** A metric as its direction says: larger is better. NaN and missing values are worse than anything. */
export function goodness(trial: TrialSnapshot, metric: string, direction: Direction): number {
  const value = ownMember(trial.values, metric)?.value ?? Number.NaN;
  if (Number.isNaN(value)) return Number.NaN;
  return direction === "maximize" ? value : -value;
}

/** The direction of a metric: an objective's own where it is one. */
export function directionOf(snapshot: StudySnapshot, metric: string): Direction {
  const { objectives, metrics } = snapshot.description;
  return objectives.find((one) => one.metric === metric)?.direction ?? metrics.find((one) => one.name === metric)?.direction ?? "maximize";
}

/** "fraction" (shown as per cent) or "number". */
export function unitOf(snapshot: StudySnapshot, metric: string): "fraction" | "number" {
  return snapshot.description.metrics.find((one) => one.name === metric)?.unit ?? "number";
}

/** The metric that is shown unless another is asked for: the first objective's. */
export function mainMetric(snapshot: StudySnapshot): string {
  return snapshot.description.objectives[0]?.metric ?? snapshot.description.metrics[0]?.name ?? "value";
}

/** Whether a trial meets what the study demands of the best one. */
export function meetsConstraints(snapshot: StudySnapshot, trial: TrialSnapshot): boolean {
  return meetsBounds(snapshot.description.constraints ?? [], trial.values);
}

/** Why there is no best trial: "no trial is complete", or "no complete trial meets latency ≤ 0.2". */
export function noBestText(snapshot: StudySnapshot): string {
  const { constraints = [] } = snapshot.description;
  if (constraints.length === 0 || snapshot.trials.every(({ state }) => state !== "complete")) return "no trial is complete";
  return `no complete trial meets ${constraintsText(snapshot)}`;
}

/** "latency ≤ 0.2 and 1 ≤ size ≤ 5"; empty where nothing is demanded. */
export function constraintsText({ description: { constraints = [] } }: StudySnapshot): string {
  return constraints.flatMap(({ metric, min, max }) => bounded(plainText(metric), { min, max }) ?? []).join(" and ");
}

/** Complete configurations with a value that meet the constraints, best first; ties in the order of their numbers. */
export function rankedTrials(snapshot: StudySnapshot, metric: string = mainMetric(snapshot)): readonly ConfigurationSnapshot[] {
  return scoredTrials(snapshot, metric)
    .sort((a, b) => (a.score === b.score ? a.trial.number - b.trial.number : b.score > a.score ? 1 : -1))
    .map(({ trial }) => trial);
}

/**
 * The configuration that the study reports: the simplest that it selects, else the best by the first objective of those that meet the constraints, as its first trial with the means of all: each mean is taken for worse by its
 * standard error between repeats, where there are some (`best-outcome.ts`). NaN is never best, ties go to the lowest number.
 */
export function bestTrial(snapshot: StudySnapshot): ConfigurationSnapshot | null {
  const best = unbeatenTrial(snapshot);
  if (snapshot.description.selection === undefined) return best;
  const number = reportedTrial(snapshot.trials, snapshot.description)?.number;
  return completeConfigurations(snapshot.trials).find((one) => one.number === number) ?? best;
}

/** The configuration with the best value, whatever the study selects. */
export function unbeatenTrial(snapshot: StudySnapshot): ConfigurationSnapshot | null {
  let best: ScoredTrial | null = null;
  for (const one of scoredTrials(snapshot, mainMetric(snapshot))) if (best === null || one.score > best.score) best = one;
  return best?.trial ?? null;
}

interface ScoredTrial {
  readonly trial: ConfigurationSnapshot;
  readonly score: number;
}

/** Complete configurations with a value that meet the constraints, by number. */
function scoredTrials(snapshot: StudySnapshot, metric: string): ScoredTrial[] {
  const direction = directionOf(snapshot, metric);
  const deviation = repeatDeviation(snapshot, metric);
  return completeConfigurations(snapshot.trials).flatMap((trial) => {
    const value = ownMember(trial.values, metric)?.value ?? Number.NaN;
    const score = meetsConstraints(snapshot, trial) ? goodnessOf({ value, repeats: trial.repeats ?? 1 }, direction, deviation) : Number.NaN;
    return Number.isNaN(score) ? [] : [{ trial, score }];
  });
}

/**
 * Complete configurations (their means) that meet the constraints and that no other such configuration is at least as good as in every objective and better in one, by number; equal ones are all on it.
 * null for a study with one objective. O(n log n) for two objectives, O(n²) at worst for more.
 */
export function paretoFront(snapshot: StudySnapshot): readonly ConfigurationSnapshot[] | null {
  const { objectives } = snapshot.description;
  if (objectives.length < 2) return null;
  const trials: ConfigurationSnapshot[] = [];
  const points: number[] = [];
  for (const trial of completeConfigurations(snapshot.trials)) {
    if (!meetsConstraints(snapshot, trial)) continue;
    const scores = objectives.map((one) => -goodness(trial, one.metric, one.direction));
    if (scores.some((score) => Number.isNaN(score))) continue;
    trials.push(trial);
    points.push(...scores);
  }
  return nonDominated(Float64Array.from(points), objectives.length).map((place) => trials[place] as ConfigurationSnapshot);
}

/** The numbers of the trials that stand out: the front's where there are several objectives, else the best one's. */
export function leadingTrials(snapshot: StudySnapshot): ReadonlySet<number> {
  const best = bestTrial(snapshot);
  return new Set((paretoFront(snapshot) ?? (best === null ? [] : [best])).map((trial) => trial.number));
}
