import type { EvaluationRecord, PredictionRecord } from "../core/records.ts";

/** The public interface. It is loaded when a command needs it, so that `--help` is quick. */
export type Engine = typeof import("../index.ts");

export async function engine(): Promise<Engine> {
  return import("../index.ts");
}

/** What is stored of one trial's folds. */
export interface TrialFolds {
  readonly evaluations: readonly EvaluationRecord[];
  readonly predictions: readonly PredictionRecord[];
}

/** Reads the folds of a trial, also while another process runs the study. */
export async function readTrialFolds(study: string, trial: number, database: string): Promise<TrialFolds> {
  const { openStore } = await import("../store/open-store.ts");
  const store = openStore(database, { readonly: true });
  try {
    return { evaluations: store.evaluations(study, trial), predictions: store.predictions(study, trial) };
  } finally {
    store.close();
  }
}
