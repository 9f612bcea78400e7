import type { Executor, Incident, Task, TaskResult } from "../core/executor.ts";
import type { AttemptRecord } from "../core/records.ts";

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
  /** Must make the failed attempt durable. */
  readonly onAttempt: (attempt: AttemptRecord) => Promise<void>;
}

/** How a task ended: with a value, with its last incident, or not at all because the run ended first. */
export type TaskEnd =
  | { readonly kind: "value"; readonly result: Extract<TaskResult, { ok: true }> }
  | { readonly kind: "failed"; readonly incident: Incident }
  | { readonly kind: "cut" };

/** Runs tasks with retries; can let running ones finish and keep waiting ones from starting. */
export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  readonly #waiting = new Set<AbortController>();
  readonly #running = new Set<AbortController>();
  #stopping = false;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
  }

  /** Tasks that are waiting or running. */
  get active(): number {
    return this.#waiting.size + this.#running.size;
  }

  /** Waiting tasks never start; running ones go on. */
  stop(): void {
    this.#stopping = true;
    for (const controller of this.#waiting) controller.abort();
  }

  /** Cuts running tasks off too. */
  abort(): void {
    this.stop();
    for (const controller of this.#running) controller.abort();
  }

  async run(task: Task, trials: readonly number[]): Promise<TaskEnd> {
    const { retries, codeHash, earlier, now, onAttempt } = this.#options;
    const incidents = (earlier.get(task.key) ?? []).map((attempt) => attempt.incident);
    for (;;) {
      const last = incidents.at(-1);
      if (last !== undefined && (incidents.length > retries || repeats(incidents))) return { kind: "failed", incident: last };
      if (this.#stopping) return { kind: "cut" };
      const result = await this.#attempt(task, trials);
      if (result.ok) return { kind: "value", result };
      if (result.incident.kind === "aborted") return { kind: "cut" };
      incidents.push(result.incident);
      await onAttempt({
        task: task.key,
        trials,
        attempt: incidents.length,
        incident: result.incident,
        wallSeconds: result.wallSeconds,
        codeHash,
        endedAt: now(),
      });
    }
  }

  async #attempt(task: Task, trials: readonly number[]): Promise<TaskResult> {
    const { executor, onStart, onEnd } = this.#options;
    const controller = new AbortController();
    this.#waiting.add(controller);
    let startedSlot: number | undefined;
    try {
      return await executor.run(task, {
        signal: controller.signal,
        onStart: (slot) => {
          startedSlot = slot;
          this.#waiting.delete(controller);
          this.#running.add(controller);
          onStart(task, trials, slot);
        },
      });
    } finally {
      this.#waiting.delete(controller);
      this.#running.delete(controller);
      if (startedSlot !== undefined) onEnd(startedSlot);
    }
  }
}

/** The same thrown message twice is not tried a third time: it is the code, not the machine. */
function repeats(incidents: readonly Incident[]): boolean {
  const [before, last] = incidents.slice(-2);
  return before?.kind === "error" && last?.kind === "error" && before.message === last.message;
}
