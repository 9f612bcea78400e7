import { hostname } from "node:os";
import { HpoError } from "#hpo/core/hpo-error";
import type { EvaluationRecord, OutcomeRecord, RunRecord, SharedWorkRecord, TrialRecord } from "#hpo/core/records";
import type { LeaseHolder, Store } from "#hpo/core/store";
import type { RandomStudy } from "./random-study.ts";

/** The time of all rows below. */
export const time = "2026-01-02T03:04:05.678Z";

export function holder(id: string, over: Partial<LeaseHolder> = {}): LeaseHolder {
  return { id, pid: process.pid, host: hostname(), since: time, ...over };
}

export function trialRow(number: number, over: Partial<TrialRecord> = {}): TrialRecord {
  return { number, group: 0, params: { gamma: 2 }, by: "grid", why: "", parent: null, budget: null, note: null, proposedAt: time, ...over };
}

export function evaluationRow(trial: number, fold: number, over: Partial<EvaluationRecord> = {}): EvaluationRecord {
  return {
    trial,
    repeat: 0,
    fold,
    rung: 0,
    values: { accuracy: 0.75 },
    testRows: 8,
    correct: 6,
    time: { fitSeconds: 1, predictSeconds: 0.5, wallSeconds: 2, cpuSeconds: 1.5 },
    identical: false,
    startedAt: time,
    endedAt: time,
    ...over,
  };
}

export function outcomeRow(trial: number, over: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return {
    trial,
    state: "complete",
    values: { accuracy: { value: 0.75, standardError: 0.1, pooled: 0.74 } },
    incident: null,
    endedAt: time,
    ...over,
  };
}

export function sharedRow(key: string, trials: readonly number[], over: Partial<SharedWorkRecord> = {}): SharedWorkRecord {
  return {
    group: 0,
    key,
    label: `part ${key}`,
    wallSeconds: 6,
    cpuSeconds: 3,
    counts: { solves: 2 },
    warnings: [],
    trials,
    bytes: Uint8Array.of(1, 2, 3),
    endedAt: time,
    ...over,
  };
}

export function runRow(id: string, over: Partial<RunRecord> = {}): RunRecord {
  return {
    id,
    startedAt: time,
    endedAt: null,
    state: null,
    end: null,
    wallSeconds: 1,
    workers: 2,
    codeHash: "c0de",
    environment: { node: "20" },
    notes: [],
    ...over,
  };
}

/** Stores a study as a coordinator would. */
export function fill(store: Store, { header, batches }: RandomStudy): void {
  store.create(header);
  store.acquire(header.name, holder("filler"));
  for (const batch of batches) store.commit(header.name, "filler", batch);
  store.release(header.name, "filler");
}

/** Everything that can be read of a study, without where it lies. */
export function everything(store: Store, study: string): unknown {
  const { database: _, ...snapshot } = store.snapshot(study);
  const rows = snapshot.trials.map(({ number }) => [
    store.evaluations(study, number),
    store.predictions(study, number),
    store.logs(study, number),
    store.steps(study, number),
  ]);
  return { header: store.header(study), snapshot, load: store.load(study), rows, model: store.model(study) };
}

export function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof HpoError) return error.code;
    throw error;
  }
  return "no error";
}
