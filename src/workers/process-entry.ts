/**
 * The program of a slot's process. Tasks run in a thread; the main thread passes messages on, unread, and stays idle beside that, so that whatever the
 * thread does, it sees at once when its parent has ended or the memory has run out. Then it ends its process group: itself and what the task started.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { logRing, logRingMemory } from "./log-ring.ts";
import { type Frame, messageFrames, outbox } from "./message-frames.ts";
import { threadExit } from "./slot-host.ts";
import type { FromProcess, PassedOn, ProcessData, SlotData } from "./slot-messages.ts";

/** Milliseconds between two looks at the memory. */
const lookEvery = 50;

function serve({ slot, outputLength, memoryMegabytes, taskBytes }: ProcessData): void {
  process.on("disconnect", endGroup);
  // It may have gone while this program was read: nothing tells that a second time.
  if (!process.connected) endGroup();
  const parent = outbox(process);
  process.on("uncaughtException", endGroup);
  // Who ends the coordinator may tell its children, too; they are the coordinator's to end, once what runs is stored.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
  process.title = `hpo slot ${slot}`;

  const { port1: port, port2 } = new MessageChannel();
  const ring = logRingMemory();
  const resident = new Float64Array(new SharedArrayBuffer(8));
  const workerData: SlotData = { slot, outputLength, apart: true, ring, port: port2, ...(taskBytes === null ? {} : { resident }) };
  // So that V8 collects before the limit of the whole is reached.
  const heap = memoryMegabytes ?? (taskBytes === null ? null : Math.max(16, Math.ceil(taskBytes / 2 ** 20)));
  const worker = new Worker(new URL("./slot-entry.js", import.meta.url), {
    name: `hpo slot ${slot}`,
    workerData,
    transferList: [port2],
    stdout: true,
    stderr: true,
    execArgv: [],
    ...(heap === null ? {} : { resourceLimits: { maxOldGenerationSizeMb: heap } }),
  });
  const memory = memoryWatch({ limit: taskBytes, resident }, (bytes) => last({ frame: "memory", bytes, rest: logRing(ring).rest() }));
  let error: { readonly value: unknown } | null = null;

  function last(message: FromProcess): void {
    parent.send([message]);
    parent.whenSent(endGroup);
  }

  process.on("message", (frame: Frame) => port.postMessage(frame));
  const passOn = (message: PassedOn): void => {
    if (message.kind === "started") memory.begin();
    const worn = message.kind === "ended" && memory.end();
    parent.send(messageFrames(message.kind, message.copied));
    if (worn) parent.whenSent(endGroup);
  };
  port.on("message", passOn);
  port.on("messageerror", (value) => {
    error ??= { value };
    void worker.terminate();
  });
  worker.on("error", (value: unknown) => {
    error ??= { value };
  });
  worker.on("exit", (code) => {
    // Its last words may not have been read yet.
    for (let left = receiveMessageOnPort(port); left !== undefined; left = receiveMessageOnPort(port)) passOn(left.message as PassedOn);
    last({ frame: "exit", ...threadExit(code, error), rest: logRing(ring).rest() });
  });
}

interface MemoryLimit {
  readonly limit: number | null;
  /** What was resident when the task began, as its own thread saw it: on a busy machine this one hears of the beginning after the task has taken what it takes. */
  readonly resident: Float64Array;
}

/** Tells when the process has grown by more than the limit since a task began. */
function memoryWatch({ limit, resident }: MemoryLimit, over: (bytes: number) => void): { begin(): void; end(): boolean } {
  if (limit === null) return { begin: () => undefined, end: () => false };
  let first: number | undefined;
  let begun: number | null = null;
  const timer = setInterval(() => {
    if (begun === null) return;
    const bytes = process.memoryUsage.rss() - begun;
    if (bytes <= limit) return;
    clearInterval(timer);
    over(bytes);
  }, lookEvery);
  return {
    begin() {
      begun = resident[0] as number;
      first ??= begun;
    },
    /** Whether tasks have left so much behind that the next one is to have a new process. */
    end() {
      begun = null;
      return process.memoryUsage.rss() - (first ?? 0) > limit / 2;
    },
  };
}

function endGroup(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } finally {
    process.kill(process.pid, "SIGKILL");
  }
}

if (process.send !== undefined) serve(JSON.parse(process.argv[2] as string) as ProcessData);
