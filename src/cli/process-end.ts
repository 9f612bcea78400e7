import { subscribe } from "node:diagnostics_channel";
import { createRequire } from "node:module";
import type { Worker } from "node:worker_threads";
import { setTimeout as sleep } from "node:timers/promises";
import { lostTerminal } from "./terminal.ts";

/** Ends this process with an exit code, once all that was written has left; also where a thread, or what a study file left open, would hold it up. */
export type ProcessEnd = (exitCode: number) => Promise<void>;

/**
 * Watches for threads from now on. At its end Node waits for every thread, and one that is in a native call can't be interrupted: a call that
 * never returns would hold the command for ever, though all it has to say is said.
 */
export function processEnd(): ProcessEnd {
  const threads = new Set<Worker>();
  subscribe("worker_threads", (message) => {
    const { worker } = message as { readonly worker: Worker };
    threads.add(worker);
    worker.once("exit", () => threads.delete(worker));
  });
  return async (exitCode) => {
    process.exitCode = exitCode;
    // Node ends with a crash where it can't give a terminal its settings back; a hang-up is how programs end whose terminal was closed.
    if (lostTerminal()) dieOf("SIGHUP");
    for (const stream of [process.stdout, process.stderr]) await flushed(stream);
    if (threads.size === 0) process.exit();
    // What V8 does in the background ends first: it may crash when it is still at work.
    await sleep(200);
    exitWithoutThreads(exitCode);
  };
}

/** Ends this process now, whatever its threads do, as if nobody had listened for the signal: a shell says 130 for Ctrl-C. */
export function dieOf(signal: "SIGINT" | "SIGHUP"): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => void stream.write("", () => resolve()));
}

/** WASI's own exit is the only one of Node's that waits for no thread. */
function exitWithoutThreads(exitCode: number): void {
  const { WASI }: typeof import("node:wasi") = createRequire(import.meta.url)("node:wasi");
  const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: new (size: { initial: number }) => object } }).WebAssembly;
  const system = new WASI({ version: "preview1", returnOnExit: false });
  system.initialize({ exports: { memory: new Memory({ initial: 1 }) } });
  (system.wasiImport as { readonly proc_exit: (code: number) => void }).proc_exit(exitCode);
}
