import { type ChildProcess, fork } from "node:child_process";
import type { Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Incident } from "../core/executor.ts";
import { copiedMessage } from "./copied-message.ts";
import { boundNode } from "./death-signal.ts";
import { type HeldValues, heldValues } from "./held-values.ts";
import { incident, incidentOf } from "./incident.ts";
import { type Frame, frameReader, messageFrames, type Outbox, outbox } from "./message-frames.ts";
import { heapIsFull, type HostExit, isFromSlot, type SlotHost, type SlotHostEvents } from "./slot-host.ts";
import type { Epoch, FromProcess, ProcessData, ToSlot } from "./slot-messages.ts";

const entry = fileURLToPath(new URL("./process-entry.js", import.meta.url));

/** Milliseconds that are waited for the last words of a process that has ended; another one may hold its pipes. */
const lastWords = 1000;
/** Characters of a process's last words that are searched for what it died of. */
const tailLength = 4096;

/** One process of a slot, the first of a group of its own. */
export class SlotProcess implements SlotHost {
  readonly held: HeldValues = heldValues((message) => this.post(message));
  readonly #child: ChildProcess;
  readonly #outbox: Outbox;
  readonly #events: SlotHostEvents;
  readonly #data: ProcessData;
  readonly #gone: Promise<void>;
  /** What it said it dies of. */
  #told: HostExit | null = null;
  /** The task that what is written beside its thread belongs to, where there is only one. */
  #epoch: Epoch | null = null;
  #outputLeft: number;
  #tail = "";
  #muted = false;

  constructor(data: ProcessData, events: SlotHostEvents) {
    this.#data = data;
    this.#events = events;
    this.#outputLeft = data.outputLength;
    this.#child = fork(entry, [JSON.stringify(data)], {
      // Without the loaders and flags of the parent, which are not for the slots: what they run is plain JavaScript.
      ...boundNode(),
      // A group of its own: it ends with all that tasks started, and no Ctrl-C reaches it.
      detached: true,
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    this.#outbox = outbox(this.#child);
    this.busy(false);
    const read = frameReader();
    this.#child.on("message", (frame: FromProcess) => this.#receive(frame, read));
    const words = [this.#child.stdout, this.#child.stderr].map((stream) => this.#listen(stream as Socket | undefined));
    this.#gone = this.#ending(words);
  }

  post(message: ToSlot): void {
    const copied = copiedMessage(message);
    if (message.kind === "run") {
      this.#epoch = message.inputs.length === 1 ? message.epoch : null;
      this.#outputLeft = this.#data.outputLength;
      this.#tail = "";
    }
    this.#outbox.send(messageFrames(message.kind, copied));
  }

  whenSent(done: () => void): void {
    this.#outbox.whenSent(done);
  }

  busy(yes: boolean): void {
    if (yes) {
      this.#child.ref();
      this.#child.channel?.ref();
    } else {
      this.#child.unref();
      this.#child.channel?.unref();
    }
  }

  /** Whatever it does, native code included, and with all that it started. */
  async end(): Promise<void> {
    this.#muted = true;
    this.busy(true);
    this.#kill();
    await this.#gone;
  }

  #kill(): void {
    const { pid } = this.#child;
    try {
      if (pid !== undefined) process.kill(-pid, "SIGKILL");
    } catch {
      // No such group: it has ended, or the system knows none.
      this.#child.kill("SIGKILL");
    }
  }

  #receive(frame: FromProcess, read: ReturnType<typeof frameReader>): void {
    if (frame.frame === "exit") this.#told = frame;
    else if (frame.frame === "memory") this.#told = { why: tooMuch(frame.bytes, this.#data.taskBytes ?? 0), fault: true, rest: frame.rest };
    else {
      const message = this.#opened(frame, read);
      if (this.#muted || !isFromSlot(message)) return;
      if (message.kind !== "ended") return this.#events.onMessage(message);
      // What was written before the end has come by then, on whatever road.
      setImmediate(() => {
        this.#epoch = null;
        if (!this.#muted) this.#events.onMessage(message);
      });
    }
  }

  /** The message that is whole with this frame, if any. A task's own code can send what is none. */
  #opened(frame: Frame, read: ReturnType<typeof frameReader>): unknown {
    try {
      return read(frame)?.message;
    } catch (cause) {
      const message = `The slot's process sent what can't be read: ${incidentOf(cause).message}`;
      this.#told ??= { why: incident("crash", message), fault: true };
      this.#kill();
      return undefined;
    }
  }

  /** What is written beside the thread: by native code, by processes that a task starts, by V8 when it dies. */
  async #listen(stream: Socket | undefined): Promise<void> {
    // Where the system is out of files there is none, and no process.
    if (stream === undefined) return;
    const decoder = new TextDecoder();
    stream.unref();
    stream.on("data", (chunk: Buffer) => {
      const text = decoder.decode(chunk, { stream: true });
      this.#tail = (this.#tail + text).slice(-tailLength);
      if (this.#muted || this.#outputLeft === 0 || text === "") return;
      const kept = text.slice(0, this.#outputLeft);
      this.#outputLeft -= kept.length;
      const note = this.#outputLeft > 0 ? "" : `\n[what this task writes beyond ${this.#data.outputLength} characters is dropped]\n`;
      this.#events.onMessage({ kind: "output", epoch: this.#epoch, index: 0, text: kept, note });
    });
    // Its end is all that counts.
    stream.on("error", () => undefined);
    await new Promise((resolve) => stream.once("close", resolve));
  }

  /** Resolves when it has ended, and tells it. */
  async #ending(words: readonly Promise<void>[]): Promise<void> {
    const disconnected = new Promise((resolve) => this.#child.once("disconnect", resolve));
    // Where a task closed the channel, the process can't be heard, and would not see this one's end.
    void disconnected.then(() => this.#kill());
    const exited = new Promise<Ending>((resolve, reject) => {
      this.#child.once("exit", (code, signal) => resolve({ code, signal }));
      this.#child.on("error", (error) => {
        if (this.#child.pid === undefined) reject(error);
      });
    });
    let exit: () => HostExit;
    try {
      const ending = await exited;
      // What it started dies with it.
      this.#kill();
      exit = () => this.#told ?? { why: death(ending, this.#tail), fault: true };
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => (timer = setTimeout(resolve, lastWords)));
      await Promise.race([Promise.all([disconnected, ...words]), late]);
      clearTimeout(timer);
    } catch (cause) {
      // It could not be started.
      exit = () => ({ why: Object.freeze({ ...incidentOf(cause), kind: "crash" }), fault: true });
    }
    // After the last message.
    setImmediate(() => {
      this.#muted = true;
      this.#events.onExit(exit());
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a process died of that did not say it. */
function death({ code, signal }: Ending, words: string): Incident {
  if (/JavaScript heap out of memory|FATAL ERROR: [^\n]*(?:[Aa]llocation failed|[Oo]ut of memory)/.test(words)) return heapIsFull;
  if (signal === null) return incident("crash", `The task ended its process (exit code ${code ?? "unknown"}).`);
  if (signal === "SIGKILL") {
    return incident(
      "crash",
      "The task's process was killed (SIGKILL), by the task itself, by somebody, or by the system for want of memory.",
    );
  }
  return incident("crash", `The task's process crashed, as native code does (${signal}).`);
}

function tooMuch(bytes: number, limit: number): Incident {
  const took = `${Math.round(bytes / 1e6)} MB more than its process had when it began`;
  return incident("out-of-memory", `The task was cut off at its memory limit of ${Math.round(limit / 1e6)} MB: it took ${took}.`);
}
