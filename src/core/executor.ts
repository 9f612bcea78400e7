import type { TaskLog } from "./task-log.ts";

/** A piece of work that a slot can do: `export` of `module` (an absolute URL) is a `TaskFunction`. */
export interface Task {
  /** Unique among the tasks of a study, and stable over runs. */
  readonly key: string;
  /** For people: "trial 3 · fold 2". */
  readonly label: string;
  readonly module: string;
  readonly export: string;
  /** Structured-cloneable for threads; anything inline. */
  readonly input: unknown;
  /** Posted once to each slot that needs it; null where the task needs none. */
  readonly shared: SharedValue | null;
  /** Larger runs earlier; expected seconds where they are known. */
  readonly priority: number;
  /** Wall seconds after which the attempt is cut off; null = none. */
  readonly timeoutSeconds: number | null;
  /** It may turn out not to be needed while it waits, so nothing starts it sooner than its turn. */
  readonly optional?: true;
  /** It works in memory that the coordinator and tasks of other slots work in, too, so it can't run in a process of its own. */
  readonly inside?: true;
}

/** A value that many tasks read (data set, folds, study bundle). Equal ids mean the same value. */
export interface SharedValue {
  readonly id: string;
  readonly value: unknown;
}

export interface TaskContext {
  /** From 0 to slots − 1; no two running tasks have the same. */
  readonly slot: number;
  readonly shared: unknown;
  readonly signal: AbortSignal;
  /** Sends plain data to the coordinator while the task runs. */
  report(message: unknown): void;
}

export type TaskFunction = (input: never, context: TaskContext) => unknown;

/** Why an attempt ended without a value, or a trial before its end. "aborted" costs no attempt; "pruned" is no attempt's, but a trial's. */
export interface Incident {
  readonly kind: "error" | "crash" | "out-of-memory" | "timeout" | "aborted" | "pruned";
  /** One sentence. */
  readonly message: string;
  /** An HpoError's code, where the task threw one. */
  readonly code: string | null;
  readonly stack: string | null;
}

export type TaskResult = TaskSpent & ({ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly incident: Incident });

/** What an attempt took and left, whatever came of it. */
export interface TaskSpent {
  readonly slot: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number | null;
  /** Left out where nothing was written, and by executors that share their streams with the program that runs them. */
  readonly log?: TaskLog;
}

export interface RunOptions {
  /** Abort: a waiting task never starts; a running one is told, and cut off when it doesn't stop within the grace time. */
  readonly signal?: AbortSignal;
  /** Abort: a waiting task never starts; a running one goes on. */
  readonly waitSignal?: AbortSignal;
  readonly onStart?: (slot: number, task: Task) => void;
  readonly onMessage?: (message: unknown, task: Task) => void;
}

/** How tasks are run, and who hears what comes of them; one may serve many tasks. */
export interface TaskRun extends RunOptions {
  /** Called once for each task, never before `start` has returned. Must not throw. */
  readonly onEnd: (result: TaskResult, task: Task) => void;
}

/** Runs one attempt of each task; never rejects for what a task does. */
export interface Executor {
  readonly name: "inline" | "threads" | "processes";
  readonly slots: number;
  /** For many small tasks: a promise takes longer than some of them. */
  start(task: Task, run: TaskRun): void;
  /** The same, as a promise of the result. */
  run(task: Task, options?: RunOptions): Promise<TaskResult>;
  /** Makes so many slots ready now, at most all, where that takes time that the first tasks would wait for. */
  warm(slots: number): void;
  /** Frees a shared value in all slots. */
  forget(id: string): void;
  /** Ends all slots; running tasks end as "aborted". Idempotent. */
  close(): Promise<void>;
}
