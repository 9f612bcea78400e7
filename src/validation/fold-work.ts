import type { GroupWork, PlannedTrial, SavedWork, WorkRows } from "../core/evaluation.ts";
import type { Incident, SharedValue, Task, TaskResult } from "../core/executor.ts";
import type { EvaluationRecord, OutcomeRecord, PredictionRecord } from "../core/records.ts";
import type { FoldInput, FoldOutput } from "./fold-task.ts";
import type { Judging } from "./judging.ts";
import type { PrefixInput } from "./prefix-task.ts";
import { type Chain, prefixQueue } from "./prefix-queue.ts";
import type { PrefixShelf } from "./prefix-shelf.ts";
import type { TransformedFold } from "./transformed-fold.ts";
import { failedTrial, trialOutcome } from "./trial-outcome.ts";

export interface FoldWorkOptions {
  readonly group: number;
  readonly judging: Judging;
  /** The transformers of a trial's pipeline; undefined where it has none. */
  readonly chainOf: (trial: number) => Chain | undefined;
  /** What earlier groups' steps left of the folds. */
  readonly shelf: PrefixShelf;
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

/** Judges each trial by one task a fold, after those that fit the first steps of pipelines. All folds run; the outcome reads them in fold order, whatever finished first. */
export function foldWork(trials: readonly PlannedTrial[], saved: SavedWork, options: FoldWorkOptions): GroupWork {
  const { judging, shared, timeoutSeconds, keepPredictions, objectives, now } = options;
  const folds = judging.plan.folds;
  const states = new Map<number, TrialFolds>();
  let waiting: Task[] = [];
  const { group, shelf } = options;
  const queue = prefixQueue({ group, shelf, shared, timeoutSeconds, judge: task });

  for (const trial of trials) {
    if (saved.finished.has(trial.number)) continue;
    const state: TrialFolds = { trial, evaluations: [], predictions: [], incidents: [], open: folds.length };
    for (const evaluation of saved.evaluations) {
      if (evaluation.trial !== trial.number) continue;
      state.evaluations[evaluation.fold] = evaluation;
      state.open--;
    }
    for (const prediction of state.open < folds.length ? options.savedPredictions(trial.number) : []) {
      state.predictions[prediction.fold] = prediction;
    }
    states.set(trial.number, state);
    const chain = options.chainOf(trial.number);
    for (let fold = 0; fold < folds.length; fold++) {
      if (state.evaluations[fold] !== undefined) continue;
      if (chain === undefined) waiting.push(task(trial, fold, null));
      else queue.add({ trial, fold, chain });
    }
  }

  function task(trial: PlannedTrial, fold: number, transformed: TransformedFold | null): Task {
    const input: FoldInput = { trial: trial.number, fold, params: trial.params, transformed };
    return {
      key: `fold/${trial.number}/0/${fold}/0`,
      label: `trial ${trial.number} · fold ${fold + 1}/${folds.length}`,
      module: new URL("./fold-task.js", import.meta.url).href,
      export: "foldTask",
      input,
      shared,
      // What is transformed gives its memory back the sooner.
      priority: transformed === null ? 0 : 1,
      timeoutSeconds,
    };
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

  /** Once all trials have ended. */
  const lastRows = (): WorkRows["shared"] => (states.size === 0 ? queue.tally(now()) : []);

  function openState(trial: number): TrialFolds {
    const state = states.get(trial);
    if (state === undefined) throw new RangeError(`foldWork: trial ${trial} is not open.`);
    return state;
  }

  return {
    opening: noRows,
    ready() {
      const tasks = [...waiting, ...queue.ready()];
      waiting = [];
      return tasks;
    },
    accept(done, result: Extract<TaskResult, { ok: true }>) {
      if (isPrefix(done)) return { ...noRows, shared: [queue.accept(done, result, now())] };
      queue.ended(done);
      const { trial, fold } = done.input as FoldInput;
      const state = openState(trial);
      const output = result.value as FoldOutput;
      const test = (folds[fold] as (typeof folds)[number]).test;
      const endedAt = now();
      const { fitSeconds, predictSeconds, wallSeconds, cpuSeconds } = output;
      const evaluation: EvaluationRecord = {
        trial: state.trial.number,
        repeat: 0,
        fold,
        rung: 0,
        values: output.values,
        testRows: test.length,
        correct: output.correct,
        time: { fitSeconds, predictSeconds, wallSeconds, cpuSeconds },
        identical: false,
        startedAt: new Date(Date.parse(endedAt) - wallSeconds * 1000).toISOString(),
        endedAt,
      };
      const truth = judging.truths[fold] as Float64Array;
      const prediction = {
        trial: state.trial.number,
        repeat: 0,
        fold,
        rows: test,
        predicted: output.predicted,
        truth,
        scores: output.scores,
      };
      state.evaluations[fold] = evaluation;
      state.predictions[fold] = prediction;
      const outcomes = ended(state);
      return { shared: lastRows(), evaluations: [evaluation], predictions: keepPredictions ? [prediction] : [], outcomes };
    },
    fail(done, incident) {
      const lost = isPrefix(done) ? queue.fail(done).map(({ trial, fold }) => ({ trial: trial.number, fold })) : [done.input as FoldInput];
      queue.ended(done);
      const outcomes = lost.flatMap(({ trial, fold }) => {
        const state = openState(trial);
        state.incidents[fold] = incident;
        return ended(state);
      });
      return { ...noRows, shared: lastRows(), outcomes };
    },
    trialsOf: (one) => (isPrefix(one) ? queue.trialsOf(one) : [(one.input as FoldInput).trial]),
    close() {
      queue.close();
      waiting = [];
      states.clear();
    },
  };
}

function isPrefix({ input }: Task): boolean {
  return "step" in (input as FoldInput | PrefixInput);
}
