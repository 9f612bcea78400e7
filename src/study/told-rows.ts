import type { EvaluationRecord, OutcomeRecord } from "../core/records.ts";

/** The outcome of a trial that was told an error. */
export function toldFailure(trial: number, error: Error, endedAt: string): OutcomeRecord {
  const incident = { kind: "error", message: error.message, code: null, stack: error.stack ?? null } as const;
  return { trial, state: "failed", values: {}, incident, endedAt };
}

/** The evaluation of a trial that was told a value: its seconds are those between ask and tell. */
export function toldEvaluation(
  { trial, values, endedAt }: OutcomeRecord,
  { repeat, startedAt }: { readonly repeat: number; readonly startedAt: string },
): EvaluationRecord {
  const wallSeconds = Math.max(0, (Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  return {
    trial,
    repeat,
    fold: 0,
    rung: 0,
    values: Object.fromEntries(Object.entries(values).map(([metric, judged]) => [metric, judged.value])),
    testRows: 0,
    correct: null,
    time: { fitSeconds: wallSeconds, predictSeconds: 0, wallSeconds, cpuSeconds: null },
    identical: false,
    startedAt,
    endedAt,
  };
}
