import type { MessagePort } from "node:worker_threads";
import type { Incident } from "../core/executor.ts";
import type { LogRest } from "./log-ring.ts";
import type { CopiedMessage } from "./copied-message.ts";
import type { Frame } from "./message-frames.ts";

/** Tells batches apart: counts up in a slot and is never used again, so that nothing late reaches another task. */
export type Epoch = number;

/** From the coordinator to a slot's thread, read in order. */
export type ToSlot =
  | { readonly kind: "share"; readonly id: string; readonly value: unknown }
  | { readonly kind: "forget"; readonly id: string }
  | {
      readonly kind: "run";
      readonly epoch: Epoch;
      readonly module: string;
      readonly export: string;
      /** One a task, to be run in this order. */
      readonly inputs: readonly unknown[];
      readonly sharedId: string | null;
    }
  | { readonly kind: "abort"; readonly epoch: Epoch; readonly message: string };

/** From a slot's thread to the coordinator. `index`: of a task in its batch. */
export type FromSlot =
  | { readonly kind: "started"; readonly epoch: Epoch }
  | { readonly kind: "report"; readonly epoch: Epoch; readonly index: number; readonly message: unknown }
  /** What the task's code wrote; epoch null between batches. */
  | {
      readonly kind: "output";
      readonly epoch: Epoch | null;
      readonly index: number;
      readonly text: string;
      /** For who watches, no part of what was written. */
      readonly note?: string;
    }
  /** A process that code of the thread has started, or that has ended. */
  | { readonly kind: "child"; readonly pid: number; readonly alive: boolean }
  | SlotEnded;

export interface SlotEnded {
  readonly kind: "ended";
  readonly epoch: Epoch;
  /** Of the first tasks of the batch; those that follow were not begun. */
  readonly ends: readonly TaskEnded[];
  /** What they left changed for every later task of the thread ("Math.floor"); null where that is nothing. */
  readonly changed: string | null;
}

export interface TaskEnded {
  readonly outcome: { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly incident: Incident };
  /** true: the task's signal was aborted before its function ended, so that a value may be half of one. */
  readonly told: boolean;
  /** Of the function alone; importing its module is left out. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number | null;
  /** What it wrote beyond what was posted; left out where that is nothing. */
  readonly rest?: LogRest;
}

/** What a slot's thread is made with. */
export interface SlotData {
  readonly slot: number;
  /** UTF-16 units of output posted of each task; of what follows only the end is kept. */
  readonly outputLength: number;
  /** A `logRingMemory` for that end; left out: it is lost where the thread dies. */
  readonly ring?: SharedArrayBuffer;
  /** For the entry alone: what tasks post to `parentPort` is heard by nobody. Left out: `parentPort`. */
  readonly port?: MessagePort;
  /** Its process is not the coordinator's. */
  readonly apart?: boolean;
  /** Where the memory of tasks is limited: shared, for the bytes that were resident when a batch began. */
  readonly resident?: Float64Array;
}

/** What a slot's process is made with, as JSON. */
export interface ProcessData extends SlotData {
  /** Limit of the thread's JavaScript heap in MiB; null = V8's own. */
  readonly memoryMegabytes: number | null;
  /** Bytes that the process may take more while a task runs than when it began; null = no limit. */
  readonly taskBytes: number | null;
}

/** From the thread of a slot's process to its main thread. */
export interface PassedOn {
  readonly kind: FromSlot["kind"];
  readonly copied: CopiedMessage;
}

/** From a slot's process to the coordinator. */
export type FromProcess =
  | Frame
  /** Its thread has ended; the process ends. */
  | { readonly frame: "exit"; readonly why: Incident; readonly fault: boolean; readonly rest: LogRest }
  /** The task took more than it may; the process ends. */
  | { readonly frame: "memory"; readonly bytes: number; readonly rest: LogRest };
