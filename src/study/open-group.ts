import type { GroupWork, PlannedTrial } from "../core/evaluation.ts";
import type { Task } from "../core/executor.ts";
import type { KnownOutcome } from "../core/records.ts";
import type { GroupSeed } from "./group-seed.ts";
import type { TaskEnd } from "./task-runner.ts";

/** A group of trials that is being worked on. */
export interface OpenGroup {
  readonly number: number;
  readonly work: GroupWork;
  readonly trials: ReadonlyMap<number, PlannedTrial>;
  readonly unfinished: Set<number>;
  active: number;
  readonly start: (task: Task) => void;
  /** At most `count` tasks that may start now, of the largest priority first; the others wait here. */
  next(count: number): readonly Task[];
}

/** What came of a task of a group. */
export interface TaskArrival {
  readonly group: OpenGroup;
  readonly task: Task;
  readonly end: TaskEnd;
}

/** Rows of a group that are to be written. */
export interface StoredRows {
  readonly group: OpenGroup;
  /** Outcomes among them, counted once they are durable. */
  readonly known: readonly KnownOutcome[];
  readonly durable: Promise<void>;
}

/** `start`: starts a task of the group. */
export function openGroup({ group, trials, saved }: GroupSeed, work: GroupWork, start: (task: Task) => void): OpenGroup {
  let backlog: Task[] = [];
  let taken = 0;
  const unfinished = new Set(trials.flatMap(({ number }) => (saved.finished.has(number) ? [] : [number])));
  return {
    number: group,
    work,
    trials: new Map(trials.map((trial) => [trial.number, trial])),
    unfinished,
    active: 0,
    start,
    next(count) {
      // What a race stopped needs no more tasks.
      if (unfinished.size === 0) return none;
      const ready = work.ready();
      if (ready.length > 0) {
        backlog = [...backlog.slice(taken), ...ready];
        taken = 0;
        if (backlog.length > count) backlog.sort((a, b) => (a.priority === b.priority ? 0 : b.priority > a.priority ? 1 : -1));
      }
      if (taken === backlog.length || count <= 0) return none;
      const from = taken;
      taken = Math.min(backlog.length, from + count);
      return backlog.slice(from, taken);
    },
  };
}

const none: readonly Task[] = Object.freeze([]);
