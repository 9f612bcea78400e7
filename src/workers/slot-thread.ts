import { Worker } from "node:worker_threads";
import type { SharedValue } from "../core/executor.ts";
import { type HostExit, isFromSlot, type SlotHost, type SlotHostEvents, threadExit } from "./slot-host.ts";
import type { FromSlot, SlotData, ToSlot } from "./slot-messages.ts";

export interface SlotThreadOptions extends SlotData {
  /** Limit of the JavaScript heap in MiB; null = V8's own. */
  readonly memoryMegabytes: number | null;
  /** Seconds that an ended thread may still need, in native code that can't be interrupted. */
  readonly graceSeconds: number;
}

const entry = new URL("./slot-entry.js", import.meta.url);

/** One worker thread of a slot. */
export class SlotThread implements SlotHost {
  readonly #worker: Worker;
  readonly #held = new Set<string>();
  readonly #graceSeconds: number;
  readonly #gone: Promise<void>;
  #leave: (exit: HostExit) => void = () => undefined;
  #left = false;
  #muted = false;

  constructor(options: SlotThreadOptions, events: SlotHostEvents) {
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
    let error: { readonly value: unknown } | null = null;
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
    this.#worker.on("exit", (code) => this.#leave(threadExit(code, error)));
  }

  post(message: ToSlot): void {
    this.#worker.postMessage(message);
  }

  whenSent(done: () => void): void {
    done();
  }

  holds(id: string): boolean {
    return this.#held.has(id);
  }

  share({ id, value }: SharedValue): void {
    if (this.#held.has(id)) return;
    this.post({ kind: "share", id, value });
    this.#held.add(id);
  }

  forget(id: string): void {
    if (this.#held.delete(id)) this.post({ kind: "forget", id });
  }

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
      this.#leave(threadExit(1, null));
    }, this.#graceSeconds * 1000);
    void this.#worker.terminate();
    await this.#gone;
    clearTimeout(timer);
  }
}
