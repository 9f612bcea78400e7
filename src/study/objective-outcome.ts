import type { OutcomeRecord } from "../core/records.ts";
import type { Gradient, Params } from "../core/space.ts";
import type { StudySpec } from "../core/study-spec.ts";
import { objectiveGradients } from "./objective-gradients.ts";
import { objectiveValues } from "./objective-values.ts";
import type { TrialReportsState } from "./trial-reports.ts";

/**
 * What a trial came to: of one that was told to stop the last that it reported of the first objective, whatever it returned, else what it returned.
 * @throws HpoError OBJECTIVE_INVALID
 */
export function judgedEnd(
  spec: Pick<StudySpec, "metrics" | "objectives" | "space">,
  { params, ...state }: TrialReportsState & { readonly params: Params },
  returned: unknown,
): JudgedEnd {
  if (state.stopped !== null)
    return { ...state, values: { [spec.objectives[0]?.metric ?? ""]: state.reported?.values.at(-1) ?? Number.NaN } };
  const values = objectiveValues(spec, returned);
  const gradients = objectiveGradients(spec, params, returned);
  return gradients === undefined ? { ...state, values } : { ...state, values, gradients };
}

/** What an objective's end comes to: one number a metric, and by metric the gradients that were told. */
export interface JudgedEnd extends TrialReportsState {
  readonly values: Readonly<Record<string, number>>;
  /** Left out where none was told, and of a trial that was told to stop. */
  readonly gradients?: Readonly<Record<string, Gradient>>;
}

/** The end of a trial whose objective ended: complete, or pruned where it was told to stop. */
export function objectiveOutcome(trial: number, { reported, stopped, values, gradients }: JudgedEnd, endedAt: string): OutcomeRecord {
  const judged: Record<string, OutcomeRecord["values"][string]> = {};
  for (const name of Object.keys(values)) judged[name] = { value: values[name] ?? Number.NaN, standardError: null, pooled: null };
  return {
    trial,
    state: stopped === null ? "complete" : "pruned",
    values: judged,
    ...(gradients === undefined ? {} : { gradients }),
    incident: stopped === null ? null : { kind: "pruned", message: stopped, code: null, stack: null },
    ...(reported === null ? {} : { reported }),
    endedAt,
  };
}
