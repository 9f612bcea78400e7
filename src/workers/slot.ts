import type { Incident, TaskSpent } from "../core/executor.ts";
import { deadline } from "./deadline.ts";
import { incident, incidentOf } from "./incident.ts";
import type { LogRest } from "./log-ring.ts";
import { type Batch, type BatchEnd, hear, heard, newBatch } from "./slot-batch.ts";
import { type HostExit, notStarted, type SlotHost, type SlotHostEvents } from "./slot-host.ts";
import type { Epoch, FromSlot, SlotEnded, TaskEnded } from "./slot-messages.ts";
import type { QueuedTask } from "./task-queue.ts";

export interface SlotSettings {
  readonly graceSeconds: number;
  readonly startSeconds: number;
  /** Makes what the tasks run in; may throw. */
  readonly host: (slot: number, events: SlotHostEvents) => SlotHost;
  readonly onOutput: (text: string, slot: number, taskKey: string | null) => void;
}

const hostsTried = 2;

/** A batch is begun to take 5 ms: one that takes so long has a task in it that is long by itself, or that an earlier one keeps from ending. */
const batchSeconds = 5;

/**
 * A place where one task at a time runs. It owns at most one host, made when a task needs it and replaced when a task
 * destroys it. Invariant: when a task's result is given, nothing of it runs any more (except a native call
 * that can't be interrupted), so that nobody else writes where the next one does.
 *
 * Small tasks come in batches. Where something happens to a batch of several, or it does not end, no task can be charged with
 * it: those that have no result are given back, to be run alone.
 */
export class Slot {
  readonly number: number;
  readonly #settings: SlotSettings;
  #host: SlotHost | null = null;
  #batch: Batch | null = null;
  #epochs: Epoch = 0;
  /** Tasks that the host has ended. */
  #ran = 0;
  #closed = false;

  constructor(number: number, settings: SlotSettings) {
    this.number = number;
    this.#settings = settings;
  }

  get free(): boolean {
    return this.#batch === null;
  }

  get started(): boolean {
    return this.#host !== null;
  }

  holds(id: string): boolean {
    return this.#host?.held.holds(id) ?? false;
  }

  forget(id: string): void {
    this.#host?.held.forget(id);
  }

  /** Starts the host. Where that fails, the first task tells it. */
  warm(): void {
    if (this.#closed) return;
    try {
      this.#host ??= this.#newHost();
    } catch {
      // None could be made; the first task tries again.
    }
  }

  /** Runs tasks that call the same function with the same shared value. The slot must be free. */
  run(tasks: readonly QueuedTask[]): Promise<BatchEnd> {
    return new Promise((resolve) => {
      const batch = newBatch({ epoch: ++this.#epochs, tasks, end: resolve });
      for (const one of tasks) one.onAbort = () => this.#abort(batch, one);
      this.#batch = batch;
      this.#begin(batch);
    });
  }

  /** Ends the host; running tasks end as "aborted". */
  async close(): Promise<void> {
    this.#closed = true;
    const batch = this.#batch;
    if (batch !== null) {
      batch.stopping ??= incident("aborted", "The executor was closed while the task ran.");
      for (const one of batch.tasks) batch.stopped.add(one);
    }
    await this.#host?.end();
  }

  #begin(batch: Batch): void {
    batch.hosts += 1;
    batch.startedAt = null;
    batch.logs.length = 0;
    batch.disarm();
    const { epoch, tasks } = batch;
    const { task } = tasks[0] as QueuedTask;
    try {
      this.#host ??= this.#newHost();
      const host = this.#host;
      host.busy(true);
      if (task.shared !== null) host.held.share(task.shared);
      const inputs = tasks.map((one) => one.task.input);
      host.post({ kind: "run", epoch, module: task.module, export: task.export, inputs, sharedId: task.shared?.id ?? null });
      host.whenSent(() => {
        if (this.#batch !== batch || this.#host !== host || batch.startedAt !== null || batch.stopping !== null) return;
        batch.disarm = deadline(this.#settings.startSeconds, () => void host.end());
      });
    } catch (cause) {
      this.#finish(batch, unpostable(cause));
    }
  }

  #newHost(): SlotHost {
    this.#ran = 0;
    return this.#settings.host(this.number, {
      onMessage: (message) => this.#receive(message),
      onExit: (exit) => this.#exited(exit),
    });
  }

  #receive(message: FromSlot): void {
    const batch = this.#batch;
    if (message.kind === "output") {
      const own = batch !== null && message.epoch === batch.epoch ? batch.tasks[message.index] : undefined;
      if (batch !== null && own !== undefined) hear(batch, message.index, message.text);
      this.#settings.onOutput(message.text + (message.note ?? ""), this.number, own?.task.key ?? null);
      return;
    }
    if (message.kind === "child" || batch === null || message.epoch !== batch.epoch) return;
    if (message.kind === "started") this.#started(batch);
    else if (message.kind === "report") {
      this.#begunTo(batch, message.index);
      const one = batch.tasks[message.index];
      one?.options.onMessage?.(message.message, one.task);
    } else this.#ended(batch, message);
  }

