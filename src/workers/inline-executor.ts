import type { Executor, Incident, Task, TaskContext, TaskFunction } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, finite, optional } from "../core/options.ts";
import { chunkMs, shareCpu } from "./cpu-share.ts";
import { deadline } from "./deadline.ts";
import { incident, incidentOf } from "./incident.ts";
import { taskFunctions } from "./task-function.ts";
import { type QueuedTask, taskQueue, type TaskSource } from "./task-queue.ts";
import { threadCpuSeconds } from "./thread-cpu.ts";

export interface InlineExecutorOptions {
  /** Seconds that a task may take to stop after its signal is aborted, before it is given up. Default 2. */
  readonly graceSeconds?: number;
}

/**
 * Runs tasks in this thread, one at a time. Input, shared values and results are passed by reference, so they may hold
 * functions. What only a thread of its own could contain is not contained: an endless loop, a crash, a full heap, globals
 * that a task changes. What a task writes goes where the program's own goes, and no log of it comes with the result: other
 * code of the program may write at the same time.
 *
 * A time limit or an abort reaches a task only while it awaits something: its signal is aborted, and after the grace
 * time its result is given without it; what it goes on to do runs beside the next task. A task that never awaits runs
 * to its end, and its value stands. `cpuSeconds` are this thread's, other work that ran meanwhile included; of tasks that
 * take less than 5 ms together they are read once, and shared by wall time, and their results come together.
 *
 * @throws HpoError OPTION_INVALID
 */
export function inlineExecutor(options: InlineExecutorOptions = {}): Executor {
  checkOptions("inlineExecutor", options, { graceSeconds: optional(finite(0)) });
  const graceSeconds = options.graceSeconds ?? 2;
  const functionOf = taskFunctions();
  let closed = false;
  let running: InlineAttempt | null = null;
  let last: Promise<void> = Promise.resolve();
  /** The last reading of this thread's CPU seconds, and when it was made. */
  let read: { readonly at: number; readonly cpu: number | null } = { at: Number.NEGATIVE_INFINITY, cpu: null };

  /** Runs what comes until 5 ms are over. `over` is called once, when the slot is free again: a task that is given up leaves this behind, waiting for it. */
  async function burst(source: TaskSource, over: () => void): Promise<void> {
    // A turn of the event loop, so that a queue of tasks that never await lets results be stored and timers fire.
    await new Promise((resolve) => setImmediate(resolve));
    let ended: InlineAttempt[] = [];
    let cpu: number | null = null;
    let previous: Task | undefined;
    function give(): void {
      const now = threadCpuSeconds();
      const attempts = ended;
      ended = [];
      const walls = attempts.map(({ wallSeconds }) => wallSeconds);
      const shares = shareCpu(walls, cpu === null || now === null ? null : Math.max(0, now - cpu));
      for (let at = 0; at < attempts.length; at++) (attempts[at] as InlineAttempt).settle(shares[at] ?? null);
      cpu = now;
      read = { at: performance.now(), cpu: now };
    }
    function leave(attempt: InlineAttempt): void {
      ended.push(attempt);
      running = null;
      end();
    }
    function end(): void {
      clearTimeout(timer);
      give();
      over();
    }
    const began = performance.now();
    // What has ended does not wait for a task that awaits something.
    const timer = setTimeout(give, chunkMs);
    for (let now = began; now - began < chunkMs; now = running === null ? now : running.endedAt) {
      const item = source.take(previous);
      if (item === undefined) break;
      const attempt = new InlineAttempt(item, { graceSeconds, leave });
      running = attempt;
      item.onAbort = abortRunning;
      if (closed) attempt.stop(closedIncident, 0);
      try {
        const { module, export: name } = item.task;
        const found = functionOf(module, name);
        const run = typeof found === "function" ? found : await found;
        // Right after the last burst its reading serves: one takes longer than many a task.
        if (previous === undefined) cpu = began - read.at < 0.5 ? read.cpu : threadCpuSeconds();
        const returned = attempt.begin(run);
        attempt.end({ ok: true, value: isThenable(returned) ? await attempt.patient(returned) : returned });
      } catch (thrown) {
        attempt.end({ ok: false, incident: incidentOf(thrown) });
      }
      if (attempt.left) return;
      item.onAbort = nothing;
      ended.push(attempt);
      previous = item.task;
    }
    running = null;
    end();
  }

  function abortRunning(): void {
    running?.stop(abortedIncident, graceSeconds);
  }

  const queue = taskQueue(1, (source) => (last = new Promise((resolve) => void burst(source, resolve))));

  async function close(): Promise<void> {
    closed = true;
    queue.close();
    running?.stop(closedIncident, 0);
    await last;
  }

  return Object.freeze({
    name: "inline",
    slots: 1,
    start: queue.start,
    run: queue.add,
    warm: () => undefined,
    forget: () => undefined,
    close,
  });
}

