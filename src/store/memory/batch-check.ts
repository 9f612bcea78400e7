import type { Batch } from "../../core/store.ts";
import { rowExists, rowMissing } from "../store-failure.ts";

/** A row of a batch: its key, the trials that must be there before it, and its name for people. */
interface RowKey {
  /** null for rows that may be repeated. */
  readonly key: string | null;
  readonly trials: readonly number[];
  readonly what: string;
}

/**
 * The keys that a batch adds to those that stand.
 * @throws HpoError STORE_FAILED where a key stands already or a trial is missing; then nothing may be stored.
 */
export function batchKeys(study: string, standing: ReadonlySet<string>, batch: Batch): ReadonlySet<string> {
  const added = new Set<string>();
  const stands = (key: string): boolean => standing.has(key) || added.has(key);
  for (const { key, trials, what } of rowKeys(batch)) {
    if (key !== null && stands(key)) throw rowExists(what, study);
    for (const trial of trials) if (!stands(`trial ${trial}`)) throw rowMissing(what, study);
    if (key !== null) added.add(key);
  }
  return added;
}

function* rowKeys(batch: Batch): Iterable<RowKey> {
  for (const { number } of batch.trials ?? []) yield keyed(`trial ${number}`, []);
  for (const { trial } of batch.started ?? []) yield { key: null, trials: [trial], what: `start of trial ${trial}` };
  for (const { group, key, bytes, trials } of batch.shared ?? []) {
    const what = `shared work ${key} of group ${group}`;
    yield { key: bytes === null ? null : what, trials, what };
  }
  for (const { trial, repeat, fold, rung } of batch.evaluations ?? []) {
    yield keyed(`evaluation of trial ${trial} (repeat ${repeat}, fold ${fold}, rung ${rung})`, [trial]);
  }
  for (const { trial, repeat, fold } of batch.predictions ?? []) {
    yield keyed(`predictions of trial ${trial} (repeat ${repeat}, fold ${fold})`, [trial]);
  }
  for (const { trial } of batch.outcomes ?? []) yield keyed(`outcome of trial ${trial}`, [trial]);
  if (batch.model != null) yield { key: null, trials: [batch.model.trial], what: `model of trial ${batch.model.trial}` };
  for (const { task, attempt, trials } of batch.attempts ?? []) yield keyed(`attempt ${attempt} of ${task}`, trials);
}

function keyed(what: string, trials: readonly number[]): RowKey {
  return { key: what, trials, what };
}
