import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import { type HeldValues, heldValues } from "./held-values.ts";
import { logRing, logRingMemory } from "./log-ring.ts";
import { type HostExit, isFromSlot, type SlotHost, type SlotHostEvents, threadExit } from "./slot-host.ts";
import type { SlotData, ToSlot } from "./slot-messages.ts";

export interface SlotThreadOptions extends Pick<SlotData, "slot" | "outputLength"> {
  /** Limit of the JavaScript heap in MiB; null = V8's own. */
  readonly memoryMegabytes: number | null;
  /** Seconds that an ended thread may still need, in native code that can't be interrupted. */
  readonly graceSeconds: number;
}

const entry = new URL("./slot-entry.js", import.meta.url);

/** One worker thread of a slot. */
export class SlotThread implements SlotHost {
  readonly held: HeldValues = heldValues((message) => this.post(message));
  readonly #worker: Worker;
  readonly #port: MessagePort;
  /** Processes that tasks started: nobody else knows of them once the thread has ended. */
  readonly #children = new Set<number>();
  readonly #graceSeconds: number;
  readonly #gone: Promise<void>;
  readonly #ring = logRingMemory();
  #leave: (exit: HostExit) => void = () => undefined;
  #left = false;
  #muted = false;

  constructor(options: SlotThreadOptions, events: SlotHostEvents) {
    const { slot, outputLength, memoryMegabytes, graceSeconds } = options;
    this.#graceSeconds = graceSeconds;
    const { port1: port, port2 } = new MessageChannel();
    this.#port = port;
    const workerData: SlotData = { slot, outputLength, ring: this.#ring, port: port2 };
    this.#worker = new Worker(entry, {
      name: `hpo slot ${slot}`,
      workerData,
      transferList: [port2],
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
        this.#endChildren();
        resolve();
        events.onExit(exit);
      };
    });
    const receive = (message: unknown): void => {
      if (!isFromSlot(message)) return;
      if (message.kind === "child") this.#note(message.pid, message.alive);
      else if (!this.#muted) events.onMessage(message);
    };
    port.on("message", receive);
    port.unref();
    port.on("messageerror", (value) => {
      error ??= { value };
      void this.end();
    });
    this.#worker.on("error", (value: unknown) => {
      error ??= { value };
    });
    this.#worker.on("exit", (code) => {
      // Its last words may not have been read yet.
      for (let left = receiveMessageOnPort(port); left !== undefined; left = receiveMessageOnPort(port)) receive(left.message);
      port.close();
      this.#leave({ ...threadExit(code, error), rest: logRing(this.#ring).rest() });
    });
  }

  post(message: ToSlot): void {
    this.#port.postMessage(message);
  }

  whenSent(done: () => void): void {
    done();
  }

  busy(yes: boolean): void {
    if (yes) this.#worker.ref();
    else this.#worker.unref();
  }

  #note(pid: number, alive: boolean): void {
    if (alive) this.#children.add(pid);
    else this.#children.delete(pid);
  }

  #endChildren(): void {
    for (const pid of this.#children) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
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
      // In a native call it writes nothing. One that a busy machine has not interrupted yet may: then this is the end of its text as it stands now.
      this.#leave({ ...threadExit(1, null), rest: logRing(this.#ring).rest() });
    }, this.#graceSeconds * 1000);
    void this.#worker.terminate();
    await this.#gone;
    clearTimeout(timer);
  }
}
