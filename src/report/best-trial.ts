import type { Direction } from "../core/metric.ts";
import type { StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";
import { paretoFront as nonDominated } from "../math/pareto.ts";
import { meetsBounds } from "../study/outcome-bounds.ts";
import { reportedTrial } from "../study/trial-choice.ts";
import { bounded } from "./declared-rules.ts";
import { formatEstimate } from "./number-format.ts";
import { plainText } from "./plain-text.ts";

/** A metric as its direction says: larger is better. NaN and missing values are worse than anything. */
export function goodness(trial: TrialSnapshot, metric: string, direction: Direction): number {
  const value = trial.values[metric]?.value ?? Number.NaN;
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

/** Complete trials with a value that meet the constraints, best first; ties in the order of their numbers. */
export function rankedTrials(snapshot: StudySnapshot, metric: string = mainMetric(snapshot)): readonly TrialSnapshot[] {
  return scoredTrials(snapshot, metric)
    .sort((a, b) => (a.score === b.score ? a.trial.number - b.trial.number : b.score > a.score ? 1 : -1))
    .map(({ trial }) => trial);
}

/**
 * The trial that the study reports: the best complete one by the first objective of those that meet the constraints, unless the study selects a simpler
 * one; NaN is never best, ties go to the lowest number.
 */
export function bestTrial(snapshot: StudySnapshot): TrialSnapshot | null {
  return reportedTrial(snapshot.trials, snapshot.description) ?? null;
}

/** The trial with the best value, whatever the study selects. */
export function unbeatenTrial(snapshot: StudySnapshot): TrialSnapshot | null {
  const { selection: _, ...description } = snapshot.description;
  return reportedTrial(snapshot.trials, description) ?? null;
}

/** "the simplest within one standard error of trial 3 (97.33 ± 1.09 %)"; null where the best is reported. */
export function selectionText(snapshot: StudySnapshot): string | null {
  const best = unbeatenTrial(snapshot);
  if (snapshot.description.selection === undefined || best === null) return null;
  const metric = mainMetric(snapshot);
  const { value = Number.NaN, standardError = null } = best.values[metric] ?? {};
  const known = formatEstimate(value, standardError, unitOf(snapshot, metric));
  if (bestTrial(snapshot)?.number === best.number) return "the best, and the simplest within one standard error of it";
  return `the simplest within one standard error of the best, trial ${best.number} (${known})`;
}

interface ScoredTrial {
  readonly trial: TrialSnapshot;
  readonly score: number;
}

/** Complete trials with a value that meet the constraints, by number. */
function scoredTrials(snapshot: StudySnapshot, metric: string): ScoredTrial[] {
  const direction = directionOf(snapshot, metric);
  return snapshot.trials.flatMap((trial) => {
    const score = trial.state === "complete" && meetsConstraints(snapshot, trial) ? goodness(trial, metric, direction) : Number.NaN;
    return Number.isNaN(score) ? [] : [{ trial, score }];
  });
}

/**
 * Complete trials that meet the constraints and that no other such trial is at least as good as in every objective and better in one, by number; equal ones are all on it.
 * null for a study with one objective. O(n log n) for two objectives, O(n²) at worst for more.
 */
export function paretoFront(snapshot: StudySnapshot): readonly TrialSnapshot[] | null {
  const { objectives } = snapshot.description;
  if (objectives.length < 2) return null;
  const trials: TrialSnapshot[] = [];
  const points: number[] = [];
  for (const trial of snapshot.trials) {
    if (trial.state !== "complete" || !meetsConstraints(snapshot, trial)) continue;
    const scores = objectives.map((one) => -goodness(trial, one.metric, one.direction));
    if (scores.some((score) => Number.isNaN(score))) continue;
    trials.push(trial);
    points.push(...scores);
  }
  return nonDominated(Float64Array.from(points), objectives.length).map((place) => trials[place] as TrialSnapshot);
}

/** The numbers of the trials that stand out: the front's where there are several objectives, else the best one's. */
export function leadingTrials(snapshot: StudySnapshot): ReadonlySet<number> {
  const best = bestTrial(snapshot);
  return new Set((paretoFront(snapshot) ?? (best === null ? [] : [best])).map((trial) => trial.number));
}
