/** The program of a slot's thread. It imports as little as it can, since every new slot waits for it. */
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { setImmediate as nextTurn } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { Incident } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import { nowMs } from "./clock.ts";
import { chunkMs, shareCpu } from "./cpu-share.ts";
import { globalWatch } from "./global-watch.ts";
import { incident, incidentOf } from "./incident.ts";
import type { Epoch, FromSlot, SlotData, SlotEnded, TaskEnded, ToSlot } from "./slot-messages.ts";
import { logRing, logRingMemory } from "./log-ring.ts";
import { processPort, type SlotPort, threadPort } from "./slot-port.ts";
import { type BatchContext, SlotContext } from "./slot-context.ts";
import { taskFunctions } from "./task-function.ts";
import { onFirstImport } from "./task-module.ts";
import { cpuSecondsSince, threadCpuSeconds } from "./thread-cpu.ts";

/** The batch that runs. */
interface Running {
  readonly epoch: Epoch;
  /** Of the task that runs. */
  index: number;
  /** What its tasks were told when they were to stop. */
  told: HpoError | null;
  /** One for all of the batch; made when it is asked for, since it is the dearest part of a small task. */
  controller: AbortController | undefined;
}

type RunMessage = Extract<ToSlot, { kind: "run" }>;

function serve(port: SlotPort, { slot, outputLength, ring = logRingMemory(), resident }: SlotData): void {
  const { rss } = process.memoryUsage;
  const shared = new Map<string, unknown>();
  const functionOf = taskFunctions();
  let running: Running | null = null;
  const watch = globalWatch();
  onFirstImport(watch.accept);
  const tail = logRing(ring);
  let outputLeft = outputLength;

  function post(message: FromSlot): void {
    port.post(message);
  }

  function receive(message: ToSlot): void {
    if (message.kind === "share") shared.set(message.id, message.value);
    else if (message.kind === "forget") shared.delete(message.id);
    else if (message.kind === "run") void run(message);
    else if (running?.epoch === message.epoch) {
      running.told = new HpoError("ABORTED", message.message);
      running.controller?.abort(running.told);
    }
  }

  /** Runs the tasks of a batch, and begins no more when they have taken 5 ms or are to stop. */
  async function run(message: RunMessage): Promise<void> {
    const { epoch, inputs } = message;
    const batch: Running = { epoch, index: 0, told: null, controller: undefined };
    running = batch;
    // What the last batch left for the next turn of the loop comes first: if the thread dies of it, this one has not started.
    await nextTurn();
    if (resident !== undefined) resident[0] = rss();
    post({ kind: "started", epoch });
    const ends: Omit<TaskEnded, "cpuSeconds">[] = [];
    let cpu: number | null = null;
    const context = contextOf(message, batch);
    const began = nowMs();
    let changed: string | null = null;
    do {
      outputLeft = outputLength;
      tail.begin(epoch, batch.index);
      let wall = nowMs();
      let outcome: TaskEnded["outcome"];
      try {
        const found = functionOf(message.module, message.export);
        const task = typeof found === "function" ? found : await found;
        if (ends.length === 0) cpu = threadCpuSeconds();
        if (batch.told !== null) throw batch.told;
        wall = nowMs();
        outcome = { ok: true, value: await task(inputs[batch.index] as never, new SlotContext(context, batch.index)) };
      } catch (thrown) {
        changed ??= watch.restored();
        outcome = { ok: false, incident: blamed(incidentOf(thrown), changed) };
      }
      const wallSeconds = (nowMs() - wall) / 1000;
      // By index: a task may have replaced `push`.
      ends[batch.index] = { outcome, told: batch.told !== null, wallSeconds, ...(outputLeft === 0 ? { rest: tail.rest() } : {}) };
      batch.index++;
    } while (batch.index < inputs.length && batch.told === null && nowMs() - began < chunkMs);
    changed ??= watch.restored();
    batch.index--;
    if (changed !== null) output(changedNote(changed));
    const walls = ends.map(({ wallSeconds }) => wallSeconds);
    const cpuSeconds = shareCpu(walls, cpuSecondsSince(cpu));
    running = null;
    end({ kind: "ended", epoch, ends: ends.map((one, at) => ({ ...one, cpuSeconds: cpuSeconds[at] ?? null })), changed });
  }

  function end(ended: SlotEnded): void {
    try {
      post(ended);
    } catch {
      post({ ...ended, ends: ended.ends.map(copyable) });
    }
  }

  function contextOf({ epoch, sharedId }: RunMessage, batch: Running): BatchContext {
    return Object.freeze({
      slot,
      shared: sharedId === null ? null : shared.get(sharedId),
      signal() {
        batch.controller ??= new AbortController();
        if (batch.told !== null) batch.controller.abort(batch.told);
        return batch.controller.signal;
      },
      report(index: number, reported: unknown) {
        if (running !== batch || batch.index !== index) return;
        try {
          post({ kind: "report", epoch, index, message: reported });
        } catch (cause) {
          const { message: why } = incidentOf(cause);
          throw new HpoError("WORKER_FAILED", `report(): message must be plain data that can be copied between threads; got: ${why}`, {
            cause,
          });
        }
      },
    });
  }

  /** Text is posted at once, not when this thread next comes round, so that an endless loop's last words are heard. */
  function output(text: string): void {
    const [epoch, index] = [running?.epoch ?? null, running?.index ?? 0];
    const posted = text.slice(0, outputLeft);
    const full = outputLeft > 0 && text.length >= outputLeft;
    outputLeft -= posted.length;
    const note = `\n[what this task writes beyond ${outputLength} characters is not shown; its log keeps the end]\n`;
    if (posted !== "") post({ kind: "output", epoch, index, text: posted, ...(full ? { note } : {}) });
    if (running !== null && posted.length < text.length) tail.add(text.slice(posted.length));
  }

  function capture(stream: NodeJS.WriteStream): void {
    const decoder = new TextDecoder();
    stream._write = (chunk: string | Uint8Array, _encoding, done) => {
      output(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
      done();
    };
    // Node's own would be preferred to _write where several texts are buffered.
    Reflect.set(stream, "_writev", null);
  }

  // Their pids are told before the thread does anything else, so that they end with it.
  subscribe("child_process", (message) => {
    const { process: child } = message as { readonly process: ChildProcess };
    let pid: number | undefined;
    Object.defineProperty(child, "pid", {
      configurable: true,
      enumerable: true,
      get: () => pid,
      set: (value: number) => {
        pid = value;
        post({ kind: "child", pid: value, alive: true });
        child.once("exit", () => post({ kind: "child", pid: value, alive: false }));
      },
    });
  });
  capture(process.stdout);
  capture(process.stderr);
  port.listen(receive);
}

/** What is thrown may be the engine's own, for want of what the task took away. */
function blamed(told: Incident, changed: string | null): Incident {
  return changed === null ? told : Object.freeze({ ...told, message: `${told.message} (The task had changed ${changed}.)` });
}

function changedNote(name: string): string {
  return `[hpo: this task left ${name} changed, for all that runs in its thread; the next task gets a thread of its own]\n`;
}

/** The end of a task whose value can't be copied is told; the others of its batch stay as they are. */
function copyable(ended: TaskEnded): TaskEnded {
  try {
    structuredClone(ended);
    return ended;
  } catch (cause) {
    const { message } = incidentOf(cause);
    const told = incident("error", `The task's result must be plain data that can be copied between threads; got: ${message}`);
    return { ...ended, outcome: { ok: false, incident: told } };
  }
}

if (parentPort !== null) {
  const data = workerData as { -readonly [K in keyof SlotData]: SlotData[K] };
  const { port = parentPort, ...rest } = data;
  // What a task finds is of no use to it.
  delete data.port;
  delete data.ring;
  port.on("messageerror", (error: unknown) => {
    throw new HpoError("WORKER_FAILED", `A message to slot ${data.slot} can't be read.`, { cause: error });
  });
  serve(data.apart === true ? processPort(port) : threadPort(port), rest);
}
