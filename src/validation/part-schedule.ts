import type { SolverPart, SolverPlan, SolverStage } from "../core/estimator.ts";

export interface PartScheduleOptions {
  /** Keys of durable parts whose bytes are there when it begins. */
  readonly stored: { has(key: string): boolean };
  /** Requests that have their outcome; may grow while the schedule is used. */
  readonly ended: ReadonlySet<number>;
  /** Names of arena stages whose contents are there already. */
  readonly held: ReadonlySet<string>;
}

/** A part with its place in the plan. */
export interface ScheduledPart {
  readonly part: SolverPart;
  readonly stage: SolverStage;
  /** Larger runs earlier: by stage, then by cost. */
  readonly priority: number;
}

/** Decides what of a plan may run. A state machine; its answers follow from what it was told, in whatever order. */
export interface PartSchedule {
  /** Parts that may start now and were not handed out before: earlier stages first, then the longest first. */
  take(): readonly ScheduledPart[];
  done(key: string): void;
  failed(key: string): void;
  /** Nothing runs, and nothing will. */
  finished(): boolean;
  /** Every part of the stage was run, and none failed. */
  complete(stage: SolverStage): boolean;
  /** The first part in plan order that failed for a request, of those that ended so far. */
  failureOf(request: number): string | undefined;
  /** For a failed request: all its parts before the failed one have ended, so that the failure is the first in plan order. */
  settled(request: number): boolean;
}

interface Entry extends ScheduledPart {
  /** Position in plan order. */
  readonly order: number;
  state: "waiting" | "open" | "done" | "failed";
}

interface StageQueue {
  readonly stage: SolverStage;
  waiting: Entry[];
  open: number;
}

/**
 * A part may start when the stages in its stage's `needs` have ended and the parts that it reads are there. It is not
 * started once each of its requests has ended or has failed before it in plan order: so which incident a request is told
 * does not depend on what came first.
 */
export function partSchedule(plan: SolverPlan, options: PartScheduleOptions): PartSchedule {
  const { ended, stored } = options;
  const entries = new Map<string, Entry>();
  const queues = new Map<string, StageQueue>();
  /** Orders of the first failed parts, by request. */
  const failures = new Map<number, { readonly order: number; readonly key: string }>();
  const wanted = wantedParts(plan, options);
  let order = 0;
  for (const [at, stage] of plan.stages.entries()) {
    const waiting: Entry[] = [];
    for (const part of stage.parts) {
      order++;
      if (!wanted.has(part.key)) continue;
      // The cost orders the parts of a stage, and never outweighs the stage.
      const priority = plan.stages.length - at + part.cost / (1 + part.cost);
      const entry: Entry = { part, stage, order, priority, state: "waiting" };
      entries.set(part.key, entry);
      waiting.push(entry);
    }
    waiting.sort((a, b) => b.part.cost - a.part.cost || a.order - b.order);
    queues.set(stage.name, { stage, waiting, open: 0 });
  }

  function alive({ part, order: place }: Entry): boolean {
    return part.requests.some((request) => !ended.has(request) && place < (failures.get(request)?.order ?? Infinity));
  }

  function over(name: string): boolean {
    const queue = queues.get(name);
    return queue === undefined || (queue.open === 0 && !queue.waiting.some(alive));
  }

  function readable(key: string): boolean {
    return stored.has(key) || entries.get(key)?.state === "done";
  }

  function end(key: string, state: "done" | "failed"): Entry {
    const entry = entries.get(key);
    if (entry?.state !== "open") throw new RangeError(`partSchedule: the part ${key} does not run.`);
    entry.state = state;
    (queues.get(entry.stage.name) as StageQueue).open--;
    return entry;
  }

  return {
    take() {
      const taken: Entry[] = [];
      for (const queue of queues.values()) {
        if (queue.waiting.length === 0 || !queue.stage.needs.every(over)) continue;
        const starts = queue.waiting.filter((entry) => alive(entry) && (entry.part.reads ?? []).every(readable));
        if (starts.length === 0) continue;
        for (const entry of starts) entry.state = "open";
        queue.open += starts.length;
        queue.waiting = queue.waiting.filter((entry) => entry.state === "waiting");
        taken.push(...starts);
      }
      return taken;
    },
    done: (key) => void end(key, "done"),
    failed(key) {
      const entry = end(key, "failed");
      for (const request of entry.part.requests) {
        const before = failures.get(request);
        if (before === undefined || before.order > entry.order) failures.set(request, { order: entry.order, key });
      }
    },
    finished: () => [...queues.keys()].every(over),
    complete: ({ parts }) => parts.every(({ key }) => entries.get(key)?.state === "done"),
    failureOf: (request) => failures.get(request)?.key,
    settled(request) {
      const failure = failures.get(request);
      if (failure === undefined) return false;
      for (const entry of entries.values()) {
        if (entry.order >= failure.order) break;
        if ((entry.state === "waiting" || entry.state === "open") && entry.part.requests.includes(request)) return false;
      }
      return true;
    },
  };
}

/**
 * Keys of the parts that have to be run: durable ones that are not stored and that a request without an outcome waits for,
 * passing ones where such a part reads them, and arena stages that those need, directly or through others.
 */
export function wantedParts(plan: SolverPlan, { stored, ended, held }: PartScheduleOptions): ReadonlySet<string> {
  const wanted = new Set<string>();
  const needed = new Set<string>();
  const read = new Set<string>();
  for (const { name, parts, needs } of [...plan.stages].reverse()) {
    const own = parts.filter((part) => {
      if (part.requests.every((request) => ended.has(request))) return false;
      if (!part.durable) return needed.has(name) && !held.has(name);
      return !stored.has(part.key) && (part.passing !== true || read.has(part.key));
    });
    for (const { key, reads = [] } of own) {
      wanted.add(key);
      for (const other of reads) read.add(other);
    }
    if (own.length > 0) for (const need of needs) needed.add(need);
  }
  return wanted;
}
