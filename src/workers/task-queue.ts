import { setMaxListeners } from "node:events";
import PQueue from "p-queue";
import type { Incident, Task, TaskResult } from "../core/executor.ts";
import { incident } from "./incident.ts";

/** Tasks that wait for a free slot: larger priority first, equal ones in the order in which they came. */
export interface TaskQueue {
  /** Calls `work` when a slot is free; a task that is aborted before ends at once and `work` is never called. */
  add(task: Task, signal: AbortSignal | undefined, work: () => Promise<TaskResult>): Promise<TaskResult>;
  /** Ends all that wait as "aborted", and all that come later. */
  close(): void;
}

/** An entry that ended while it waited stays in the queue as an empty call: taking it out would cost a search each. */
export function taskQueue(slots: number): TaskQueue {
  const queue = new PQueue({ concurrency: slots });
  const waiting = new Set<() => void>();
  let closed = false;

  function add(task: Task, signal: AbortSignal | undefined, work: () => Promise<TaskResult>): Promise<TaskResult> {
    if (closed) return Promise.resolve(neverStarted(closedIncident));
    if (signal?.aborted === true) return Promise.resolve(neverStarted(abortedIncident));
    return new Promise((resolve, reject) => {
      let held: (() => Promise<TaskResult>) | null = work;
      const leave = () => {
        held = null;
        waiting.delete(drop);
        signal?.removeEventListener("abort", drop);
      };
      const drop = () => {
        leave();
        resolve(neverStarted(closed ? closedIncident : abortedIncident));
      };
      waiting.add(drop);
      // A study has one signal for all its tasks; Node would take ten listeners for a leak.
      if (signal !== undefined) setMaxListeners(0, signal);
      signal?.addEventListener("abort", drop, { once: true });
      const turn = async (): Promise<void> => {
        const start = held;
        if (start === null) return;
        leave();
        resolve(await start());
      };
      queue.add(turn, { priority: rank(task.priority) }).catch(reject);
    });
  }

  return Object.freeze({
    add,
    close: () => {
      closed = true;
      for (const drop of [...waiting]) drop();
    },
  });
}

/** p-queue subtracts priorities: ∞ − ∞ and NaN would put the queue out of order. */
function rank(priority: number): number {
  if (Number.isNaN(priority)) return 0;
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, priority));
}

const abortedIncident: Incident = incident("aborted", "The task was aborted before it started.");
const closedIncident: Incident = incident("aborted", "The executor was closed before the task started.");

/** The result of a task that no slot has seen: slot −1. */
export function neverStarted(why: Incident): TaskResult {
  return Object.freeze({ ok: false, incident: why, slot: -1, wallSeconds: 0, cpuSeconds: null });
}
