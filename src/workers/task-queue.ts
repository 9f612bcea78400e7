import { setMaxListeners } from "node:events";
import PQueue from "p-queue";
import type { Executor, Incident, RunOptions, Task, TaskResult, TaskRun } from "../core/executor.ts";
import { incident } from "./incident.ts";

/** A task from when it is handed to an executor until its result is given. */
export interface QueuedTask {
  readonly task: Task;
  readonly options: TaskRun;
  /** Called when its signal is aborted while a slot has it; set by who runs it. */
  onAbort: () => void;
  /** It was cut off with others, for what none of them could be charged: it runs without company. */
  alone: boolean;
  settle(result: TaskResult): void;
}

/** Where a free slot gets its tasks. */
export interface TaskSource {
  /** The first in line; undefined where nothing waits, or where it is optional and may be withdrawn for what comes of `previous`, which has not been told yet. */
  take(previous?: Task): QueuedTask | undefined;
  /** At most `count` that follow in line and call the same function with the same shared value, up to the first that does not. */
  takeLike(first: QueuedTask, count: number): QueuedTask[];
  /** Puts back what was taken and not begun, before all of equal priority. */
  giveBack(tasks: readonly QueuedTask[]): void;
  /** How many wait. */
  readonly waiting: number;
}

/** Tasks that wait for a free slot: larger priority first, equal ones in the order in which they came. */
export interface TaskQueue {
  /** A task that is aborted before a slot takes it ends at once. */
  readonly start: Executor["start"];
  /** The same as a promise. */
  readonly add: Executor["run"];
  /** Ends all that wait as "aborted", and all that come later. */
  close(): void;
}

/** How many tasks listen to a signal. */
interface Watch {
  readonly signal: AbortSignal;
  tasks: number;
}

/** One that ended while it waited stays in its line until it comes up: taking it out would cost a search each. */
class Entry implements QueuedTask {
  state: "waiting" | "taken" | "ended" = "waiting";
  alone = false;
  onAbort: () => void = nothing;
  readonly task: Task;
  readonly options: TaskRun;
  readonly watches: readonly [Watch | undefined, Watch | undefined];
  readonly #ended: (entry: Entry) => void;

  constructor(task: Task, options: TaskRun, { watches, ended }: Pick<Entry, "watches"> & { readonly ended: (entry: Entry) => void }) {
    this.task = task;
    this.options = options;
    this.watches = watches;
    this.#ended = ended;
  }

  settle(result: TaskResult): void {
    if (this.state === "ended") return;
    this.#ended(this);
    this.options.onEnd(result, this.task);
  }
}

/** Tasks of one priority. */
interface Line {
  readonly rank: number;
  entries: Entry[];
  /** The first that was not taken. */
  head: number;
}

/** More than a result needs on its way from the executor to what becomes of it. */
const turnsToReact = 32;

