import type { CheckpointRecord, TrialCheckpoint } from "../core/checkpoint.ts";
import type { TrialRecord } from "../core/records.ts";
import type { Batch, SavedStudy, Store } from "../core/store.ts";
import type { StudySpec } from "../core/study-spec.ts";
import { checkpointKeeper } from "./checkpoint-keeper.ts";
import { type AttemptCheckpoint, attemptCheckpoint } from "./trial-checkpoint.ts";

/** The checkpoints of trials that are handed out. */
export interface AskedCheckpoints {
  /** As `Trial.checkpoint`; of one that waits no more, for reading. */
  of(trial: Pick<TrialRecord, "number" | "parent">, waits: boolean): TrialCheckpoint;
  /** A batch with what the trials left that end in it, and what is no longer needed. */
  batch(batch: Batch): Batch;
}

export function askedCheckpoints(spec: StudySpec, store: Store, saved: SavedStudy): AskedCheckpoints {
  const keeper = checkpointKeeper(spec, saved);
  /** Of trials that wait, where it was asked for. */
  const open = new Map<number, AttemptCheckpoint>();
  return {
    of({ number, parent }, waits) {
      const known = open.get(number);
      if (known !== undefined) return known.checkpoint;
      const made = attemptCheckpoint(number, spec.checkpointBytes, () => {
        if (parent === null || spec.sampler.traits.continues === undefined) return null;
        return { trial: parent, stored: store.checkpoint(spec.name, parent) ?? null };
      });
      if (waits) open.set(number, made);
      else made.close();
      return made.checkpoint;
    },
    batch(batch) {
      const checkpoints: CheckpointRecord[] = [];
      for (const { trial, state } of open.size === 0 ? [] : (batch.outcomes ?? [])) {
        const ended = open.get(trial);
        const bytes = ended?.written() ?? null;
        if (bytes !== null && state === "complete") checkpoints.push({ trial, bytes });
        ended?.close();
        open.delete(trial);
      }
      return keeper.batch(checkpoints.length === 0 ? batch : { ...batch, checkpoints });
    },
  };
}
