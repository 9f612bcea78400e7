import type { Incident, RunOptions, Task, TaskResult } from "../core/executor.ts";
import { deadline } from "./deadline.ts";
import { incident, incidentOf } from "./incident.ts";
import type { Epoch, FromSlot, SlotEnded } from "./slot-messages.ts";
import { SlotThread, type ThreadExit } from "./slot-thread.ts";

export interface SlotSettings {
  readonly graceSeconds: number;
  readonly startSeconds: number;
  readonly memoryMegabytes: number | null;
  readonly outputLength: number;
  readonly onOutput: (text: string, slot: number, taskKey: string | null) => void;
}

/** One attempt of one task in a slot. */
interface Attempt {
  readonly epoch: Epoch;
  readonly task: Task;
  readonly options: RunOptions;
  readonly settle: (result: TaskResult) => void;
  /** performance.now() when the thread took it up; null until then. */
  startedAt: number | null;
  /** Threads tried; the second one is the last. */
  threads: number;
  /** Why it is being ended; fixed by the first reason. */
  stopping: Incident | null;
  /** Disarms the deadline that is running. */
  disarm: () => void;
}

const threadsTried = 2;

/**
 * A place where one task at a time runs. It owns at most one thread, made when a task needs it and replaced when a task
 * destroys it. Invariant: when an attempt's result is given, nothing of that attempt runs any more (except a native call
 * that can't be interrupted), so that nobody else writes where the next one does.
 */
export class Slot {
  readonly number: number;
  readonly #settings: SlotSettings;
  #thread: SlotThread | null = null;
  #attempt: Attempt | null = null;
  #epochs: Epoch = 0;
  #closed = false;

  constructor(number: number, settings: SlotSettings) {
    this.number = number;
    this.#settings = settings;
  }

  get free(): boolean {
    return this.#attempt === null;
  }

  get started(): boolean {
    return this.#thread !== null;
  }

  holds(id: string): boolean {
    return this.#thread?.holds(id) ?? false;
  }

  forget(id: string): void {
    this.#thread?.forget(id);
  }

  /** Starts the thread. Where that fails, the first task tells it. */
  warm(): void {
    if (this.#closed) return;
    try {
      this.#thread ??= this.#newThread();
    } catch {
      // No thread could be made; the first task tries again.
    }
  }

  /** The slot must be free. */
  run(task: Task, options: RunOptions): Promise<TaskResult> {
    return new Promise((resolve) => {
      const { signal } = options;
      const abort = () => this.#stop(incident("aborted", "The task was aborted."));
      signal?.addEventListener("abort", abort, { once: true });
      this.#attempt = {
        epoch: ++this.#epochs,
        task,
        options,
        settle: (result) => {
          signal?.removeEventListener("abort", abort);
          resolve(result);
        },
        startedAt: null,
        threads: 0,
        stopping: null,
        disarm: () => undefined,
      };
      this.#begin(this.#attempt);
    });
  }

