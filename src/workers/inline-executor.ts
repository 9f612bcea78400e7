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
 * functions. What only a thread of its own could contain is not contained: an endless loop, a crash, a full heap.
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

  /** Runs what comes until 5 ms are over. */
  async function work(source: TaskSource): Promise<void> {
    // A turn of the event loop, so that a queue of tasks that never await lets results be stored and timers fire.
    await new Promise((resolve) => setImmediate(resolve));
    let ended: InlineAttempt[] = [];
    let cpu: number | null = null;
    let previous: Task | undefined;
    function give(): void {
      const now = threadCpuSeconds();
      const walls = ended.map(({ wallSeconds }) => wallSeconds);
      const shares = shareCpu(walls, cpu === null || now === null ? null : Math.max(0, now - cpu));
      for (let at = 0; at < ended.length; at++) (ended[at] as InlineAttempt).settle(shares[at] ?? null);
      ended = [];
      cpu = now;
      read = { at: performance.now(), cpu: now };
    }
    const began = performance.now();
    // What has ended does not wait for a task that awaits something.
    const timer = setTimeout(give, chunkMs);
    for (let first = true; first || performance.now() - began < chunkMs; first = false) {
      const item = source.take(previous);
      if (item === undefined) break;
      previous = item.task;
      running = new InlineAttempt(item, graceSeconds);
      if (closed) running.stop(closedIncident, 0);
      try {
        const { module, export: name } = item.task;
        const found = functionOf(module, name);
        const run = typeof found === "function" ? found : await found;
        // Right after the last burst its reading serves: one takes longer than many a task.
        if (first) cpu = performance.now() - read.at < 0.5 ? read.cpu : threadCpuSeconds();
        await running.run(run);
      } catch (thrown) {
        running.fail(thrown);
      }
      ended.push(running);
      running = null;
    }
    clearTimeout(timer);
    give();
  }

  const queue = taskQueue(1, (source) => (last = work(source)));

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

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly incident: Incident };

/** One task that is being run. */
class InlineAttempt {
  /** The function's own, once it has ended. */
  wallSeconds = 0;
  readonly #item: QueuedTask;
  #startedAt = performance.now();
  #outcome: Outcome | undefined;
  #stopping: Incident | null = null;
  /** Made when it is asked for: most tasks never look at their signal, and it is the dearest part of a small one. */
  #controller: AbortController | undefined;
  #disarm: () => void;
  /** Ends the waiting for what the task returned. */
  #leave: () => void = () => undefined;
  #givenUp = false;

  constructor(item: QueuedTask, graceSeconds: number) {
    this.#item = item;
    const { task, options } = item;
    item.onAbort = () => this.stop(incident("aborted", "The task was aborted."), graceSeconds);
    options.onStart?.(0, task);
    const { timeoutSeconds } = task;
    const late = (): Incident => incident("timeout", `The task was cut off after its time limit of ${timeoutSeconds} s.`);
    this.#disarm = deadline(timeoutSeconds, () => this.stop(late(), graceSeconds));
  }

  /** Tells the task to stop, and gives it up where it doesn't. */
  stop(why: Incident, graceSeconds: number): void {
    if (this.#stopping !== null || this.#outcome !== undefined) return;
    this.#stopping = why;
    this.#disarm();
    this.#disarm = deadline(graceSeconds, () => {
      this.#givenUp = true;
      this.#leave();
    });
    this.#controller?.abort(new HpoError("ABORTED", why.message));
  }

  /** Resolves when the task has ended or was given up. */
  async run(run: TaskFunction): Promise<void> {
    if (this.#stopping !== null) return;
    this.#startedAt = performance.now();
    try {
      const returned = run(this.#item.task.input as never, this.#context());
      const value = typeof returned === "object" && returned !== null ? await this.#ended(returned) : returned;
      if (!this.#givenUp) this.#end({ ok: true, value });
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  fail(thrown: unknown): void {
    if (!this.#givenUp) this.#end({ ok: false, incident: incidentOf(thrown) });
  }

  /** Gives the result. */
  settle(cpuSeconds: number | null): void {
    this.#disarm();
    const spent = { slot: 0, wallSeconds: this.wallSeconds, cpuSeconds };
    const outcome = this.#outcome ?? { ok: false as const, incident: this.#stopping ?? closedIncident };
    const result = this.#stopping === null ? outcome : { ok: false as const, incident: this.#stopping };
    this.#item.settle(
      Object.freeze(result.ok ? { ok: true, value: result.value, ...spent } : { ok: false, incident: result.incident, ...spent }),
    );
  }

  #end(outcome: Outcome): void {
    this.#outcome = outcome;
    this.wallSeconds = (performance.now() - this.#startedAt) / 1000;
    this.#disarm();
  }

  #ended(returned: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#leave = () => {
        this.wallSeconds = (performance.now() - this.#startedAt) / 1000;
        resolve(undefined);
      };
      // A thenable of the task's own may do anything.
      Promise.resolve(returned).then(resolve, reject);
    });
  }

  #context(): TaskContext {
    const { task, options } = this.#item;
    const signal = (): AbortSignal => this.#signal();
    const report = (message: unknown): void => {
      // Not in the task's own stack: what the listener throws is not the task's.
      if (this.#outcome === undefined && !this.#givenUp) queueMicrotask(() => options.onMessage?.(message, task));
    };
    return Object.freeze({
      slot: 0,
      shared: task.shared === null ? null : task.shared.value,
      get signal() {
        return signal();
      },
      report,
    });
  }

  #signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#stopping !== null && !this.#controller.signal.aborted) {
      this.#controller.abort(new HpoError("ABORTED", this.#stopping.message));
    }
    return this.#controller.signal;
  }
}
