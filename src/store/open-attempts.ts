import type { AttemptRecord } from "../core/records.ts";

/** Attempts, by task, that work for a trial of `open` (or for no trial at all: nothing says that they are done with). */
export function openAttempts(attempts: readonly AttemptRecord[], open: ReadonlySet<number>): Map<string, AttemptRecord[]> {
  const byTask = new Map<string, AttemptRecord[]>();
  for (const attempt of attempts) {
    if (attempt.trials.length > 0 && !attempt.trials.some((trial) => open.has(trial))) continue;
    const list = byTask.get(attempt.task);
    if (list === undefined) byTask.set(attempt.task, [attempt]);
    else list.push(attempt);
  }
  return byTask;
}
