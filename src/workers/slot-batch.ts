import type { Incident } from "../core/executor.ts";
import type { TaskLog } from "../core/task-log.ts";
import type { LogRest } from "./log-ring.ts";
import { type PostedLog, postedLog } from "./posted-log.ts";
import type { Epoch, SlotEnded } from "./slot-messages.ts";
import type { QueuedTask } from "./task-queue.ts";

/** What became of a batch. */
export interface BatchEnd {
  /** Tasks that have no result: they are to be run again, by any slot. */
  readonly left: readonly QueuedTask[];
  /** Wall seconds of the slowest task that ended; null where none did. */
  readonly slowestSeconds: number | null;
}

/** Tasks that a slot runs one after another. */
export interface Batch {
  readonly epoch: Epoch;
  readonly tasks: readonly QueuedTask[];
  readonly end: (end: BatchEnd) => void;
  /** Tasks that are known to have begun. */
  begun: number;
  /** performance.now() when the host took it up; null until then. */
  startedAt: number | null;
  /** Hosts tried; the second one is the last. */
  hosts: number;
  /** Why it is being ended; fixed by the first reason. */
  stopping: Incident | null;
  /** Tasks that end with it; the others are given back. */
  readonly stopped: Set<QueuedTask>;
  /** What its tasks wrote so far; entry i of task i. */
  readonly logs: (PostedLog | undefined)[];
  /** Its end, where the host has to end before that is told. */
  last: SlotEnded | null;
  /** Disarms the deadline that is running. */
  disarm: () => void;
}

export function newBatch({ epoch, tasks, end }: Pick<Batch, "epoch" | "tasks" | "end">): Batch {
  return {
    epoch,
    tasks,
    end,
    begun: 0,
    startedAt: null,
    hosts: 0,
    stopping: null,
    stopped: new Set(),
    logs: [],
    last: null,
    disarm: () => undefined,
  };
}

/** Keeps what the task at `index` wrote. */
export function hear({ logs }: Batch, index: number, text: string): void {
  if (text !== "") (logs[index] ??= postedLog()).add(text);
}

/** All that the task at `index` wrote. */
export function heard({ logs }: Batch, index: number, rest: Pick<LogRest, "written" | "tail"> | undefined): { readonly log?: TaskLog } {
  const log = (logs[index] ?? postedLog()).whole(rest);
  return log === undefined ? {} : { log };
}
