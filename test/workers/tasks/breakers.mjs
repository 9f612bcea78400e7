// Tasks that destroy the thread that they run in.
import { execFileSync, spawn } from "node:child_process";
import { pbkdf2Sync } from "node:crypto";
import { closeSync, existsSync, writeFileSync, writeSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";

export const loop = (_input, { report }) => {
  report("looping");
  for (;;);
};

// (module (func (export "f") (loop (br 0))))
const bytes = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, 10, 9, 1, 7, 0, 3, 0x40, 0x0c, 0, 0x0b, 0x0b,
];
export const wasmLoop = (_input, { report }) => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)));
  report("looping");
  exports.f();
};
export const microtaskLoop = async (_input, { report }) => {
  report("looping");
  for (;;) await null;
};
/** Bit by bit, in JavaScript: V8 ends the whole process where one of its own functions (fill, on Node 24) meets the limit. */
export const fillHeap = () => {
  const kept = [];
  for (;;) kept.push({ index: kept.length, text: `x${kept.length}` });
};
export const exit = (code) => process.exit(code);
export const timerThrows = () =>
  new Promise(() => {
    setImmediate(() => {
      throw new Error("thrown by a timer");
    });
  });
export const unhandled = () => {
  Promise.reject(new Error("nobody caught this"));
  return new Promise(() => undefined);
};
export const closesPort = () => {
  parentPort.close();
  return "still here";
};

/** Ends well, and leaves something behind that breaks the thread afterwards. */
export const leavesThrow = () => {
  setImmediate(() => {
    throw new Error("left behind");
  });
  return "left";
};
export const leavesLoop = () => {
  setImmediate(() => {
    for (;;);
  });
  return "left";
};
export const forgesMessages = (_input, { report }) => {
  for (const message of [undefined, null, 7, "ended", {}, { kind: "ended" }, { kind: "started", epoch: 99 }])
    parentPort.postMessage(message);
  report("true");
  return "honest";
};

/** A native call of about a second: nothing can interrupt it. */
export const slowNative = () => pbkdf2Sync("p", "s", 1_500_000, 64, "sha512").length;

/** Small tasks, some of which end the thread, loop for ever or return what can't be copied. */
export const sometimes = ({ way, value }) => {
  if (way === "exit") process.exit(3);
  if (way === "loop") for (;;);
  if (way === "throws") throw new Error(`value ${value}`);
  return way === "hard" ? () => value : value;
};

/** What a task could reach of the connection of its slot. */
export const ownPort = () => Object.keys(workerData).filter((name) => name === "port" || name === "ring");

/** Ends well; what it left throws once the gate is open. */
export const leavesThrowFor = ({ gate }) => {
  setInterval(() => {
    if (existsSync(gate)) throw new Error("left behind");
  }, 1);
  return "left";
};

let ran = 0;
const changes = {
  push: () => Reflect.set(Array.prototype, "push", () => 0),
  map: () => Reflect.set(Array.prototype, "map", () => []),
  iterator: () => Reflect.set(Array.prototype, Symbol.iterator, () => ({ next: () => ({ done: true }) })),
  then: () => Reflect.set(Promise.prototype, "then", () => undefined),
  floor: () => (Math.floor = () => 7),
  now: () => (performance.now = () => Number.NaN),
  Map: () => (globalThis.Map = Set),
  log: () => (console.log = () => undefined),
  write: () => (process.stdout.write = () => true),
  frozen: () => Object.freeze(Array.prototype),
  random: () => (Math.random = () => 0.5),
};
const change = (way) => {
  ran++;
  changes[way]();
  return "changed";
};
export { change as changes };
export const unchanged = () => {
  ran++;
  const list = [];
  list.push(1);
  return [Math.floor(list.length + 0.5) + (ran > 1 ? 2 : 0), ran === 1 ? "first in its thread" : "later"];
};
/** The 100th of them leaves what the others work with changed. */
export const changesOnce = (value) => {
  const result = Math.round(value);
  if (value === 100) Math.round = () => -1;
  return result;
};

/** The 100th of them keeps those that follow in its thread from ever ending, where that is not undone. */
export const stopsPromisesOnce = async (value) => {
  if (value === 100) Promise.prototype.then = () => undefined;
  else await (async () => Promise.resolve())();
  return value;
};

export const speaks = (way) => {
  console.log(`before ${way}`);
  if (way === "throws") throw new Error("it broke");
  if (way === "exit") process.exit(3);
  if (way === "unhandled") return unhandled();
  if (way === "heap") fillHeap();
  if (way === "loop") for (;;);
  return way;
};
export const floods = (way, { report }) => {
  for (let i = 0; i < 1_000_000; i++) process.stdout.write(`line ${String(i).padStart(8, "0")}\n`);
  report("all is written");
  if (way === "exit") process.exit(3);
  if (way === "loop") for (;;);
  // What no thread can be interrupted in: longer than it is waited for.
  if (way === "native") pbkdf2Sync("a", "b", 2e6, 64, "sha512");
  return way;
};

// Tasks that take a whole process along, or go beyond it.
export const kills = (signal) => process.kill(process.pid, signal);
/** One allocation that is larger than what is left of the heap. */
export const hugeArray = () => new Array(2 ** 27 - 8).fill(0.5).map((one) => one + 1).length;
/** Memory outside the JavaScript heap, until there is too much of it. */
export const fillNative = async (_input, { report }) => {
  const kept = [];
  for (;;) {
    kept.push(Buffer.alloc(2 ** 24, 1));
    report(kept.length);
    await null;
  }
};
const leaked = [];
/** Leaves so many MiB behind. */
export const leaks = (megabytes) => leaked.push(Buffer.alloc(megabytes * 2 ** 20, 1));
/** Leaves a process behind. */
export const leavesProcess = () => spawn("sleep", ["1000"], { stdio: "ignore" }).pid;
/** Writes that one's number to a file, since it dies before anybody can hear it. */
export const leavesProcessAndDies = ({ signal, file }) => {
  writeFileSync(file, String(leavesProcess()));
  process.kill(process.pid, signal);
  for (;;);
};
/** Words that do not go by process.stdout: of native code, and of a process that the task starts. */
export const writesPast = ({ own, child }) => {
  writeSync(1, own);
  execFileSync("sh", ["-c", 'printf %s "$1" >&2', "sh", child], { stdio: "inherit" });
};
export const waitsForever = (_input, { report }) => {
  report("waiting");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};
export const nativeForever = (_input, { report }) => {
  report("waiting");
  execFileSync("sleep", ["1000"]);
};
/** Closes what the process talks by. */
export const closesFiles = () => {
  for (let file = 3; file < 40; file++) {
    try {
      closeSync(file);
    } catch {
      // There is none of that number.
    }
  }
  for (;;);
};
/** Sends what no slot sends. */
export const forgesCopies = (_input, { report }) => {
  for (const copied of [{ payload: Uint8Array.of(1, 2, 3), stores: [] }, { payload: "none", stores: 7 }, 7, null]) {
    parentPort.postMessage({ kind: "ended", copied });
  }
  report("true");
  return "honest";
};
/** A process that leaves the group, and keeps what this one writes to. */
export const leavesGroup = () => spawn("sleep", ["4"], { stdio: "inherit", detached: true }).pid;
