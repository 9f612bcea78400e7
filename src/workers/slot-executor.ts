import type { Executor, Task } from "../core/executor.ts";
import { Slot, type SlotSettings } from "./slot.ts";
import type { SlotHost, SlotHostEvents } from "./slot-host.ts";
import { taskPace } from "./task-pace.ts";
import { taskQueue } from "./task-queue.ts";

/** Makes what a slot's tasks run in. */
export type NewHost = (slot: number, events: SlotHostEvents) => SlotHost;

export interface SlotExecutorOptions extends Omit<SlotSettings, "host"> {
  readonly name: Executor["name"];
  readonly slots: number;
  readonly host: NewHost;
  /** For tasks that work in the memory of this process; left out: they run in the same host as all. */
  readonly hostInside?: NewHost;
}

/** Characters of output kept for each task, so that a talkative loop can't fill the memory. */
export const outputLength = 65536;
export const mostSlots = 1024;

/** A number of the executor's slots: where tasks run, and where those run that work in the memory of this process. One of them works at a time. */
interface Place {
  readonly apart: Slot;
  readonly inside: Slot;
}

/** The queue, the pace and the slots of an executor. */
export function slotExecutor({ name, slots: count, host, hostInside = host, ...settings }: SlotExecutorOptions): Executor {
  const pace = taskPace();
  const places = Array.from({ length: count }, (_, number): Place => {
    const apart = new Slot(number, { ...settings, host });
    return { apart, inside: hostInside === host ? apart : new Slot(number, { ...settings, host: hostInside }) };
  });
  const slots = [...new Set(places.flatMap(({ apart, inside }) => [apart, inside]))];
  let closing: Promise<void> | null = null;
  const queue = taskQueue(count, async (source) => {
    const first = source.take();
    if (first === undefined) return;
    // All slots get some of what waits.
    const share = Math.ceil((source.waiting + 1) / count);
    const tasks = [first, ...source.takeLike(first, Math.min(share, pace.batch(first.task)) - 1)];
    const { left, slowestSeconds } = await bestFree(places, first.task).run(tasks);
    pace.told(first.task, slowestSeconds);
    source.giveBack(left);
  });

  async function close(): Promise<void> {
    queue.close();
    await Promise.all(slots.map((slot) => slot.close()));
  }

  return Object.freeze({
    name,
    slots: count,
    start: queue.start,
    run: queue.add,
    warm: (wanted: number) => {
      // Which of the two the first tasks will need is not known.
      if (hostInside === host) for (const slot of slots.slice(0, wanted)) slot.warm();
    },
    forget: (id: string) => {
      for (const slot of slots) slot.forget(id);
    },
    close: () => (closing ??= close()),
  });
}

/** The free slot that has the shared value, else one whose host runs, else the first: none is made for nothing. */
function bestFree(places: readonly Place[], task: Task): Slot {
  const free = places
    .filter(({ apart, inside }) => apart.free && inside.free)
    .map(({ apart, inside }) => (task.inside === true ? inside : apart));
  const id = task.shared?.id;
  const best = free.find((slot) => id !== undefined && slot.holds(id)) ?? free.find((slot) => slot.started) ?? free[0];
  if (best === undefined) throw new Error("slotExecutor(): the queue started a task while no slot was free.");
  return best;
}
