import type { Estimator, FoldPlan } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import type { Json } from "../../core/json.ts";
import type { Splitter } from "../../core/splitter.ts";
import type { StudySpec } from "../../core/study-spec.ts";
import type { Judging } from "../judging.ts";
import type { RaceUnit } from "./fold-difference.ts";
import type { RaceManner } from "./race.ts";

/** How the trials of a study are raced; part of its fingerprint. */
export interface RaceDeclaration {
  readonly manner: RaceManner;
  /** Trials whose model answers all folds together: "whole" leaves them to it, unraced; "raced" fits them fold by fold. */
  readonly solvers: "whole" | "raced";
}

export interface RaceFacts {
  readonly judging: Judging;
  /** How many trials there may be; null = no end. */
  readonly trials: number | null;
  /** Of the first trial; undefined where it could not be made. */
  readonly model: Estimator | undefined;
  /** What the stored study declares, null = no race; undefined where it is new. */
  readonly stored: Json | undefined;
}

/**
 * Whether a study races. What the file says holds; a file that says nothing races where it pays (5 folds or more, more than 10 trials, no grid, no model that answers
 * all folds together, folds that can be raced at all), and goes on as it was begun.
 * @throws HpoError OPTION_INVALID where the file asks for a race that can't be.
 */
export function raceDeclaration(spec: StudySpec, facts: RaceFacts): RaceDeclaration | null {
  const { race, sampler } = spec;
  if (race === false) return null;
  const hindrance = hindranceOf(spec, facts.judging, race === "exact" ? "exact" : "spending");
  if (race !== null) {
    if (hindrance !== undefined) throw new HpoError("OPTION_INVALID", `race: ${hindrance} Leave race out, or say race: false.`);
    return { manner: race === "exact" ? "exact" : "spending", solvers: "raced" };
  }
  if (facts.stored !== undefined) return facts.stored as RaceDeclaration | null;
  const most = Math.min(facts.trials ?? Infinity, sampler.size(spec.space) ?? Infinity);
  const pays = facts.judging.plan.folds.length >= 5 && most > 10 && sampler.traits.exhaustive !== true && facts.model?.solver === undefined;
  return pays && hindrance === undefined ? { manner: "spending", solvers: "whole" } : null;
}

/** Why a study can't race, in a sentence; undefined where it can. */
function hindranceOf(
  { objectives, keepPredictions, judge }: StudySpec,
  { plan, metrics }: Judging,
  manner: RaceManner,
): string | undefined {
  const [objective, second] = objectives;
  if (second !== undefined) return `there must be one objective to compare trials by; got ${objectives.length}.`;
  if (!keepPredictions) return "out-of-fold predictions must be kept, since trials are compared row by row; got keepPredictions: false.";
  if (plan.folds.length < 2) return "there must be at least 2 folds; got 1.";
  if (!testsOnce(plan)) return "each row must be tested in one fold at most; the splitter tests some more often.";
  if (isForward(plan) || (judge.kind === "model" && judge.cv.ordered === true))
    return "folds must not follow each other in time, since early ones say too little of later ones.";
  const metric = metrics[objective?.metric ?? ""];
  if (manner === "exact" && (metric?.rowScores === undefined || metric.rowBounds?.every(Number.isFinite) !== true)) {
    return `"exact" needs a metric that is a mean over rows between known bounds, such as accuracy(); got ${metric?.name ?? "none"}().`;
  }
  return undefined;
}

function testsOnce({ folds }: FoldPlan): boolean {
  const seen = new Set<number>();
  return folds.every(({ test }) => test.every((row) => !seen.has(row) && seen.add(row)));
}

/** Each fold is trained on rows before those that it tests alone. */
function isForward({ folds }: FoldPlan): boolean {
  return folds.every(({ train, test }) => (train.at(-1) as number) < (test[0] as number));
}

/** What the splitter deals at random: that alone is exchangeable. */
export function raceUnit({ options, needs }: Splitter, { data }: Judging): RaceUnit {
  if (options["shuffle"] !== true) return "fold";
  return needs.includes("groups") && data.roles.group !== null ? "group" : "row";
}
