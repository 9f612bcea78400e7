import { isoStarts } from "../core/iso-times.ts";
import type { GroupWork, PlannedTrial, SavedWork, WorkRows } from "../core/evaluation.ts";
import type { Incident, SharedValue, Task, TaskResult } from "../core/executor.ts";
import type { EvaluationRecord, OutcomeRecord, PredictionRecord } from "../core/records.ts";
import { foldIndex } from "./fold-plan.ts";
import { foldRecords, foldTaskOf } from "./fold-records.ts";
import type { FoldInput } from "./fold-task.ts";
import type { Judging } from "./judging.ts";
import { failedTrial, trialOutcome } from "./trial-outcome.ts";

export interface FoldWorkOptions {
  /** Of the folds of `repeat`. */
  readonly judging: Judging;
  readonly repeat: number;
  readonly objectives: readonly string[];
  readonly shared: SharedValue;
  readonly timeoutSeconds: number | null;
  readonly keepPredictions: boolean;
  readonly now: () => string;
  /** Out-of-fold predictions of an earlier process, for pooled values. */
  readonly savedPredictions: (trial: number) => readonly PredictionRecord[];
}

interface TrialFolds {
  readonly trial: PlannedTrial;
  readonly evaluations: (EvaluationRecord | undefined)[];
  readonly predictions: (PredictionRecord | undefined)[];
  readonly incidents: (Incident | undefined)[];
  open: number;
}

export const noRows: WorkRows = Object.freeze({ shared: [], evaluations: [], predictions: [], outcomes: [] });

/** Judges each trial by one task a fold. All folds run; the outcome reads them in fold order, whatever finished first. */
export function foldWork(trials: readonly PlannedTrial[], saved: SavedWork, options: FoldWorkOptions): GroupWork {
  const { judging, repeat, shared, timeoutSeconds, keepPredictions, objectives, now } = options;
  const folds = judging.plan.folds;
  const tasks = { folds: folds.length, shared, timeoutSeconds };
  const states = new Map<number, TrialFolds>();
  const startOf = isoStarts();
  let waiting: Task[] = [];

  for (const trial of trials) {
    if (saved.finished.has(trial.number)) continue;
    const state: TrialFolds = { trial, evaluations: [], predictions: [], incidents: [], open: folds.length };
    for (const evaluation of saved.evaluations) {
      if (evaluation.trial !== trial.number) continue;
      state.evaluations[foldIndex(judging.plan, evaluation)] = evaluation;
      state.open--;
    }
    for (const prediction of state.open < folds.length ? options.savedPredictions(trial.number) : []) {
      state.predictions[foldIndex(judging.plan, prediction)] = prediction;
    }
    states.set(trial.number, state);
    for (let fold = 0; fold < folds.length; fold++)
      if (state.evaluations[fold] === undefined) waiting.push(foldTaskOf(trial, { repeat, fold }, tasks));
  }

  /** The outcome once all folds have ended: the incident of the lowest failed fold, else the scores. */
  function ended(state: TrialFolds): OutcomeRecord[] {
    state.open--;
    if (state.open > 0) return [];
    states.delete(state.trial.number);
    const incident = state.incidents.find((one) => one !== undefined);
    if (incident !== undefined) return [failedTrial(state.trial.number, incident, now())];
    const evaluations = state.evaluations as EvaluationRecord[];
    const predictions = state.predictions.filter((one) => one !== undefined);
    // Predictions that are not kept would be missing after a resume, so they are never pooled.
    const complete = keepPredictions && predictions.length === folds.length ? predictions : [];
    return [trialOutcome(state.trial.number, evaluations, { judging, predictions: complete, objectives, endedAt: now() })];
  }

  function stateOf(task: Task): { readonly state: TrialFolds; readonly fold: number } {
    const { trial, fold } = task.input as FoldInput;
    const state = states.get(trial);
    if (state === undefined) throw new RangeError(`foldWork: trial ${trial} is not open.`);
    return { state, fold };
  }

  return {
    opening: noRows,
    ready() {
      const ready = waiting;
      waiting = [];
      return ready;
    },
    accept(done, result: Extract<TaskResult, { ok: true }>) {
      const { state, fold } = stateOf(done);
      const at = { trial: state.trial.number, repeat, fold };
      const { evaluation, prediction } = foldRecords(at, result, { judging, endedAt: now(), startOf });
      state.evaluations[fold] = evaluation;
      state.predictions[fold] = prediction;
      return { shared: [], evaluations: [evaluation], predictions: keepPredictions ? [prediction] : [], outcomes: ended(state) };
    },
    fail(done, incident) {
      const { state, fold } = stateOf(done);
      state.incidents[fold] = incident;
      return { ...noRows, outcomes: ended(state) };
    },
    trialsOf: (one) => [(one.input as FoldInput).trial],
    close() {
      waiting = [];
      states.clear();
    },
  };
}
