import type { StoredCheckpoint, TrialCheckpoint } from "../core/checkpoint.ts";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import { checkpointBytes, lost } from "../store/checkpoint-bytes.ts";

/** The trial that another one continues, and where its checkpoint is; null where none is kept. */
export interface ParentCheckpoint {
  readonly trial: number;
  readonly stored: StoredCheckpoint | null;
}

/** What one attempt of a trial reads and leaves. */
export interface AttemptCheckpoint {
  /** What the objective is given. */
  readonly checkpoint: TrialCheckpoint;
  /** What it wrote last, in shared memory, so that it is posted without a copy; null where it wrote nothing. */
  written(): Uint8Array | null;
  /** The trial has ended: what is written from now on is an error. */
  close(): void;
}

/** `limit`: bytes that a checkpoint may have. `parent`: asked for when the trial reads; null for a trial that continues none. */
export function attemptCheckpoint(number: number, limit: number, parent: () => ParentCheckpoint | null): AttemptCheckpoint {
  let last: Uint8Array | null = null;
  let ended = false;
  return {
    checkpoint: Object.freeze<TrialCheckpoint>({
      read() {
        const from = parent();
        if (from === null) return undefined;
        if (from.stored === null)
          throw lost(from.trial, `it left none; trial ${number} continues it, so write one before the objective returns`);
        return checkpointBytes(from.stored);
      },
      write(bytes) {
        if (ended)
          throw invalid(`it must come before the objective of trial ${number} has ended; await all that writes before you return.`);
        if (!(bytes instanceof Uint8Array)) {
          throw invalid(`bytes must be a Uint8Array, such as new Uint8Array(weights.buffer); got ${showValue(bytes)}.`);
        }
        if (bytes.length > limit) {
          throw invalid(
            `bytes must be at most ${limit} (the study's checkpointBytes); got ${bytes.length}. Write less, or raise checkpointBytes.`,
          );
        }
        last = new Uint8Array(new SharedArrayBuffer(bytes.length));
        last.set(bytes);
      },
    }),
    written: () => last,
    close() {
      ended = true;
    },
  };
}

function invalid(sentence: string): HpoError {
  return new HpoError("OBJECTIVE_INVALID", `trial.checkpoint.write(): ${sentence}`);
}
