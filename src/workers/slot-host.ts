import type { Incident } from "../core/executor.ts";
import type { HeldValues } from "./held-values.ts";
import { incident, incidentOf } from "./incident.ts";
import type { LogRest } from "./log-ring.ts";
import type { FromSlot, ToSlot } from "./slot-messages.ts";

/**
 * What a slot runs its tasks in: a thread, or a process with a thread in it. Once its end is asked for, the only thing that comes from it is its exit,
 * and that once.
 */
export interface SlotHost {
  /** Throws where the message can't be copied. */
  post(message: ToSlot): void;
  /** Calls back once all that was posted is on its way. */
  whenSent(done: () => void): void;
  /** The shared values that it was given. */
  readonly held: HeldValues;
  /** A busy host keeps the process alive, an idle one doesn't. */
  busy(yes: boolean): void;
  /** Resolves when it has ended. */
  end(): Promise<void>;
}

/** How a host ended. */
export interface HostExit {
  readonly why: Incident;
  /** false: it ended by itself or by us, without an error. */
  readonly fault: boolean;
  /** The end of what the task that ran wrote, where that is known. */
  readonly rest?: LogRest;
}

export interface SlotHostEvents {
  readonly onMessage: (message: FromSlot) => void;
  readonly onExit: (exit: HostExit) => void;
}

/** How a thread ended. `error`: what it died of; null where it ended by itself or by us. */
export function threadExit(code: number, error: { readonly value: unknown } | null): HostExit {
  if (error === null) {
    return { why: incident("crash", `The task ended its worker, as process.exit() does (exit code ${code}).`), fault: false };
  }
  if (isOutOfMemory(error.value)) return { why: heapIsFull, fault: true };
  const told = incidentOf(error.value);
  const message = `An exception outside the task's promise ended its worker: ${told.message}`;
  return { why: Object.freeze({ ...told, kind: "crash", message }), fault: true };
}

export const heapIsFull: Incident = incident("out-of-memory", "The worker's JavaScript heap reached its memory limit.");

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === "ERR_WORKER_OUT_OF_MEMORY";
}

/** Of a task that no host took up. */
export function notStarted({ why, fault }: HostExit): Incident {
  const sentence = "The slot's worker did not start.";
  return fault ? Object.freeze({ ...why, message: `${sentence} ${why.message}` }) : incident("crash", sentence);
}

/** A task's own code can post to the same port; only what this package's entry says is heard. */
export function isFromSlot(message: unknown): message is FromSlot {
  return typeof message === "object" && message !== null && kinds.has((message as { kind?: unknown }).kind);
}

const kinds: ReadonlySet<unknown> = new Set(["started", "report", "output", "child", "ended"]);
