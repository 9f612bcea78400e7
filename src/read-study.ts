import path from "node:path";
import { checkOptions, integer, optional, text } from "./core/options.ts";
import type { StudySnapshot, StudySummary } from "./core/snapshot.ts";
import type { Store } from "./core/store.ts";
import { openStore } from "./store/open-store.ts";
import { type StudyCheckpoint, studyCheckpoint } from "./study/study-checkpoint.ts";
import { keptModel, type StudyModel } from "./study/study-model.ts";

/** The default database, under the working folder. */
export const defaultDatabase: string = path.join(".hpo", "hpo.sqlite");

/** The studies of a database, newest first. Reads only. */
export function listStudies(options: { readonly database?: string } = {}): readonly StudySummary[] {
  checkOptions("listStudies", options, { database: optional(text()) });
  return reading(options.database, (store) => store.list());
}

/** A stored study. Reads only, also while another process runs it. @throws HpoError STUDY_NOT_FOUND with the known names. */
export function readStudy(name: string, options: { readonly database?: string } = {}): StudySnapshot {
  checkOptions("readStudy", options, { database: optional(text()) });
  return reading(options.database, (store) => store.snapshot(name));
}

/**
 * The model that a stored study keeps of a trial (default: the best by the first objective), fitted to all rows; undefined where it keeps none of
 * that trial: an open study's `model()` fits it. Reads only.
 * @throws HpoError STUDY_NOT_FOUND, TRIAL_NOT_FOUND, MODEL_NOT_FOUND (no complete trial), MODEL_UNSUPPORTED (an objective function)
 */
export function readModel(name: string, options: { readonly database?: string; readonly trial?: number } = {}): StudyModel | undefined {
  checkOptions("readModel", options, { database: optional(text()), trial: optional(integer(0)) });
  return reading(options.database, (store) => keptModel(store, name, options.trial));
}

/**
 * What a trial of a stored study (default: the best by the first objective) left by `trial.checkpoint.write(bytes)`; undefined where the study keeps none of it.
 * Reads only. @throws HpoError STUDY_NOT_FOUND, TRIAL_NOT_FOUND, CHECKPOINT_LOST
 */
export function readCheckpoint(
  name: string,
  options: { readonly database?: string; readonly trial?: number } = {},
): StudyCheckpoint | undefined {
  checkOptions("readCheckpoint", options, { database: optional(text()), trial: optional(integer(0)) });
  return reading(options.database, (store) => studyCheckpoint(store, name, options.trial));
}

/** Opens a database to read from it. */
export function reading<T>(database: string | undefined, read: (store: Store) => T): T {
  const store = openStore(database ?? defaultDatabase, { readonly: true });
  try {
    return read(store);
  } finally {
    store.close();
  }
}
