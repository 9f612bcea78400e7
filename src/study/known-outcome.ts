import type { KnownOutcome, OutcomeRecord } from "../core/records.ts";

/** Where a trial's outcome is read; undefined while it has none. */
export type OutcomeOf = (trial: number) => KnownOutcome | undefined;

/** What a run remembers of an outcome, for each of its trials: of a failed one not the stack, which is kilobytes. */
export function knownOutcome({ trial, state, values, reported, gradients }: OutcomeRecord): KnownOutcome {
  return { trial, state, values, ...(reported === undefined ? {} : { reported }), ...(gradients === undefined ? {} : { gradients }) };
}
