import type { StudyDescription, TrialSelection, TrialState, OutcomeRecord } from "../core/records.ts";
import type { Direction } from "../core/metric.ts";
import type { Params, ParamValue } from "../core/space.ts";
import { bestConfiguration, type BestConfigurationOptions, type JudgedConfiguration, type JudgedOutcome } from "./best-outcome.ts";

/** How the trial that a study reports is chosen. */
export interface ChoiceRule extends BestConfigurationOptions {
  /** Left out: the best is chosen. */
  readonly selection?: TrialSelection | undefined;
}

/** A trial that may be chosen, the first of its configuration. */
export interface ChosenTrial extends JudgedConfiguration {
  readonly params: Params;
}

/** Knows which of the trials that it has seen a study reports. */
export interface TrialChoice {
  absorb(outcome: JudgedOutcome, params: Params): void;
  /** null where none may be chosen. O(trials) after each new one, where a simplest one is looked for. */
  chosen(): ChosenTrial | null;
}

export function trialChoice({ selection, ...rule }: ChoiceRule): TrialChoice {
  const configurations = bestConfiguration(rule);
  /** By trial. */
  const paramsOf: Params[] = [];
  let chosen: JudgedConfiguration | null | undefined;
  return {
    absorb(outcome, params) {
      configurations.absorb(outcome);
      paramsOf[outcome.trial] = params;
      chosen = undefined;
    },
    chosen() {
      const { best } = configurations;
      if (best === null) return null;
      if (chosen === undefined) {
        const all = (): readonly ChosenTrial[] => configurations.all().map(withParams);
        chosen = selection === undefined ? best : simplestWithinOneError(all(), withParams(best), { direction: rule.direction, selection });
      }
      return chosen === null ? null : withParams(chosen);
    },
  };

  function withParams(one: JudgedConfiguration): ChosenTrial {
    return { ...one, params: paramsOf[one.trial] ?? {} };
  }
}

/** The trial that a stored study reports, the first of its configuration; undefined where none may be chosen. */
export function reportedTrial<
  T extends {
    readonly number: number;
    readonly state: TrialState;
    readonly values: OutcomeRecord["values"];
    readonly params: Params;
    readonly repeatOf: number | null;
  },
>(trials: readonly T[], { objectives: [objective], constraints, selection }: StudyDescription): T | undefined {
  if (objective === undefined) return undefined;
  const firsts = new Map(trials.map(({ number, repeatOf }) => [number, repeatOf ?? number]));
  const choice = trialChoice({ ...objective, constraints, selection, firstOf: (trial) => firsts.get(trial) ?? trial });
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
  const goodness = ({ value }: ChosenTrial): number => (direction === "maximize" ? value : -value);
  let simplest = best;
  for (const trial of trials) {
    if (direction === "maximize" ? trial.value < best.value - error : trial.value > best.value + error) continue;
    const order =
      simplicityOrder(trial.params, simplest.params, selection) || goodness(simplest) - goodness(trial) || trial.trial - simplest.trial;
    if (order < 0) simplest = trial;
  }
  return simplest;
}

/** Below 0 where `one` is simpler: the first parameter in which the two differ decides. */
function simplicityOrder(one: Params, other: Params, { simplicity }: TrialSelection): number {
  for (const { parameter, simpler } of simplicity) {
    const [a, b] = [complexity(one[parameter], simpler), complexity(other[parameter], simpler)];
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