  #started(batch: Batch): void {
    batch.startedAt = performance.now();
    if (batch.stopping === null) {
      batch.disarm();
      const { timeoutSeconds } = (batch.tasks[0] as QueuedTask).task;
      const single = batch.tasks.length === 1;
      const limit = single ? timeoutSeconds : Math.min(timeoutSeconds ?? batchSeconds, batchSeconds);
      const late = () => {
        const why = incident("timeout", `The task was cut off after its time limit of ${limit} s.`);
        this.#stop(batch, why, single ? batch.tasks : []);
      };
      batch.disarm = deadline(limit, late);
    }
    this.#begunTo(batch, 0);
  }

  /** Says of the tasks up to this one that they have begun, where it was not said. */
  #begunTo(batch: Batch, index: number): void {
    for (; batch.begun <= index; batch.begun++) {
      const one = batch.tasks[batch.begun];
      one?.options.onStart?.(this.number, one.task);
    }
  }

  #abort(batch: Batch, task: QueuedTask): void {
    if (this.#batch !== batch) return;
    if (batch.stopping?.kind === "aborted") batch.stopped.add(task);
    else this.#stop(batch, incident("aborted", "The task was aborted."), [task]);
  }

  /** Tells the batch to stop, and ends the host where it doesn't. */
  #stop(batch: Batch, why: Incident, stopped: readonly QueuedTask[]): void {
    const host = this.#host;
    if (this.#batch !== batch || host === null || batch.stopping !== null) return;
    batch.stopping = why;
    for (const one of stopped) batch.stopped.add(one);
    batch.disarm();
    host.post({ kind: "abort", epoch: batch.epoch, message: why.message });
    batch.disarm = deadline(this.#settings.graceSeconds, () => void host.end());
  }

  /** Takes what the tasks came to; where they changed what all tasks of their host share, once the host has ended. */
  #ended(batch: Batch, ended: SlotEnded): void {
    this.#ran += ended.ends.length;
    if (ended.changed === null) return this.#take(batch, ended);
    batch.disarm();
    batch.last = ended;
    void this.#host?.end();
  }

  #take(batch: Batch, { ends, changed }: SlotEnded): void {
    const { tasks, stopping, stopped } = batch;
    const left: QueuedTask[] = [];
    // Which of several changed it, and which have its results, is not known: they are run again, each alone.
    if (changed !== null && tasks.length > 1) return this.#finish(batch, null);
    for (const [at, one] of tasks.entries()) {
      const end = ends[at];
      if (end === undefined) {
        if (stopping !== null && stopped.has(one)) this.#settle(one, { ok: false, incident: stopping });
        else left.push(one);
        continue;
      }
      this.#begunTo(batch, at);
      const { outcome, told, rest } = end;
      const spent = { wallSeconds: end.wallSeconds, cpuSeconds: end.cpuSeconds, ...heard(batch, at, rest) };
      // What ended before its signal was aborted is whole, and stands: only the time limit makes it void.
      if (stopping !== null && stopped.has(one) && (told || stopping.kind === "timeout")) {
        this.#settle(one, { ok: false, incident: stopping }, spent);
      } else if (told && !stopped.has(one)) {
        // One of several may be what takes so long.
        one.alone = stopping?.kind === "timeout";
        left.push(one);
      } else this.#settle(one, outcome, spent);
    }
    this.#leave(batch, { left, slowestSeconds: Math.max(...ends.map(({ wallSeconds }) => wallSeconds)) });
  }

  #exited(exit: HostExit): void {
    this.#host = null;
    const batch = this.#batch;
    if (batch === null) return;
    const unstarted = batch.startedAt === null;
    // What an earlier task left behind may have killed the host: then this one is not to blame, and has another.
    const blameless = (unstarted || (this.#ran > 0 && batch.tasks.length === 1)) && batch.hosts < hostsTried && !this.#closed;
    if (batch.last !== null) this.#take(batch, batch.last);
    else if (batch.stopping !== null) this.#finish(batch, batch.stopping, exit.rest);
    else if (blameless) this.#begin(batch);
    else this.#finish(batch, unstarted ? notStarted(exit) : exit.why, exit.rest);
  }

  /** Ends a batch of which nothing came: with the incident, where it can be charged to a task. `rest`: the end of what the one that ran wrote. */
  #finish(batch: Batch, why: Incident | null, rest?: LogRest): void {
    const { tasks, stopped, startedAt } = batch;
    const wallSeconds = startedAt === null ? 0 : (performance.now() - startedAt) / 1000;
    const left: QueuedTask[] = [];
    for (const [at, one] of tasks.entries()) {
      const own = rest?.epoch === batch.epoch && rest.index === at ? rest : undefined;
      const spent = { wallSeconds, cpuSeconds: null, ...heard(batch, at, own) };
      if (why !== null && (tasks.length === 1 || stopped.has(one))) this.#settle(one, { ok: false, incident: why }, spent);
      else {
        one.alone = true;
        left.push(one);
      }
    }
    this.#leave(batch, { left, slowestSeconds: null });
  }

  #leave(batch: Batch, end: BatchEnd): void {
    batch.disarm();
    this.#batch = null;
    this.#host?.busy(false);
    batch.end(end);
  }

  #settle(one: QueuedTask, outcome: TaskEnded["outcome"], spent: Omit<TaskSpent, "slot"> = unspent): void {
    one.settle(Object.freeze({ ...outcome, slot: this.number, ...spent }));
  }
}

const unspent = Object.freeze({ wallSeconds: 0, cpuSeconds: null });

function unpostable(cause: unknown): Incident {
  const told = incidentOf(cause);
  const message = `The task's input and shared value must be plain data that can be copied between threads; got: ${told.message}`;
  return Object.freeze({ ...told, message });
}
