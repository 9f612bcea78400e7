import type { StoredCheckpoint } from "../core/checkpoint.ts";
import type { Evaluation, GroupWork, PlannedTrial, SavedWork } from "../core/evaluation.ts";
import { isoStarts } from "../core/iso-times.ts";
import type { SharedValue, Task } from "../core/executor.ts";
import type { StudySpec } from "../core/study-spec.ts";
import type { EvaluationRecord } from "../core/records.ts";
import { objectiveOutcome } from "../study/objective-outcome.ts";
import type { OutcomeOf } from "../study/known-outcome.ts";
import { noRows } from "./fold-work.ts";
import type { ObjectiveInput, ObjectiveOutput } from "./objective-task.ts";
import { finishedReports } from "../study/trial-reports.ts";
import { type StepLogView, stepLog } from "./step-log.ts";
import { failedTrial } from "./trial-outcome.ts";

export interface ObjectiveEvaluationOptions {
  readonly shared: SharedValue;
  readonly timeoutSeconds: number | null;
  readonly now: () => string;
  /** For a study with a pruner: where the trials that trial n may see (0 … n − lookahead) have their outcomes. */
  /** For a sampler whose trials continue others: where a trial's checkpoint is. */
  readonly checkpointOf?: (trial: number) => StoredCheckpoint | undefined;
  readonly pruning?: { readonly outcomeOf: OutcomeOf } & Pick<StudySpec, "lookahead" | "objectives">;
}

/** Judges each trial by one call of the study's objective. */
export function objectiveEvaluation(options: ObjectiveEvaluationOptions): Evaluation {
  const pastOf = visiblePast(options.pruning);
  return {
    groupSize: 64,
    tasksPerTrial: 1,
    begin: (_group, trials, saved) => Promise.resolve(objectiveWork(trials, saved, { ...options, pastOf })),
  };
}

/** What trials may see of others' reports. Trials are asked about in the order of their numbers. */
function visiblePast(pruning: ObjectiveEvaluationOptions["pruning"]): (trial: number) => StepLogView | null {
  if (pruning === undefined) return () => null;
  const { outcomeOf, lookahead, objectives } = pruning;
  const metric = objectives[0]?.metric ?? "";
  const log = stepLog();
  return (trial) => {
    while (log.count <= trial - lookahead) {
      const outcome = outcomeOf(log.count);
      if (outcome === undefined) throw new RangeError(`Trial ${trial} was begun before trial ${log.count} had its outcome.`);
      log.append(finishedReports(outcome, metric));
    }
    return log.view(Math.max(0, trial - lookahead + 1));
  };
}

interface ObjectiveWorkOptions extends ObjectiveEvaluationOptions {
  readonly pastOf: (trial: number) => StepLogView | null;
}

function objectiveWork(trials: readonly PlannedTrial[], saved: SavedWork, options: ObjectiveWorkOptions): GroupWork {
  const { shared, timeoutSeconds, now, pastOf, checkpointOf } = options;
  const startOf = isoStarts();
  const { href } = new URL("./objective-task.js", import.meta.url);
  let waiting: Task[] = trials
    .filter((trial) => !saved.finished.has(trial.number))
    .map((trial) => ({
      key: `objective/${trial.number}`,
      label: `trial ${trial.number}`,
      module: href,
      export: "objectiveTask",
      input: {
        trial: trial.number,
        params: trial.params,
        repeat: trial.repeat ?? 0,
        past: pastOf(trial.number),
        parent:
          trial.parent == null || checkpointOf === undefined ? null : { trial: trial.parent, stored: checkpointOf(trial.parent) ?? null },
      } satisfies ObjectiveInput,
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
      const { trial, repeat } = task.input as ObjectiveInput;
      const output = result.value as ObjectiveOutput;
      const { values, checkpoint, wallSeconds, cpuSeconds = result.cpuSeconds } = output;
      const endedAt = now();
      const evaluation: EvaluationRecord = {
        trial,
        repeat,
        fold: 0,
        rung: 0,
        values,
        testRows: 0,
        correct: null,
        time: { fitSeconds: wallSeconds, predictSeconds: 0, wallSeconds, cpuSeconds },
        identical: false,
        startedAt: startOf(endedAt, wallSeconds),
        endedAt,
      };
      const outcome = objectiveOutcome(trial, output, endedAt);
      const left = checkpoint === null ? {} : { checkpoints: [{ trial, bytes: checkpoint }] };
      return { shared: [], evaluations: [evaluation], predictions: [], outcomes: [outcome], ...left };
    },
    fail: (task, incident) => ({ ...noRows, outcomes: [failedTrial((task.input as ObjectiveInput).trial, incident, now())] }),
    trialsOf: (task) => [(task.input as ObjectiveInput).trial],
    close() {
      waiting = [];
    },
  };
}
