import type { Direction } from "../core/metric.ts";
import type { OutcomeBound, OutcomeRecord, StudyDescription, TrialSelection, TrialState } from "../core/records.ts";
import type { Params, ParamValue } from "../core/space.ts";
import { beats, type JudgedTrial, judgedTrial } from "./best-outcome.ts";

/** How the trial that a study reports is chosen. */
export interface ChoiceRule {
  /** The first objective. */
  readonly metric: string;
  readonly direction: Direction;
  /** What the trial has to meet. */
  readonly constraints?: readonly OutcomeBound[];
  /** Left out: the best is chosen. */
  readonly selection?: TrialSelection;
}

/** A trial that may be chosen. */
export interface ChosenTrial extends JudgedTrial {
  readonly params: Params;
  readonly standardError: number | null;
}

/** Knows which of the trials that it has seen a study reports. */
export interface TrialChoice {
  absorb(outcome: Pick<OutcomeRecord, "trial" | "values"> & { readonly state: TrialState }, params: Params): void;
  /** null where none may be chosen. O(trials) after each new one, where a simplest one is looked for. */
  chosen(): ChosenTrial | null;
  /** The one with the best value, whatever is chosen. */
  best(): ChosenTrial | null;
}

export function trialChoice({ metric, direction, constraints, selection }: ChoiceRule): TrialChoice {
  const seen: ChosenTrial[] = [];
  let best: ChosenTrial | null = null;
  let chosen: ChosenTrial | null | undefined;
  return {
    absorb({ trial, state, values }, params) {
      const judged = judgedTrial({ trial, state, values }, metric, constraints);
      if (judged === undefined) return;
      const candidate = { ...judged, params, standardError: values[metric]?.standardError ?? null };
      if (beats(candidate, best, direction)) best = candidate;
      if (selection !== undefined) seen.push(candidate);
      chosen = undefined;
    },
    chosen() {
      if (selection === undefined) return best;
      return (chosen ??= best === null ? null : simplestWithinOneError(seen, best, { direction, selection }));
    },
    best: () => best,
  };
}

/** The rule by which a stored study's trial is chosen; null without an objective. */
export function choiceRule({ objectives: [objective], constraints, selection }: StudyDescription): ChoiceRule | null {
  if (objective === undefined) return null;
  const { metric, direction } = objective;
  return { metric, direction, ...(constraints === undefined ? {} : { constraints }), ...(selection === undefined ? {} : { selection }) };
}

/** The trial that a stored study reports; undefined where none may be chosen. */
export function reportedTrial<
  T extends { readonly number: number; readonly state: TrialState; readonly values: OutcomeRecord["values"]; readonly params: Params },
>(trials: readonly T[], description: StudyDescription): T | undefined {
  const rule = choiceRule(description);
  if (rule === null) return undefined;
  const choice = trialChoice(rule);
  for (const { number, state, values, params } of trials) choice.absorb({ trial: number, state, values }, params);
  const number = choice.chosen()?.trial;
  return number === undefined ? undefined : trials.find((trial) => trial.number === number);
}

/**
 * Of the trials whose value is within one standard error of the best one's, the error being the best one's own, the simplest; of equally simple
 * ones the best. Without an error (one fold) it is the best.
 *
 * Source: L. Breiman, J. H. Friedman, R. A. Olshen and C. J. Stone, "Classification and Regression Trees" (1984), 3.4.3.
 */
function simplestWithinOneError(
  trials: readonly ChosenTrial[],
  best: ChosenTrial,
  { direction, selection }: { readonly direction: Direction; readonly selection: TrialSelection },
): ChosenTrial {
  const error = best.standardError ?? Number.NaN;
  if (!(error > 0)) return best;
  const worst = direction === "maximize" ? best.value - error : best.value + error;
  let simplest = best;
  for (const trial of trials) {
    if (direction === "maximize" ? trial.value < worst : trial.value > worst) continue;
    const order = simplicityOrder(trial.params, simplest.params, selection);
    if (order < 0 || (order === 0 && beats(trial, simplest, direction))) simplest = trial;
  }
  return simplest;
}

/** Below 0 where `one` is simpler: the first parameter in which the two differ decides. */
function simplicityOrder(one: Params, other: Params, { simplicity }: TrialSelection): number {
  for (const { parameter, simpler } of simplicity) {
    const [a, b] = [one[parameter], other[parameter]].map((value) => complexity(value, simpler)) as [number, number];
    if (a !== b) return a - b;
  }
  return 0;
}

/** A parameter that is not there is simpler than any value of it. */
function complexity(value: ParamValue | undefined, simpler: TrialSelection["simplicity"][number]["simpler"]): number {
  if (value === undefined) return -Infinity;
  if (simpler === "smaller") return value as number;
  return simpler === "larger" ? -(value as number) : simpler.indexOf(value);
}
