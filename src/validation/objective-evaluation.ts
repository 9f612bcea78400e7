import type { Evaluation, GroupWork, PlannedTrial, SavedWork } from "../core/evaluation.ts";
import type { SharedValue, Task } from "../core/executor.ts";
import type { EvaluationRecord, OutcomeRecord } from "../core/records.ts";
import { noRows } from "./fold-work.ts";
import type { ObjectiveInput, ObjectiveOutput } from "./objective-task.ts";
import { failedTrial } from "./trial-outcome.ts";

export interface ObjectiveEvaluationOptions {
  readonly shared: SharedValue;
  readonly timeoutSeconds: number | null;
  readonly now: () => string;
}

/** Judges each trial by one call of the study's objective. */
export function objectiveEvaluation(options: ObjectiveEvaluationOptions): Evaluation {
  return {
    groupSize: 64,
    tasksPerTrial: 1,
    begin: (_group, trials, saved) => Promise.resolve(objectiveWork(trials, saved, options)),
  };
}

function objectiveWork(trials: readonly PlannedTrial[], saved: SavedWork, options: ObjectiveEvaluationOptions): GroupWork {
  const { shared, timeoutSeconds, now } = options;
  let waiting: Task[] = trials
    .filter((trial) => !saved.finished.has(trial.number))
    .map((trial) => ({
      key: `objective/${trial.number}`,
      label: `trial ${trial.number}`,
      module: new URL("./objective-task.js", import.meta.url).href,
      export: "objectiveTask",
      input: { trial: trial.number, params: trial.params } satisfies ObjectiveInput,
      shared,
      priority: 0,
      timeoutSeconds,
    }));
  return {
    opening: noRows,
    ready() {
      const tasks = waiting;
      waiting = [];
      return tasks;
    },
    accept(task, result) {
      const { trial } = task.input as ObjectiveInput;
      const { values, wallSeconds, cpuSeconds = result.cpuSeconds } = result.value as ObjectiveOutput;
      const endedAt = now();
      const evaluation: EvaluationRecord = {
        trial,
        repeat: 0,
        fold: 0,
        rung: 0,
        values,
        testRows: 0,
        correct: null,
        time: { fitSeconds: wallSeconds, predictSeconds: 0, wallSeconds, cpuSeconds },
        identical: false,
        startedAt: new Date(Date.parse(endedAt) - wallSeconds * 1000).toISOString(),
        endedAt,
      };
      const judged = Object.entries(values).map(([name, value]) => [name, { value, standardError: null, pooled: null }] as const);
      const outcome: OutcomeRecord = { trial, state: "complete", values: Object.fromEntries(judged), incident: null, endedAt };
      return { shared: [], evaluations: [evaluation], predictions: [], outcomes: [outcome] };
    },
    fail: (task, incident) => ({ ...noRows, outcomes: [failedTrial((task.input as ObjectiveInput).trial, incident, now())] }),
    trialsOf: (task) => [(task.input as ObjectiveInput).trial],
    close() {
      waiting = [];
    },
  };
}
