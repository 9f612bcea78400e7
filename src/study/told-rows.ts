import type { EvaluationRecord, OutcomeRecord, TrialRecord } from "../core/records.ts";
import { withoutSecrets } from "../core/without-secrets.ts";

/** A trial that was proposed and not told. */
export interface WaitingTrial {
  readonly trial: TrialRecord;
  /** When it was handed out, in milliseconds since 1970. */
  startedMs: number;
  /** The same by the monotonic clock; undefined for what an earlier process handed out. */
  began: number | undefined;
}

/** How long a trial has waited. Only what another process began has to trust a clock that people set. */
export function waitingSeconds({ startedMs, began }: WaitingTrial, nowMs: number): number {
  return Math.max(0, began === undefined ? nowMs - startedMs : performance.now() - began) / 1000;
}

/** The evaluation of a trial whose value was told: its seconds are those from ask to tell. */
export function toldEvaluation({ trial, values, endedAt }: OutcomeRecord, startedAt: string, wallSeconds: number): EvaluationRecord {
  const plain: Record<string, number> = {};
  for (const metric of Object.keys(values)) plain[metric] = values[metric]?.value ?? Number.NaN;
  return {
    trial,
    repeat: 0,
    fold: 0,
    rung: 0,
    values: plain,
    testRows: 0,
    correct: null,
    time: { fitSeconds: wallSeconds, predictSeconds: 0, wallSeconds, cpuSeconds: null },
    identical: false,
    startedAt,
    endedAt,
  };
}

/** The end of a trial that was told an error. */
export function toldFailure(trial: number, error: Error, endedAt: string): OutcomeRecord {
  const stack = error.stack === undefined ? null : withoutSecrets(error.stack);
  const incident = { kind: "error", message: withoutSecrets(error.message), code: null, stack } as const;
  return { trial, state: "failed", values: {}, incident, endedAt };
}
