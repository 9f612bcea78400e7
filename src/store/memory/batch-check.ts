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
  trials(row: T): readonly number[];
}

const durableWork: RowKind<SharedWorkRecord> = {
  stands: ({ group, key }, standing) => standing.part(group, key),
  name: sharedName,
  trials: (row) => row.trials,
};
const evaluationRows: RowKind<EvaluationRecord> = {
  stands: (row, standing) => standing.evaluation(row),
  name: ({ trial, repeat, fold, rung }) => `evaluation of trial ${trial} (repeat ${repeat}, fold ${fold}, rung ${rung})`,
  trials: ({ trial }) => [trial],
};
const predictionRows: RowKind<PredictionRecord> = {
  stands: (row, standing) => standing.prediction(row),
  name: ({ trial, repeat, fold }) => `predictions of trial ${trial} (repeat ${repeat}, fold ${fold})`,
  trials: ({ trial }) => [trial],
};
const outcomeRows: RowKind<OutcomeRecord> = {
  stands: ({ trial }, standing) => standing.outcome(trial),
  name: ({ trial }) => `outcome of trial ${trial}`,
  trials: ({ trial }) => [trial],
};
const checkpointRows: RowKind<CheckpointRecord> = {
  stands: ({ trial }, standing) => standing.checkpoint(trial),
  name: ({ trial }) => `checkpoint of trial ${trial}`,
  trials: ({ trial }) => [trial],
};
const attemptRows: RowKind<AttemptRecord> = {
  stands: ({ task, attempt }, standing) => standing.attempt(task, attempt),
  name: ({ task, attempt }) => `attempt ${attempt} of ${task}`,
  trials: (row) => row.trials,
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
    // One row can't stand twice, and is by far the most common.
    const names = rows.length > 1 ? new Set<string>() : undefined;
    for (const row of rows) {
      if (kind.stands(row, standing) || names?.has(kind.name(row)) === true) throw rowExists(kind.name(row), study);
      names?.add(kind.name(row));
      for (const trial of kind.trials(row)) if (missing(trial)) throw rowMissing(kind.name(row), study);
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
