import type { PlannedTrial } from "../core/evaluation.ts";
import type { SharedValue, Task, TaskResult } from "../core/executor.ts";
import type { IsoStarts } from "../core/iso-times.ts";
import type { EvaluationRecord, PredictionRecord } from "../core/records.ts";
import { foldName } from "./fold-plan.ts";
import type { FoldInput, FoldOutput } from "./fold-task.ts";
import type { Judging } from "./judging.ts";

const { href } = new URL("./fold-task.js", import.meta.url);

/** A fold of a trial's own partition. */
export interface TrialFold {
  readonly trial: number;
  readonly repeat: number;
  readonly fold: number;
}

/** The key of the task that judges a trial on one fold. */
export function foldKey({ trial, repeat, fold }: TrialFold): string {
  return `fold/${trial}/${repeat}/${fold}/0`;
}

/** The task that judges a trial on one fold. */
export function foldTaskOf(
  { number, params }: PlannedTrial,
  at: Pick<TrialFold, "repeat" | "fold">,
  options: { readonly folds: number; readonly shared: SharedValue; readonly timeoutSeconds: number | null; readonly priority?: number },
): Task {
  const { folds, shared, timeoutSeconds, priority = 0 } = options;
  return {
    key: foldKey({ trial: number, ...at }),
    label: `trial ${number} · fold ${at.fold + 1}/${folds}`,
    module: href,
    export: "foldTask",
    input: { trial: number, repeat: at.repeat, fold: at.fold, params } satisfies FoldInput,
    shared,
    priority,
    timeoutSeconds,
  };
}

/** The rows that its result becomes. */
export function foldRecords(
  at: TrialFold,
  result: Extract<TaskResult, { ok: true }>,
  details: { readonly judging: Judging; readonly endedAt: string; readonly startOf: IsoStarts },
): { readonly evaluation: EvaluationRecord; readonly prediction: PredictionRecord } {
  const { judging, endedAt, startOf } = details;
  const output = result.value as FoldOutput;
  const { fitSeconds, predictSeconds, wallSeconds, predicted, scores } = output;
  const { trial, repeat, fold } = at;
  const test = (judging.plan.folds[fold] as (typeof judging.plan.folds)[number]).test;
  // The slot's, without the part that judging took.
  const share = result.wallSeconds > 0 ? Math.min(1, wallSeconds / result.wallSeconds) : 1;
  const cpuSeconds = result.cpuSeconds === null ? null : result.cpuSeconds * share;
  const name = foldName(judging.plan, fold, repeat);
  const evaluation: EvaluationRecord = {
    trial,
    repeat: name.repeat,
    fold: name.fold,
    rung: 0,
    values: output.values,
    testRows: test.length,
    correct: output.correct,
    time: { fitSeconds, predictSeconds, wallSeconds, cpuSeconds },
    identical: false,
    startedAt: startOf(endedAt, wallSeconds),
    endedAt,
  };
  return {
    evaluation: output.gradients === undefined ? evaluation : { ...evaluation, gradients: output.gradients },
    prediction: {
      trial,
      repeat: name.repeat,
      fold: name.fold,
      rows: test,
      predicted,
      truth: judging.truths[fold] as Float64Array,
      scores,
    },
  };
}
