import type { Direction } from "../core/metric.ts";
import type { OutcomeRecord, TrialState } from "../core/records.ts";

/** A complete trial with its value of the first objective, never NaN. */
export interface JudgedTrial {
  readonly trial: number;
  readonly value: number;
}

/** undefined for a trial that can't be best: not complete, or without a value. */
export function judgedTrial(
  { trial, state, values }: { readonly trial: number; readonly state: TrialState; readonly values: OutcomeRecord["values"] },
  metric: string,
): JudgedTrial | undefined {
  const value = values[metric]?.value ?? Number.NaN;
  return state !== "complete" || Number.isNaN(value) ? undefined : { trial, value };
}

/** Whether a trial is better than the best one so far. Ties go to the lowest trial number, in whatever order trials finish. */
export function beats(one: JudgedTrial, best: JudgedTrial | null, direction: Direction): boolean {
  if (best === null) return true;
  if (one.value === best.value) return one.trial < best.trial;
  return direction === "maximize" ? one.value > best.value : one.value < best.value;
}
