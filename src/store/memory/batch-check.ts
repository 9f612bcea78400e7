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

/**
 * Checks a batch before any of it is stored.
 * @throws HpoError STORE_FAILED where a row stands already, or twice in the batch, or a trial is missing.
 */
export function checkBatch(study: string, standing: StandingRows, batch: Batch): void {
  const { trials = [], started = [], attempts = [], shared = [], evaluations = [], predictions = [], outcomes = [] } = batch;
  const { checkpoints = [] } = batch;
  const added = new Set<number>();
  const needs = (trial: number, what: () => string): void => {
    if (!added.has(trial) && !standing.trial(trial)) throw rowMissing(what(), study);
  };
  for (const { number } of trials) {
    if (added.has(number) || standing.trial(number)) throw rowExists(`trial ${number}`, study);
    added.add(number);
  }
  for (const { trial } of started) needs(trial, () => `start of trial ${trial}`);

  /** Rows of one kind, each once and of trials that are there. */
  const each = <T>(rows: readonly T[], of: { stands(row: T): boolean; name(row: T): string; trials(row: T): readonly number[] }): void => {
    const names = new Set<string>();
    for (const row of rows) {
      if (of.stands(row)) throw rowExists(of.name(row), study);
      // One row can't stand twice, and is by far the most common.
      if (rows.length > 1) {
        const name = of.name(row);
        if (names.has(name)) throw rowExists(name, study);
        names.add(name);
      }
      for (const trial of of.trials(row)) needs(trial, () => of.name(row));
    }
  };
  const durable = shared.filter(({ bytes }) => bytes !== null);
  const repeated = shared.filter(({ bytes }) => bytes === null);
  each(durable, {
    stands: ({ group, key }) => standing.part(group, key),
    name: (row) => sharedName(row),
    trials: (row) => row.trials,
  });
  for (const row of repeated) for (const trial of row.trials) needs(trial, () => sharedName(row));
  each(evaluations, {
    stands: (row) => standing.evaluation(row),
    name: ({ trial, repeat, fold, rung }) => `evaluation of trial ${trial} (repeat ${repeat}, fold ${fold}, rung ${rung})`,
    trials: ({ trial }) => [trial],
  });
  each(predictions, {
    stands: (row) => standing.prediction(row),
    name: ({ trial, repeat, fold }) => `predictions of trial ${trial} (repeat ${repeat}, fold ${fold})`,
    trials: ({ trial }) => [trial],
  });
  each(outcomes, {
    stands: ({ trial }) => standing.outcome(trial),
    name: ({ trial }) => `outcome of trial ${trial}`,
    trials: ({ trial }) => [trial],
  });
  each(checkpoints, {
    stands: ({ trial }) => standing.checkpoint(trial),
    name: ({ trial }) => `checkpoint of trial ${trial}`,
    trials: ({ trial }) => [trial],
  });
  for (const { trial } of checkpoints) {
    if (!standing.outcome(trial) && outcomes.every((one) => one.trial !== trial)) throw rowMissing(`checkpoint of trial ${trial}`, study);
  }
  const { model } = batch;
  if (model != null) needs(model.trial, () => `model of trial ${model.trial}`);
  each(attempts, {
    stands: ({ task, attempt }) => standing.attempt(task, attempt),
    name: ({ task, attempt }) => `attempt ${attempt} of ${task}`,
    trials: (row) => row.trials,
  });
}

function sharedName({ group, key }: { readonly group: number; readonly key: string }): string {
  return `shared work ${key} of group ${group}`;
}