/** `serve` is called while tasks wait, at most `slots` times at once; when it resolves, its slot is free again. */
export function taskQueue(slots: number, serve: (source: TaskSource) => Promise<void>): TaskQueue {
  const turns = new PQueue({ concurrency: slots });
  /** By rank, the largest first. */
  const lines: Line[] = [];
  /** Those that slots have. */
  const taken = new Set<Entry>();
  const watched = new Map<AbortSignal, Watch>();
  let waiting = 0;
  let serving = 0;
  let closed = false;

  function line(priority: number): Line {
    const rank = Number.isNaN(priority) ? 0 : priority;
    let at = 0;
    while (at < lines.length && (lines[at] as Line).rank > rank) at++;
    const found = lines[at];
    if (found?.rank === rank) return found;
    const made: Line = { rank, entries: [], head: 0 };
    lines.splice(at, 0, made);
    return made;
  }

  /** The first that waits, still in its line: the first one. */
  function first(): Entry | undefined {
    for (let next = lines[0]; next !== undefined; next = lines[0]) {
      for (; next.head < next.entries.length; next.head++) {
        const entry = next.entries[next.head] as Entry;
        if (entry.state === "waiting") return entry;
      }
      lines.shift();
    }
    return undefined;
  }

  /** Takes what `first()` gave. */
  function take(entry: Entry): Entry {
    const own = lines[0] as Line;
    own.head++;
    if (own.head > 1024 && own.head * 2 > own.entries.length) {
      own.entries = own.entries.slice(own.head);
      own.head = 0;
    }
    entry.state = "taken";
    taken.add(entry);
    waiting--;
    return entry;
  }

  const source: TaskSource = {
    take(previous) {
      const entry = first();
      if (entry === undefined) return undefined;
      const waits = previous !== undefined && entry.task.optional === true && entry.task.priority !== previous.priority;
      return waits ? undefined : take(entry);
    },
    takeLike({ task, alone }, count) {
      const like: QueuedTask[] = [];
      if (alone) return like;
      const same = (entry: Entry): boolean =>
        !entry.alone &&
        (entry.task.optional !== true || entry.task.priority === task.priority) &&
        entry.task.export === task.export &&
        entry.task.module === task.module &&
        entry.task.shared?.id === task.shared?.id &&
        entry.task.inside === task.inside &&
        entry.task.timeoutSeconds === task.timeoutSeconds;
      while (like.length < count) {
        const next = first();
        if (next === undefined || !same(next)) break;
        like.push(take(next));
      }
      return like;
    },
    giveBack(tasks) {
      for (const entry of (tasks as readonly Entry[]).toReversed()) {
        if (entry.state !== "taken") continue;
        const own = line(entry.task.priority);
        entry.state = "waiting";
        entry.onAbort = nothing;
        taken.delete(entry);
        waiting++;
        if (own.head > 0) own.entries[--own.head] = entry;
        else own.entries.unshift(entry);
        const { signal, waitSignal } = entry.options;
        if (closed || signal?.aborted === true || waitSignal?.aborted === true) drop(entry);
      }
      pump();
    },
    get waiting() {
      return waiting;
    },
  };

  function drop(entry: Entry): void {
    entry.settle(neverStarted(closed ? closedIncident : abortedIncident));
  }

  /** One listener for all tasks of a signal: a study has one for all of them. */
  function watch(signal: AbortSignal | undefined): Watch | undefined {
    if (signal === undefined) return undefined;
    const known = watched.get(signal);
    if (known !== undefined) {
      known.tasks++;
      return known;
    }
    const made: Watch = { signal, tasks: 1 };
    watched.set(signal, made);
    // Several executors may listen to one signal; Node would take ten for a leak.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", aborted, { once: true });
    return made;
  }

  function unwatch(watch: Watch | undefined): void {
    if (watch === undefined) return;
    watch.tasks--;
    if (watch.tasks === 0 && serving === 0) forget(watch.signal);
  }

  function forget(signal: AbortSignal): void {
    signal.removeEventListener("abort", aborted);
    watched.delete(signal);
  }

  function aborted(this: AbortSignal): void {
    const waits = lines.flatMap(({ entries, head }) =>
      entries.slice(head).filter(({ state, options }) => state === "waiting" && (options.signal === this || options.waitSignal === this)),
    );
    for (const entry of waits) if (entry.state === "waiting") drop(entry);
    for (const entry of [...taken]) if (entry.options.signal === this) entry.onAbort();
  }

  function pump(): void {
    if (serving >= slots || waiting === 0) return;
    serving++;
    void turns.add(turn);
  }

  async function turn(): Promise<void> {
    try {
      for (let next = first(); next !== undefined; next = first()) {
        await serve(source);
        // What becomes of a result may make the next task needless: that takes a few microtasks.
        for (let turn = 0; turn < turnsToReact && next.task.optional === true; turn++) await Promise.resolve();
      }
    } finally {
      serving--;
      if (serving === 0) for (const { signal, tasks } of watched.values()) if (tasks === 0) forget(signal);
      pump();
    }
  }

  function ended(entry: Entry): void {
    if (entry.state === "waiting") waiting--;
    else taken.delete(entry);
    entry.state = "ended";
    const [running, before] = entry.watches;
    unwatch(running);
    unwatch(before);
  }

  function start(task: Task, options: TaskRun): void {
    const { signal, waitSignal } = options;
    if (closed || signal?.aborted === true || waitSignal?.aborted === true) {
      const result = neverStarted(closed ? closedIncident : abortedIncident);
      queueMicrotask(() => options.onEnd(result, task));
      return;
    }
    line(task.priority).entries.push(new Entry(task, options, { watches: [watch(signal), watch(waitSignal)], ended }));
    waiting++;
    pump();
  }

  return Object.freeze({
    start,
    add: (task: Task, options: RunOptions = {}) =>
      new Promise<TaskResult>((resolve) => {
        start(task, { ...options, onEnd: resolve });
      }),
    close: () => {
      closed = true;
      for (const { entries, head } of lines) {
        for (const entry of entries.slice(head)) if (entry.state === "waiting") drop(entry);
      }
    },
  });
}

function nothing(): void {
  // No slot has it.
}

const abortedIncident: Incident = incident("aborted", "The task was aborted before it started.");
const closedIncident: Incident = incident("aborted", "The executor was closed before the task started.");

/** The result of a task that no slot has seen: slot −1. */
function neverStarted(why: Incident): TaskResult {
  return Object.freeze({ ok: false, incident: why, slot: -1, wallSeconds: 0, cpuSeconds: null });
}
