import type { Executor, Incident, RunOptions, Task, TaskContext, TaskResult } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, finite, optional } from "../core/options.ts";
import { deadline } from "./deadline.ts";
import { incident, incidentOf } from "./incident.ts";
import { taskFunction } from "./task-function.ts";
import { taskQueue } from "./task-queue.ts";
import { cpuSecondsSince, threadCpuSeconds } from "./thread-cpu.ts";

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
 * to its end, and its value stands. `cpuSeconds` are this thread's, other work that ran meanwhile included.
 *
 * @throws HpoError OPTION_INVALID
 */
export function inlineExecutor(options: InlineExecutorOptions = {}): Executor {
  checkOptions("inlineExecutor", options, { graceSeconds: optional(finite(0)) });
  const graceSeconds = options.graceSeconds ?? 2;
  const queue = taskQueue(1);
  const closer = new AbortController();
  let last: Promise<unknown> = Promise.resolve();

  async function close(): Promise<void> {
    queue.close();
    closer.abort();
    await last;
  }

  return Object.freeze({
    name: "inline",
    slots: 1,
    run: (task: Task, runOptions: RunOptions = {}): Promise<TaskResult> =>
      queue.add(task, runOptions.signal, () => {
        const attempt = runInline(task, runOptions, { closed: closer.signal, graceSeconds });
        last = attempt;
        return attempt;
      }),
    warm: () => undefined,
    forget: () => undefined,
    close,
  });
}

async function runInline(task: Task, options: RunOptions, limits: { closed: AbortSignal; graceSeconds: number }): Promise<TaskResult> {
  const controller = new AbortController();
  let stopping: Incident | null = null;
  let giveUp: () => void = () => undefined;
  const givenUp = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  let disarm: () => void = () => undefined;
  const stop = (why: Incident, graceSeconds: number): void => {
    if (stopping !== null) return;
    stopping = why;
    disarm();
    disarm = deadline(graceSeconds, giveUp);
    controller.abort(new HpoError("ABORTED", why.message));
  };
  const { timeoutSeconds } = task;
  const late = incident("timeout", `The task was cut off after its time limit of ${timeoutSeconds} s.`);
  const onAbort = () => stop(incident("aborted", "The task was aborted."), limits.graceSeconds);
  const onClose = () => stop(incident("aborted", "The executor was closed while the task ran."), 0);
  options.signal?.addEventListener("abort", onAbort, { once: true });
  limits.closed.addEventListener("abort", onClose, { once: true });
  disarm = deadline(timeoutSeconds, () => stop(late, limits.graceSeconds));

  options.onStart?.(0);
  const clock: { wall: number; cpu: number | null } = { wall: performance.now(), cpu: null };
  let open = true;
  const context: TaskContext = Object.freeze({
    slot: 0,
    shared: task.shared === null ? null : task.shared.value,
    signal: controller.signal,
    report: (message: unknown) => {
      // Not in the task's own stack: what the listener throws is not the task's.
      if (open) queueMicrotask(() => options.onMessage?.(message));
    },
  });
  const outcome = await Promise.race([attempt(task, context, clock), givenUp]);
  open = false;
  disarm();
  options.signal?.removeEventListener("abort", onAbort);
  limits.closed.removeEventListener("abort", onClose);

  const spent = { slot: 0, wallSeconds: (performance.now() - clock.wall) / 1000, cpuSeconds: cpuSecondsSince(clock.cpu) };
  if (stopping !== null || outcome === undefined) return Object.freeze({ ok: false, incident: stopping ?? late, ...spent });
  return Object.freeze({ ...outcome, ...spent });
}

type Outcome = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly incident: Incident };

/** Starts the clock anew when the module is there: the seconds are the function's. */
async function attempt(task: Task, context: TaskContext, clock: { wall: number; cpu: number | null }): Promise<Outcome> {
  try {
    // A turn of the event loop, so that a queue of tasks that never await lets results be stored and timers fire.
    await new Promise((resolve) => setImmediate(resolve));
    const run = await taskFunction(task.module, task.export);
    context.signal.throwIfAborted();
    clock.wall = performance.now();
    clock.cpu = threadCpuSeconds();
    return { ok: true, value: await run(task.input as never, context) };
  } catch (thrown) {
    return { ok: false, incident: incidentOf(thrown) };
  }
}
