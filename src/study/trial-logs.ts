import type { Task } from "../core/executor.ts";
import { boundedLog, type TaskLog, type LogRecord } from "../core/task-log.ts";

/** Characters of logs that a trial may keep, all its tasks and attempts together. */
export const logRoom = 131_072;

/** Keeps what the tasks of a trial write within bounds. */
export interface TrialLogs {
  /** The log as it is to be stored: at most half of the room that the first of its trials has left, so that one task never takes that of all others. */
  row(task: Task, trials: readonly number[], attempt: number, log: TaskLog | undefined): readonly LogRecord[];
  /** The trial has ended. */
  forget(trial: number): void;
}

/** `lengths`: characters that were kept by earlier runs, by trial. */
export function trialLogs(lengths: ReadonlyMap<number, number>): TrialLogs {
  const taken = new Map(lengths);
  return Object.freeze({
    row({ key, label }: Task, trials: readonly number[], attempt: number, log: TaskLog | undefined): readonly LogRecord[] {
      const [first] = trials;
      if (log === undefined || first === undefined) return [];
      const before = taken.get(first) ?? 0;
      const kept = boundedLog(log, Math.max(0, logRoom - before) / 2);
      if (kept === undefined) return [];
      taken.set(first, before + kept.head.length + kept.tail.length);
      return [{ task: key, label, attempt, trials, ...kept }];
    },
    forget: (trial: number) => void taken.delete(trial),
  });
}
