import { inlineExecutor } from "#hpo/workers/inline-executor";
import type { GroupWork, WorkRows } from "#hpo/core/evaluation";
import type { Task } from "#hpo/core/executor";

export interface Driven {
  readonly rows: readonly WorkRows[];
  readonly tasks: readonly string[];
}

export interface DriveOptions {
  /** Rearranges the tasks that are ready together. */
  readonly order?: (tasks: readonly Task[]) => readonly Task[];
  /** Ends before the task that has this position. */
  readonly until?: number;
}

/** Runs a group's tasks in this thread to its end, without retries. */
export async function driveGroup(work: GroupWork, { order = (tasks) => tasks, until = Infinity }: DriveOptions = {}): Promise<Driven> {
  const executor = inlineExecutor();
  const rows: WorkRows[] = [work.opening];
  const tasks: string[] = [];
  try {
    for (let ready = work.ready(); ready.length > 0; ready = work.ready()) {
      for (const task of order(ready)) {
        if (tasks.length >= until) return { rows, tasks };
        tasks.push(task.key);
        const result = await executor.run(task);
        rows.push(result.ok ? work.accept(task, result) : work.fail(task, result.incident));
      }
    }
    return { rows, tasks };
  } finally {
    await executor.close();
    work.close();
  }
}

/** What was answered, in trial order, without times. */
export function answersOf({ rows }: Driven): unknown[] {
  const outcomes = rows.flatMap((one) => one.outcomes).toSorted((a, b) => a.trial - b.trial);
  return outcomes.map(({ trial, state, values, incident }) => {
    const folds = rows.flatMap((one) => one.evaluations).filter((one) => one.trial === trial);
    const predictions = rows.flatMap((one) => one.predictions).filter((one) => one.trial === trial);
    return {
      trial,
      state,
      values,
      incident: incident?.message ?? null,
      folds: folds
        .toSorted((a, b) => a.fold - b.fold)
        .map(({ fold, values: scores, correct, testRows }) => ({ fold, scores, correct, testRows })),
      predictions: predictions.toSorted((a, b) => a.fold - b.fold).map(({ fold, predicted }) => ({ fold, predicted: [...predicted] })),
    };
  });
}
