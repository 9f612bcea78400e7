import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { Store } from "../core/store.ts";
import { checkpointBytes } from "../store/checkpoint-bytes.ts";
import { reportedTrial } from "./trial-choice.ts";

/** What a trial left by `trial.checkpoint.write(bytes)`. */
export interface StudyCheckpoint {
  readonly trial: number;
  readonly bytes: Uint8Array;
}

/**
 * The checkpoint that a study keeps of a trial (default: the best by the first objective); undefined where it keeps none of it.
 * @throws HpoError STUDY_NOT_FOUND; TRIAL_NOT_FOUND; CHECKPOINT_LOST where its file is missing or damaged
 */
export function studyCheckpoint(store: Store, study: string, number: number | undefined): StudyCheckpoint | undefined {
  const { trials, description } = store.snapshot(study);
  if (number !== undefined && trials.every((one) => one.number !== number)) {
    const known = trials.length === 0 ? "it has none yet" : `they are 0 to ${trials.length - 1}`;
    throw new HpoError("TRIAL_NOT_FOUND", `The trial must be one of the study ${showValue(study)} (${known}); got ${showValue(number)}.`, {
      data: { study, trial: number },
    });
  }
  const trial = number ?? reportedTrial(trials, description)?.number;
  const stored = trial === undefined ? undefined : store.checkpoint(study, trial);
  return stored === undefined ? undefined : Object.freeze({ trial: stored.trial, bytes: checkpointBytes(stored) });
}
