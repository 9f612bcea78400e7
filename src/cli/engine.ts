import type * as publicFace from "../index.ts";
import type { EvaluationRecord, PredictionRecord } from "../core/records.ts";
import type { TrialParts } from "../report/trial-page.ts";

/** The public interface. It is loaded when a command needs it, so that `--help` is quick. */
export type Engine = typeof publicFace;

export async function engine(): Promise<Engine> {
  return import("../index.ts");
}

/** What is stored of the folds of some trials. */
export interface TrialFolds {
  readonly evaluations: readonly EvaluationRecord[];
  readonly predictions: readonly PredictionRecord[];
}

/** Reads what is stored of one trial besides its line in the snapshot, also while another process runs the study. */
export async function readTrialParts(study: string, trial: number, database: string): Promise<TrialParts> {
  const { openStore } = await import("../store/open-store.ts");
  const store = openStore(database, { readonly: true });
  try {
    return { evaluations: store.evaluations(study, trial), steps: store.steps(study, trial), logs: store.logs(study, trial) };
  } finally {
    store.close();
  }
}

/** Reads the folds of trials, in the order given, also while another process runs the study. */
export async function readTrialFolds(study: string, trials: readonly number[], database: string): Promise<TrialFolds> {
  const { openStore } = await import("../store/open-store.ts");
  const store = openStore(database, { readonly: true });
  try {
    return {
      evaluations: trials.flatMap((trial) => store.evaluations(study, trial)),
      predictions: trials.flatMap((trial) => store.predictions(study, trial)),
    };
  } finally {
    store.close();
  }
}
