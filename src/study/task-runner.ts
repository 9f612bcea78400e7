import type { Executor, Incident, Task, TaskResult, TaskRun } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { AttemptRecord } from "../core/records.ts";
import type { LogRecord } from "../core/task-log.ts";
import type { TrialLogs } from "./trial-logs.ts";

export interface TaskRunnerOptions {
  readonly executor: Executor;
  /** Further attempts after the first. */
  readonly retries: number;
  readonly codeHash: string;
  /** Attempts that earlier runs used up, by task key. */
  readonly earlier: ReadonlyMap<string, readonly AttemptRecord[]>;
  readonly now: () => string;
  readonly onStart: (task: Task, trials: readonly number[], slot: number) => void;
  readonly onEnd: (slot: number) => void;
  readonly logs: TrialLogs;
  /** Must make the failed attempt durable, together with what it wrote. */
  readonly onAttempt: (attempt: AttemptRecord, logs: readonly LogRecord[]) => Promise<void>;
}

/** How a task ended: with a value, with its last incident, or not at all: because the run ended first, or since a failed attempt could not be stored. */
export type TaskEnd =
  | { readonly kind: "value"; readonly result: Extract<TaskResult, { ok: true }>; readonly logs: readonly LogRecord[] }
  | { readonly kind: "failed"; readonly incident: Incident }
  | { readonly kind: "cut" }
  | { readonly kind: "broken"; readonly error: unknown };

/** Whose tasks are run. */
export interface TaskOwner {
  /** Trials that a task works for. */
  trialsOf(task: Task): readonly number[];
  /** Called once for each task, never before its start has returned. Must not throw. */
  ended(task: Task, end: TaskEnd): void;
}

/** Runs tasks with retries; can let running ones finish and keep waiting ones from starting. */
export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  /** Ends all that wait. One for all tasks: a signal takes longer to make than a small task does. */
  readonly #waiting = new AbortController();
  /** Cuts off what runs. */
  readonly #running = new AbortController();
  /** Of optional tasks, by key. */
  readonly #optional = new Map<string, AbortController>();
  #active = 0;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  /** Tasks that are waiting or running. */
  get active(): number {
    return this.#active;
  }

  /** Waiting tasks never start; running ones go on. */
  stop(): void {
    this.#waiting.abort();
    for (const controller of this.#optional.values()) controller.abort();
  }

  /** Cuts running tasks off too. */
  abort(): void {
    this.stop();
    this.#running.abort();
  }

  /** An optional task that is waiting, for its first attempt or another, never starts and ends as cut; one that runs goes on. */
  withdraw(key: string): void {
    this.#optional.get(key)?.abort();
  }

  /** Starts tasks of one owner. Those that end well in their first attempt, nearly all, take no promise. */
  starter(owner: TaskOwner): (task: Task) => void {
    const { executor, earlier } = this.#options;
    const first: TaskRun = {
      ...this.#run(owner, this.#waiting.signal),
      onEnd: (result, task) => {
        this.#ended(result);
        if (result.ok) owner.ended(task, this.#value(owner, task, { result, attempt: 1 }));
        else if (result.incident.kind === "aborted") owner.ended(task, cut);
        else void this.#attempts(owner, task, { waitSignal: this.#waiting.signal, ended: result });
      },
    };
    return (task) => {
      if (task.optional === true) void this.#withdrawable(owner, task);
      else if (earlier.size > 0 && earlier.has(task.key)) void this.#attempts(owner, task, { waitSignal: this.#waiting.signal });
      else {
        this.#active++;
        executor.start(task, first);
      }
    };
  }

  #run(owner: TaskOwner, waitSignal: AbortSignal): Omit<TaskRun, "onEnd"> {
    const { onStart } = this.#options;
    return { signal: this.#running.signal, waitSignal, onStart: (slot, task) => onStart(task, owner.trialsOf(task), slot) };
  }

  #ended({ slot }: TaskResult): void {
    this.#active--;
    if (slot >= 0) this.#options.onEnd(slot);
  }

  async #withdrawable(owner: TaskOwner, task: Task): Promise<void> {
    const own = new AbortController();
    if (this.#waiting.signal.aborted) own.abort();
    this.#optional.set(task.key, own);
    try {
      await this.#attempts(owner, task, { waitSignal: own.signal });
    } finally {
      this.#optional.delete(task.key);
    }
  }

  /** Tries a task until it ends. `ended`: the failed first attempt, where that was made. */
  async #attempts(
    owner: TaskOwner,
    task: Task,
    { waitSignal, ended }: { readonly waitSignal: AbortSignal; readonly ended?: TaskResult },
  ): Promise<void> {
    let end: TaskEnd;
    try {
      end = await this.#end(owner, task, { waitSignal, ended });
    } catch (error) {
      end = { kind: "broken", error };
    }
    owner.ended(task, end);
  }

  async #end(
    owner: TaskOwner,
    task: Task,
    { waitSignal, ended }: { readonly waitSignal: AbortSignal; readonly ended: TaskResult | undefined },
  ): Promise<TaskEnd> {
    const { executor, retries, codeHash, earlier, logs, now, onAttempt } = this.#options;
    const incidents = (earlier.get(task.key) ?? []).map((attempt) => attempt.incident);
    const run = this.#run(owner, waitSignal);
    const trials = owner.trialsOf(task);
    for (let result = ended; ; result = undefined) {
      if (result === undefined) {
        const last = incidents.at(-1);
        if (last !== undefined && (incidents.length > retries || repeats(incidents))) return { kind: "failed", incident: last };
        if (waitSignal.aborted) return cut;
        this.#active++;
        result = await executor.run(task, run);
        this.#ended(result);
      }
      if (result.ok) return this.#value(owner, task, { result, attempt: incidents.length + 1 });
      if (result.incident.kind === "aborted") return cut;
      // The disk's fault, not the task's: a trial must not fail for good of what passes.
      if (result.incident.code === "CHECKPOINT_UNREADABLE") throw new HpoError("CHECKPOINT_UNREADABLE", result.incident.message);
      const said = logs.row(task, trials, incidents.length + 1, result.log);
      incidents.push(result.incident);
      const { incident, wallSeconds } = result;
      const attempt = { task: task.key, trials, attempt: incidents.length, incident, wallSeconds, codeHash, endedAt: now() };
      await onAttempt(attempt, said);
    }
  }

  #value(
    owner: TaskOwner,
    task: Task,
    { result, attempt }: { readonly result: Extract<TaskResult, { ok: true }>; readonly attempt: number },
  ): TaskEnd {
    const { log } = result;
    const logs = log === undefined ? none : this.#options.logs.row(task, owner.trialsOf(task), attempt, log);
    return { kind: "value", result, logs };
  }
}

const none: readonly LogRecord[] = Object.freeze([]);
const cut: TaskEnd = Object.freeze({ kind: "cut" });

/** The same thrown message twice is not tried a third time: it is the code, not the machine. */
function repeats(incidents: readonly Incident[]): boolean {
  const [before, last] = incidents.slice(-2);
  return before?.kind === "error" && last?.kind === "error" && before.message === last.message;
}
