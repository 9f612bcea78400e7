import { HpoError } from "../core/hpo-error.ts";
import type { Direction } from "../core/metric.ts";
import type { FinishedTrial } from "../core/sampler.ts";

/** What methods that see only the order of trials see of one. */
export interface RankedOutcome {
  /** By how much outcome constraints were broken in sum; less is better, before any cost. */
  readonly violation: number;
  /** Minimised; Infinity for a trial that failed or has no number. */
  readonly cost: number;
}

/** `sign`: −1 where the objective is maximised, else 1. */
export function rankedOutcome({ state, values, constraints = [] }: FinishedTrial, sign: number): RankedOutcome {
  const [value = Number.NaN] = values;
  let violation = 0;
  for (const one of constraints) if (!(one <= 0)) violation += one;
  return {
    violation: Number.isNaN(violation) ? Infinity : violation,
    cost: state === "failed" || Number.isNaN(value) ? Infinity : sign * value,
  };
}

/** −1, 0 or 1: by violation, then by cost (K. Deb, Comput. Methods Appl. Mech. Eng. 186 (2000), 311–338). */
export function compareOutcomes(a: RankedOutcome, b: RankedOutcome): number {
  if (a.violation !== b.violation) return a.violation < b.violation ? -1 : 1;
  if (a.cost !== b.cost) return a.cost < b.cost ? -1 : 1;
  return 0;
}

/**
 * The sign that makes the objective one to minimise.
 * @throws HpoError OPTION_INVALID where there are several.
 */
export function singleObjectiveSign(sampler: string, directions: readonly Direction[]): number {
  if (directions.length > 1) {
    throw new HpoError("OPTION_INVALID", `${sampler}(): there must be one objective; got ${directions.length}. Take nsga2() for several.`, {
      data: { objectives: directions.length },
    });
  }
  return directions[0] === "maximize" ? -1 : 1;
}
