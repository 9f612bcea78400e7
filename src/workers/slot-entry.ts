/** The program of a slot's thread. It imports as little as it can, since every new slot waits for it. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { TaskContext } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import { incident, incidentOf } from "./incident.ts";
import type { Epoch, FromSlot, SlotData, SlotEnded, ToSlot } from "./slot-messages.ts";
import { taskFunction } from "./task-function.ts";
import { cpuSecondsSince, threadCpuSeconds } from "./thread-cpu.ts";

interface Running {
  readonly epoch: Epoch;
  readonly controller: AbortController;
}

type RunMessage = Extract<ToSlot, { kind: "run" }>;

function serve(port: MessagePort, { slot, outputLength }: SlotData): void {
  const shared = new Map<string, unknown>();
  let running: Running | null = null;
  let outputLeft = outputLength;

  function post(message: FromSlot): void {
    port.postMessage(message);
  }

  function receive(message: ToSlot): void {
    if (message.kind === "share") shared.set(message.id, message.value);
    else if (message.kind === "forget") shared.delete(message.id);
    else if (message.kind === "run") void run(message);
    else if (running?.epoch === message.epoch) running.controller.abort(new HpoError("ABORTED", message.message));
  }

  async function run(message: RunMessage): Promise<void> {
    const { epoch } = message;
    const controller = new AbortController();
    running = { epoch, controller };
    // What the last task left for the next turn of the loop comes first: if the thread dies of it, this task has not started.
    await nextTurn();
    outputLeft = outputLength;
    post({ kind: "started", epoch });
    let wall = performance.now();
    let cpu = threadCpuSeconds();
    let outcome: SlotEnded["outcome"];
    try {
      const task = await taskFunction(message.module, message.export);
      controller.signal.throwIfAborted();
      wall = performance.now();
      cpu = threadCpuSeconds();
      outcome = { ok: true, value: await task(message.input as never, context(message, controller.signal)) };
    } catch (thrown) {
      outcome = { ok: false, incident: incidentOf(thrown) };
    }
    const wallSeconds = (performance.now() - wall) / 1000;
    const cpuSeconds = cpuSecondsSince(cpu);
    running = null;
    end({ kind: "ended", epoch, outcome, told: controller.signal.aborted, wallSeconds, cpuSeconds });
  }

  function end(ended: SlotEnded): void {
    try {
      post(ended);
    } catch (cause) {
      const { message } = incidentOf(cause);
      const told = incident("error", `The task's result must be plain data that can be copied between threads; got: ${message}`);
      post({ ...ended, outcome: { ok: false, incident: told } });
    }
  }

  function context(message: RunMessage, signal: AbortSignal): TaskContext {
    const { epoch, sharedId } = message;
    return Object.freeze({
      slot,
      shared: sharedId === null ? null : shared.get(sharedId),
      signal,
      report: (reported: unknown) => {
        if (running?.epoch !== epoch) return;
        try {
          post({ kind: "report", epoch, message: reported });
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
  function capture(stream: NodeJS.WriteStream): void {
    const decoder = new TextDecoder();
    stream._write = (chunk: string | Uint8Array, _encoding, done) => {
      const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
      if (text !== "" && outputLeft > 0) {
        const kept = text.slice(0, outputLeft);
        outputLeft -= kept.length;
        const note = outputLeft > 0 ? "" : `\n[what this task writes beyond ${outputLength} characters is dropped]\n`;
        post({ kind: "output", epoch: running?.epoch ?? null, text: kept + note });
      }
      done();
    };
    // Node's own would be preferred to _write where several texts are buffered.
    Reflect.set(stream, "_writev", null);
  }

  capture(process.stdout);
  capture(process.stderr);
  port.on("messageerror", (error: unknown) => {
    throw new HpoError("WORKER_FAILED", `A message to slot ${slot} can't be read.`, { cause: error });
  });
  port.on("message", receive);
}

if (parentPort !== null) serve(parentPort, workerData as SlotData);
