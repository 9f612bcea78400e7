import type { CheckpointRecord } from "../../core/checkpoint.ts";
import type { AttemptRecord, EvaluationRecord, OutcomeRecord, PredictionRecord, SharedWorkRecord } from "../../core/records.ts";
import type { Batch } from "../../core/store.ts";
import { rowExists, rowMissing } from "../store-failure.ts";

/** Which rows a study has. */
export interface StandingRows {
  trial(number: number): boolean;
  outcome(trial: number): boolean;
  checkpoint(trial: number): boolean;
  evaluation(of: { readonly trial: number; readonly repeat: number; readonly fold: number; readonly rung: number }): boolean;
  prediction(of: { readonly trial: number; readonly repeat: number; readonly fold: number }): boolean;
  /** Durable shared work. */
  part(group: number, key: string): boolean;
  attempt(task: string, attempt: number): boolean;
}

/** How the rows of one kind are told apart. */
interface RowKind<T> {
  stands(row: T, standing: StandingRows): boolean;
  name(row: T): string;
  /** Whether it belongs to a trial that is not there. */
  missing(row: T, missing: (trial: number) => boolean): boolean;
  /** Whether no two rows have the same key; false where that is not known. */
  apart(rows: readonly T[]): boolean;
}

/** Of a kind whose rows belong to one trial each. */
function ofTrial<T extends FoldKey>(kind: Pick<RowKind<T>, "stands" | "name">): RowKind<T> {
  return { ...kind, missing: ({ trial }, missing) => missing(trial), apart: (rows) => ascending(rows) || ascending(rows.toSorted(order)) };
}

interface FoldKey {
  readonly trial: number;
  readonly repeat?: number;
  readonly fold?: number;
  readonly rung?: number;
}

function order(one: FoldKey, other: FoldKey): number {
  return (
    one.trial - other.trial ||
    (one.repeat ?? 0) - (other.repeat ?? 0) ||
    (one.fold ?? 0) - (other.fold ?? 0) ||
    (one.rung ?? 0) - (other.rung ?? 0)
  );
}

function ascending(rows: readonly FoldKey[]): boolean {
  for (let at = 1; at < rows.length; at++) if (!(order(rows[at - 1] as FoldKey, rows[at] as FoldKey) < 0)) return false;
  return true;
}

const durableWork: RowKind<SharedWorkRecord> = {
  stands: ({ group, key }, standing) => standing.part(group, key),
  name: sharedName,
  missing: (row, missing) => row.trials.some(missing),
  apart: ({ length }) => length < 2,
};
const evaluationRows: RowKind<EvaluationRecord> = ofTrial({
  stands: (row, standing) => standing.evaluation(row),
  name: ({ trial, repeat, fold, rung }) => `evaluation of trial ${trial} (repeat ${repeat}, fold ${fold}, rung ${rung})`,
});
const predictionRows: RowKind<PredictionRecord> = ofTrial({
  stands: (row, standing) => standing.prediction(row),
  name: ({ trial, repeat, fold }) => `predictions of trial ${trial} (repeat ${repeat}, fold ${fold})`,
});
const outcomeRows: RowKind<OutcomeRecord> = ofTrial({
  stands: ({ trial }, standing) => standing.outcome(trial),
  name: ({ trial }) => `outcome of trial ${trial}`,
});
const checkpointRows: RowKind<CheckpointRecord> = ofTrial({
  stands: ({ trial }, standing) => standing.checkpoint(trial),
  name: ({ trial }) => `checkpoint of trial ${trial}`,
});
const attemptRows: RowKind<AttemptRecord> = {
  stands: ({ task, attempt }, standing) => standing.attempt(task, attempt),
  name: ({ task, attempt }) => `attempt ${attempt} of ${task}`,
  missing: (row, missing) => row.trials.some(missing),
  apart: ({ length }) => length < 2,
};

/**
 * Checks a batch before any of it is stored.
 * @throws HpoError STORE_FAILED where a row stands already, or twice in the batch, or a trial is missing.
 */
export function checkBatch(study: string, standing: StandingRows, batch: Batch): void {
  const { trials, started, attempts, logs, shared, evaluations, predictions, outcomes, checkpoints, model } = batch;
  const added = new Set<number>();
  const missing = (trial: number): boolean => !added.has(trial) && !standing.trial(trial);
  if (trials !== undefined) {
    for (const { number } of trials) {
      if (added.has(number) || standing.trial(number)) throw rowExists(`trial ${number}`, study);
      added.add(number);
    }
  }
  if (started !== undefined) {
    for (const { trial } of started) if (missing(trial)) throw rowMissing(`start of trial ${trial}`, study);
  }

  /** Rows of one kind, each once and of trials that are there. */
  function each<T>(rows: readonly T[] | undefined, kind: RowKind<T>): void {
    if (rows === undefined || rows.length === 0) return;
    // Names are dear.
    const names = kind.apart(rows) ? undefined : new Set<string>();
    for (const row of rows) {
      if (kind.stands(row, standing) || names?.has(kind.name(row)) === true) throw rowExists(kind.name(row), study);
      names?.add(kind.name(row));
      if (kind.missing(row, missing)) throw rowMissing(kind.name(row), study);
    }
  }
  if (shared !== undefined && shared.length > 0) {
    each(
      shared.filter(({ bytes }) => bytes !== null),
      durableWork,
    );
    for (const row of shared) {
      if (row.bytes === null && row.trials.some(missing)) throw rowMissing(sharedName(row), study);
    }
  }
  each(evaluations, evaluationRows);
  each(predictions, predictionRows);
  each(outcomes, outcomeRows);
  each(checkpoints, checkpointRows);
  for (const { trial } of checkpoints ?? []) {
    if (!standing.outcome(trial) && !outcomes?.some((one) => one.trial === trial)) throw rowMissing(`checkpoint of trial ${trial}`, study);
  }
  if (model != null && missing(model.trial)) throw rowMissing(`model of trial ${model.trial}`, study);
  each(attempts, attemptRows);
  for (const { task, attempt, trials: of } of logs ?? [])
    if (of.some(missing)) throw rowMissing(`log of ${task}, attempt ${attempt}`, study);
}

function sharedName({ group, key }: { readonly group: number; readonly key: string }): string {
  return `shared work ${key} of group ${group}`;
}
