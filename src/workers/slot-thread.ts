import { Worker } from "node:worker_threads";
import type { SharedValue } from "../core/executor.ts";
import type { FromSlot, SlotData, ToSlot } from "./slot-messages.ts";

export interface SlotThreadOptions extends SlotData {
  /** Limit of the JavaScript heap in MiB; null = V8's own. */
  readonly memoryMegabytes: number | null;
  /** Seconds that an ended thread may still need, in native code that can't be interrupted. */
  readonly graceSeconds: number;
}

/** How a thread ended. `error`: what it died of; null where it ended by itself or by us. */
export interface ThreadExit {
  readonly code: number;
  readonly error: { readonly value: unknown } | null;
}

export interface SlotThreadEvents {
  readonly onMessage: (message: FromSlot) => void;
  readonly onExit: (exit: ThreadExit) => void;
}

const entry = new URL("./slot-entry.js", import.meta.url);

/** One worker thread of a slot. Once its end is asked for, the only thing that comes from it is its exit, and that once. */
export class SlotThread {
  readonly #worker: Worker;
  readonly #held = new Set<string>();
  readonly #graceSeconds: number;
  readonly #gone: Promise<void>;
  #leave: (exit: ThreadExit) => void = () => undefined;
  #left = false;
  #muted = false;

  constructor(options: SlotThreadOptions, events: SlotThreadEvents) {
    const { slot, outputLength, memoryMegabytes, graceSeconds } = options;
    this.#graceSeconds = graceSeconds;
    const workerData: SlotData = { slot, outputLength };
    this.#worker = new Worker(entry, {
      name: `hpo slot ${slot}`,
      workerData,
      // The entry captures both streams; reading them here would keep an idle process alive.
      stdout: true,
      stderr: true,
      // The loaders and flags of the parent are not for the slots: what they run is plain JavaScript.
      execArgv: [],
      ...(memoryMegabytes === null ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes } }),
    });
    this.#worker.unref();
    let error: ThreadExit["error"] = null;
    this.#gone = new Promise((resolve) => {
      this.#leave = (exit) => {
        if (this.#left) return;
        this.#left = true;
        this.#muted = true;
        resolve();
        events.onExit(exit);
      };
    });
    this.#worker.on("message", (message: FromSlot) => {
      if (!this.#muted && isFromSlot(message)) events.onMessage(message);
    });
    this.#worker.on("messageerror", (value) => {
      error ??= { value };
      void this.end();
    });
    this.#worker.on("error", (value: unknown) => {
      error ??= { value };
    });
    this.#worker.on("exit", (code) => this.#leave({ code, error }));
  }

  /** Posts a message; throws where it can't be cloned. */
  post(message: ToSlot): void {
    this.#worker.postMessage(message);
  }

  holds(id: string): boolean {
    return this.#held.has(id);
  }

  /** Posts a shared value, unless the thread has it. */
  share({ id, value }: SharedValue): void {
    if (this.#held.has(id)) return;
    this.post({ kind: "share", id, value });
    this.#held.add(id);
  }

  forget(id: string): void {
    if (this.#held.delete(id)) this.post({ kind: "forget", id });
  }

  /** A busy thread keeps the process alive, an idle one doesn't. */
  busy(yes: boolean): void {
    if (yes) this.#worker.ref();
    else this.#worker.unref();
  }

  /**
   * Interrupts JavaScript and WebAssembly at once. A native call can't be interrupted: a thread that is in one for longer
   * than the grace time is given up; it runs nothing more when the call returns.
   */
  async end(): Promise<void> {
    this.#muted = true;
    this.#worker.ref();
    const timer = setTimeout(() => {
      this.#worker.unref();
      this.#leave({ code: 1, error: null });
    }, this.#graceSeconds * 1000);
    void this.#worker.terminate();
    await this.#gone;
    clearTimeout(timer);
  }
}

/** A task's own code can post to the same port; only what this package's entry says is heard. */
function isFromSlot(message: unknown): message is FromSlot {
  return typeof message === "object" && message !== null && kinds.has((message as { kind?: unknown }).kind);
}

const kinds: ReadonlySet<unknown> = new Set(["started", "report", "output", "ended"]);
