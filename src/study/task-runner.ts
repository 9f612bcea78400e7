import type { Executor, Incident, Task, TaskResult } from "../core/executor.ts";
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

/** How a task ended: with a value, with its last incident, or not at all because the run ended first. */
export type TaskEnd =
  | { readonly kind: "value"; readonly result: Extract<TaskResult, { ok: true }>; readonly logs: readonly LogRecord[] }
  | { readonly kind: "failed"; readonly incident: Incident }
  | { readonly kind: "cut" };

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

  async run(task: Task, trials: readonly number[]): Promise<TaskEnd> {
    if (task.optional !== true) return this.#run(task, trials, this.#waiting.signal);
    const own = new AbortController();
    if (this.#waiting.signal.aborted) own.abort();
    this.#optional.set(task.key, own);
    try {
      return await this.#run(task, trials, own.signal);
    } finally {
      this.#optional.delete(task.key);
    }
  }

  async #run(task: Task, trials: readonly number[], waitSignal: AbortSignal): Promise<TaskEnd> {
    const { executor, retries, codeHash, earlier, logs, now, onStart, onEnd, onAttempt } = this.#options;
    const incidents = (earlier.get(task.key) ?? []).map((attempt) => attempt.incident);
    for (;;) {
      const last = incidents.at(-1);
      if (last !== undefined && (incidents.length > retries || repeats(incidents))) return { kind: "failed", incident: last };
      if (waitSignal.aborted) return { kind: "cut" };
      let startedSlot: number | undefined;
      this.#active++;
      const result = await executor.run(task, {
        signal: this.#running.signal,
        waitSignal,
        onStart: (slot) => {
          startedSlot = slot;
          onStart(task, trials, slot);
        },
      });
      this.#active--;
      if (startedSlot !== undefined) onEnd(startedSlot);
      if (!result.ok && result.incident.kind === "aborted") return { kind: "cut" };
      // The disk's fault, not the task's: a trial must not fail for good of what passes.
      if (!result.ok && result.incident.code === "CHECKPOINT_UNREADABLE")
        throw new HpoError("CHECKPOINT_UNREADABLE", result.incident.message);
      const said = logs.row(task, trials, incidents.length + 1, result.log);
      if (result.ok) return { kind: "value", result, logs: said };
      incidents.push(result.incident);
      const { incident, wallSeconds } = result;
      const attempt = { task: task.key, trials, attempt: incidents.length, incident, wallSeconds, codeHash, endedAt: now() };
      await onAttempt(attempt, said);
    }
  }
}

/** The same thrown message twice is not tried a third time: it is the code, not the machine. */
function repeats(incidents: readonly Incident[]): boolean {
  const [before, last] = incidents.slice(-2);
  return before?.kind === "error" && last?.kind === "error" && before.message === last.message;
}
