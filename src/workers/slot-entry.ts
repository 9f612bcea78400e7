/** The program of a slot's thread. It imports as little as it can, since every new slot waits for it. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { TaskContext } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import { chunkMs, shareCpu } from "./cpu-share.ts";
import { incident, incidentOf } from "./incident.ts";
import type { Epoch, FromSlot, SlotData, SlotEnded, TaskEnded, ToSlot } from "./slot-messages.ts";
import { processPort, type SlotPort, threadPort } from "./slot-port.ts";
import { taskFunctions } from "./task-function.ts";
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

function serve(port: SlotPort, { slot, outputLength }: SlotData): void {
  const shared = new Map<string, unknown>();
  const functionOf = taskFunctions();
  let running: Running | null = null;
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
    post({ kind: "started", epoch });
    const ends: Omit<TaskEnded, "cpuSeconds">[] = [];
    let cpu: number | null = null;
    const began = performance.now();
    do {
      outputLeft = outputLength;
      let wall = performance.now();
      let outcome: TaskEnded["outcome"];
      try {
        const found = functionOf(message.module, message.export);
        const task = typeof found === "function" ? found : await found;
        if (ends.length === 0) cpu = threadCpuSeconds();
        if (batch.told !== null) throw batch.told;
        wall = performance.now();
        outcome = { ok: true, value: await task(inputs[batch.index] as never, context(message, batch)) };
      } catch (thrown) {
        outcome = { ok: false, incident: incidentOf(thrown) };
      }
      ends.push({ outcome, told: batch.told !== null, wallSeconds: (performance.now() - wall) / 1000 });
      batch.index++;
    } while (batch.index < inputs.length && batch.told === null && performance.now() - began < chunkMs);
    const walls = ends.map(({ wallSeconds }) => wallSeconds);
    const cpuSeconds = shareCpu(walls, cpuSecondsSince(cpu));
    running = null;
    end({ kind: "ended", epoch, ends: ends.map((one, at) => ({ ...one, cpuSeconds: cpuSeconds[at] ?? null })) });
  }

  function end(ended: SlotEnded): void {
    try {
      post(ended);
    } catch {
      post({ ...ended, ends: ended.ends.map(copyable) });
    }
  }

  function context({ epoch, sharedId }: RunMessage, batch: Running): TaskContext {
    const { index } = batch;
    return Object.freeze({
      slot,
      shared: sharedId === null ? null : shared.get(sharedId),
      get signal() {
        batch.controller ??= new AbortController();
        if (batch.told !== null) batch.controller.abort(batch.told);
        return batch.controller.signal;
      },
      report: (reported: unknown) => {
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
  function capture(stream: NodeJS.WriteStream): void {
    const decoder = new TextDecoder();
    stream._write = (chunk: string | Uint8Array, _encoding, done) => {
      const text = typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
      if (text !== "" && outputLeft > 0) {
        const kept = text.slice(0, outputLeft);
        outputLeft -= kept.length;
        const note = outputLeft > 0 ? "" : `\n[what this task writes beyond ${outputLength} characters is dropped]\n`;
        post({ kind: "output", epoch: running?.epoch ?? null, index: running?.index ?? 0, text: kept + note });
      }
      done();
    };
    // Node's own would be preferred to _write where several texts are buffered.
    Reflect.set(stream, "_writev", null);
  }

  capture(process.stdout);
  capture(process.stderr);
  port.listen(receive);
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
  const data = workerData as SlotData;
  parentPort.on("messageerror", (error: unknown) => {
    throw new HpoError("WORKER_FAILED", `A message to slot ${data.slot} can't be read.`, { cause: error });
  });
  serve(data.apart === true ? processPort(parentPort) : threadPort(parentPort), data);
}
