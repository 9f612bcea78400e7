import type { Task } from "../core/executor.ts";
import { chunkMs } from "./cpu-share.ts";

const largestBatch = 256;

/** How long tasks take, so that small ones go in batches. */
export interface TaskPace {
  /** How many tasks like this one a slot is to get at once: as many as it ends in a few milliseconds, one where that is not known. */
  batch(task: Task): number;
  /** The slowest of a batch; null where none of it ended. */
  told(task: Task, slowestSeconds: number | null): void;
}

export function taskPace(): TaskPace {
  /** By function: the slowest of the last batch, in milliseconds. */
  const slowestMs = new Map<string, number>();
  const kind = ({ module, export: name }: Task): string => `${module}#${name}`;
  return {
    batch(task) {
      const ms = slowestMs.get(kind(task)) ?? Infinity;
      return Math.max(1, Math.min(largestBatch, Math.floor(chunkMs / ms)));
    },
    told(task, slowestSeconds) {
      slowestMs.set(kind(task), slowestSeconds === null ? Infinity : 1000 * slowestSeconds);
    },
  };
}