const closedIncident = incident("aborted", "The executor was closed while the task ran.");
const abortedIncident = incident("aborted", "The task was aborted.");

function nothing(): void {
  // It has ended.
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === "function";
}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly incident: Incident };

/** One task that is being run. */
class InlineAttempt {
  /** The function's own, once it has ended. */
  wallSeconds = 0;
  /** performance.now() when it ended, or when it began. */
  endedAt = 0;
  /** It was given up; what comes of it is nobody's. */
  left = false;
  readonly item: QueuedTask;
  readonly #leave: (attempt: InlineAttempt) => void;
  #waits = false;
  #outcome: Outcome | undefined;
  #stopping: Incident | null = null;
  /** Made when it is asked for: most tasks never look at their signal, and it is the dearest part of a small one. */
  #controller: AbortController | undefined;
  #disarm: () => void;

  /** `leave`: called where the task is given up while it awaits something. */
  constructor(
    item: QueuedTask,
    { graceSeconds, leave }: { readonly graceSeconds: number; readonly leave: (attempt: InlineAttempt) => void },
  ) {
    this.item = item;
    this.#leave = leave;
    const { task, options } = item;
    options.onStart?.(0, task);
    const { timeoutSeconds } = task;
    const late = (): Incident => incident("timeout", `The task was cut off after its time limit of ${timeoutSeconds} s.`);
    this.#disarm = timeoutSeconds === null ? nothing : deadline(timeoutSeconds, () => this.stop(late(), graceSeconds));
  }

  /** Tells the task to stop, and gives it up where it doesn't. */
  stop(why: Incident, graceSeconds: number): void {
    if (this.#stopping !== null || this.#outcome !== undefined) return;
    this.#stopping = why;
    this.#disarm();
    this.#disarm = deadline(graceSeconds, () => {
      if (!this.#waits || this.left) return;
      this.left = true;
      this.wallSeconds = (performance.now() - this.endedAt) / 1000;
      this.#leave(this);
    });
    this.#controller?.abort(new HpoError("ABORTED", why.message));
  }

  /** What the task returns; nothing where it is to stop already. */
  begin(run: TaskFunction): unknown {
    this.endedAt = performance.now();
    return this.#stopping === null ? run(this.item.task.input as never, new InlineContext(this)) : undefined;
  }

  /** The same promise, during which the task can be given up. */
  patient(returned: PromiseLike<unknown>): PromiseLike<unknown> {
    this.#waits = true;
    return returned;
  }

  /** Takes what came of the task; the first time counts. */
  end(outcome: Outcome): void {
    if (this.left || this.#outcome !== undefined) return;
    this.#outcome = outcome;
    const now = performance.now();
    this.wallSeconds = (now - this.endedAt) / 1000;
    this.endedAt = now;
    this.#disarm();
  }

  /** Gives the result. */
  settle(cpuSeconds: number | null): void {
    this.#disarm();
    const { wallSeconds } = this;
    const why = this.#stopping;
    const outcome: Outcome = why !== null ? { ok: false, incident: why } : (this.#outcome as Outcome);
    this.item.settle(
      Object.freeze(
        outcome.ok
          ? { ok: true, value: outcome.value, slot: 0, wallSeconds, cpuSeconds }
          : { ok: false, incident: outcome.incident, slot: 0, wallSeconds, cpuSeconds },
      ),
    );
  }

  signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#stopping !== null && !this.#controller.signal.aborted) {
      this.#controller.abort(new HpoError("ABORTED", this.#stopping.message));
    }
    return this.#controller.signal;
  }

  report(message: unknown): void {
    const { task, options } = this.item;
    // Not in the task's own stack: what the listener throws is not the task's.
    if (this.#outcome === undefined && !this.left) queueMicrotask(() => options.onMessage?.(message, task));
  }
}

/** What a task sees of its attempt. */
class InlineContext implements TaskContext {
  readonly slot = 0;
  readonly shared: unknown;
  readonly #attempt: InlineAttempt;

  constructor(attempt: InlineAttempt) {
    this.#attempt = attempt;
    this.shared = attempt.item.task.shared?.value ?? null;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal();
  }

  get report(): TaskContext["report"] {
    return (message) => this.#attempt.report(message);
  }
}