  /** Ends the thread; a running task ends as "aborted". */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#attempt !== null) this.#attempt.stopping ??= incident("aborted", "The executor was closed while the task ran.");
    await this.#thread?.end();
  }

  #begin(attempt: Attempt): void {
    attempt.threads += 1;
    attempt.disarm();
    const { task, epoch } = attempt;
    try {
      this.#thread ??= this.#newThread();
      const thread = this.#thread;
      thread.busy(true);
      attempt.disarm = deadline(this.#settings.startSeconds, () => void thread.end());
      if (task.shared !== null) thread.share(task.shared);
      const sharedId = task.shared?.id ?? null;
      thread.post({ kind: "run", epoch, module: task.module, export: task.export, input: task.input, sharedId });
    } catch (cause) {
      this.#finish(attempt, { incident: unpostable(cause) });
    }
  }

  #newThread(): SlotThread {
    return new SlotThread(
      { ...this.#settings, slot: this.number },
      {
        onMessage: (message) => this.#receive(message),
        onExit: (exit) => this.#exited(exit),
      },
    );
  }

  #receive(message: FromSlot): void {
    const attempt = this.#attempt;
    if (message.kind === "output") {
      const own = attempt !== null && message.epoch === attempt.epoch;
      this.#settings.onOutput(message.text, this.number, own ? attempt.task.key : null);
      return;
    }
    if (attempt === null || message.epoch !== attempt.epoch) return;
    if (message.kind === "started") this.#started(attempt);
    else if (message.kind === "report") attempt.options.onMessage?.(message.message);
    else this.#ended(attempt, message);
  }

  #started(attempt: Attempt): void {
    attempt.startedAt = performance.now();
    if (attempt.stopping === null) {
      attempt.disarm();
      const { timeoutSeconds } = attempt.task;
      const late = () => this.#stop(incident("timeout", `The task was cut off after its time limit of ${timeoutSeconds} s.`));
      attempt.disarm = deadline(timeoutSeconds, late);
    }
    attempt.options.onStart?.(this.number);
  }

  /** Tells the task to stop, and ends the thread where it doesn't. */
  #stop(why: Incident): void {
    const attempt = this.#attempt;
    const thread = this.#thread;
    if (attempt === null || thread === null || attempt.stopping !== null) return;
    attempt.stopping = why;
    attempt.disarm();
    thread.post({ kind: "abort", epoch: attempt.epoch, message: why.message });
    attempt.disarm = deadline(this.#settings.graceSeconds, () => void thread.end());
  }

  #ended(attempt: Attempt, ended: SlotEnded): void {
    const { outcome, wallSeconds, cpuSeconds } = ended;
    // What ended before its signal was aborted is whole, and stands: only the time limit makes it void.
    const isVoid = attempt.stopping !== null && (ended.told || attempt.stopping.kind === "timeout");
    if (isVoid) this.#finish(attempt, { incident: attempt.stopping as Incident, wallSeconds, cpuSeconds });
    else if (!outcome.ok) this.#finish(attempt, { incident: outcome.incident, wallSeconds, cpuSeconds });
    else this.#settle(attempt, { ok: true, value: outcome.value, slot: this.number, wallSeconds, cpuSeconds });
  }

  #exited(exit: ThreadExit): void {
    this.#thread = null;
    const attempt = this.#attempt;
    if (attempt === null) return;
    if (attempt.stopping !== null) this.#finish(attempt, { incident: attempt.stopping });
    // The thread died of what an earlier task left behind, before this one was taken up: that is not this one's fault.
    else if (attempt.startedAt === null && attempt.threads < threadsTried && !this.#closed) this.#begin(attempt);
    else this.#finish(attempt, { incident: attempt.startedAt === null ? unstarted(exit) : death(exit) });
  }

  #finish(attempt: Attempt, end: { incident: Incident; wallSeconds?: number; cpuSeconds?: number | null }): void {
    const { startedAt } = attempt;
    const wallSeconds = end.wallSeconds ?? (startedAt === null ? 0 : (performance.now() - startedAt) / 1000);
    this.#settle(attempt, { ok: false, incident: end.incident, slot: this.number, wallSeconds, cpuSeconds: end.cpuSeconds ?? null });
  }

  #settle(attempt: Attempt, result: TaskResult): void {
    attempt.disarm();
    this.#attempt = null;
    this.#thread?.busy(false);
    attempt.settle(Object.freeze(result));
  }
}

/** What a thread died of while a task ran. */
function death({ code, error }: ThreadExit): Incident {
  if (error === null) return incident("crash", `The task ended its worker, as process.exit() does (exit code ${code}).`);
  const told = incidentOf(error.value);
  if (isOutOfMemory(error.value)) {
    return incident("out-of-memory", "The worker's JavaScript heap reached its memory limit.");
  }
  const message = `An exception outside the task's promise ended its worker: ${told.message}`;
  return Object.freeze({ ...told, kind: "crash", message });
}

function unstarted(exit: ThreadExit): Incident {
  if (exit.error === null) return incident("crash", "The slot's worker did not start.");
  const told = death(exit);
  return Object.freeze({ ...told, message: `The slot's worker did not start. ${told.message}` });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === "ERR_WORKER_OUT_OF_MEMORY";
}

function unpostable(cause: unknown): Incident {
  const told = incidentOf(cause);
  const message = `The task's input and shared value must be plain data that can be copied between threads; got: ${told.message}`;
  return Object.freeze({ ...told, message });
}
