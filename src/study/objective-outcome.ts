import type { OutcomeRecord } from "../core/records.ts";
import type { StudySpec } from "../core/study-spec.ts";
import { objectiveValues } from "./objective-values.ts";
import type { TrialReportsState } from "./trial-reports.ts";

/**
 * One number a metric: of a trial that was told to stop the last that it reported of the first objective, whatever it returned, else what it returned.
 * @throws HpoError OBJECTIVE_INVALID
 */
export function judgedValues(
  spec: Pick<StudySpec, "metrics" | "objectives">,
  { reported, stopped }: TrialReportsState,
  returned: unknown,
): Readonly<Record<string, number>> {
  if (stopped === null) return objectiveValues(spec, returned);
  return { [spec.objectives[0]?.metric ?? ""]: reported?.values.at(-1) ?? Number.NaN };
}

/** The end of a trial whose objective ended: complete, or pruned where it was told to stop. */
export function objectiveOutcome(
  trial: number,
  { reported, stopped, values }: TrialReportsState & { readonly values: Readonly<Record<string, number>> },
  endedAt: string,
): OutcomeRecord {
  const judged: Record<string, OutcomeRecord["values"][string]> = {};
  for (const name of Object.keys(values)) judged[name] = { value: values[name] ?? Number.NaN, standardError: null, pooled: null };
  return {
    trial,
    state: stopped === null ? "complete" : "pruned",
    values: judged,
    incident: stopped === null ? null : { kind: "pruned", message: stopped, code: null, stack: null },
    ...(reported === null ? {} : { reported }),
    endedAt,
  };
}
