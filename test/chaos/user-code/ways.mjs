// What user code may do that it should not: each way is called in place of an objective, with the trial.
import { spawn } from "node:child_process";
import { writeSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, Worker } from "node:worker_threads";

const forever = () => new Promise(() => setInterval(() => undefined, 1000));
const hard = new Proxy(
  {},
  {
    get() {
      throw new Error("a trap");
    },
    getPrototypeOf() {
      throw new Error("a trap");
    },
  },
);

export const throwing = {
  error: () => {
    throw new Error("it broke");
  },
  later: async () => {
    await sleep(1);
    throw new RangeError("it broke later");
  },
  text: () => {
    throw "just a text";
  },
  nothing: () => {
    throw undefined;
  },
  frozen: () => {
    throw Object.freeze(new Error("frozen solid"));
  },
  cyclic: () => {
    const error = new Error("its own cause");
    error.cause = error;
    throw error;
  },
  proxy: () => {
    throw hard;
  },
  revoked: () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    throw proxy;
  },
  getters: () => {
    const never = () => {
      throw new Error("never read me");
    };
    throw Object.defineProperties(new Error(), { message: { get: never }, stack: { get: never }, cause: { get: never } });
  },
  thenable: () => {
    throw { then: (resolve) => resolve(3) };
  },
  endless: () => {
    throw new Error("x".repeat(1_000_000));
  },
};

export const returning = {
  nan: () => Number.NaN,
  infinity: () => Infinity,
  minusInfinity: () => -Infinity,
  nothing: () => undefined,
  text: () => "0.5",
  bigint: () => 5n,
  array: () => Array.from({ length: 1_000_000 }, () => 0.5),
  function: () => () => 1,
  symbol: () => Symbol("s"),
  proxy: () => hard,
  thenable: () => ({ then: (resolve) => resolve(3) }),
};

export const hanging = {
  neverSettles: forever,
  loop: () => {
    for (;;);
  },
  microtasks: async () => {
    for (;;) await null;
  },
  deafThenable: () => ({ then: () => setInterval(() => undefined, 1000) }),
};

export const dying = {
  exit: () => process.exit(0),
  exitWithCode: () => process.exit(7),
  timer: () => {
    setTimeout(() => {
      throw new Error("thrown by a timer");
    }, 1);
    return forever();
  },
  rejection: () => {
    void Promise.reject(new Error("nobody awaited this"));
    return forever();
  },
};

/** It has its value, and leaves something behind or changed. */
export const leaving = {
  rejection: () => void Promise.reject(new Error("nobody awaited this")),
  throwingTimer: () =>
    void setTimeout(() => {
      throw new Error("thrown by a timer that nobody waits for");
    }, 2),
  lateReport: ({ report }) => void setTimeout(() => report(1, 1), 2),
  timer: () => void setInterval(() => undefined, 10),
  server: () => void createServer().listen(0, "127.0.0.1"),
  thread: () => void new Worker("setInterval(() => undefined, 1000)", { eval: true }),
  child: () => console.log(`child ${spawn(process.execPath, ["-e", "setTimeout(() => undefined, 600_000)"], { stdio: "ignore" }).pid}`),
  posts: () => {
    for (const message of [
      null,
      "ended",
      { kind: "ended" },
      { kind: "started", epoch: 1 },
      { kind: "output" },
      { kind: "ended", epoch: 1, ends: [] },
    ])
      parentPort.postMessage(message);
  },
  closesPort: () => void parentPort.close(),
  signals: () => void process.on("SIGTERM", () => undefined),
  exitCode: () => void (process.exitCode = 42),
  environment: () => {
    for (const name of Object.keys(process.env)) delete process.env[name];
  },
  stdin: () => void process.stdin.on("data", () => undefined),
  number: (trial) => void Object.assign(trial, { number: 99, seed: -1 }),
};

/** It has its value, and leaves what others work with changed. */
export const patching = {
  random: () => (Math.random = () => 0.5),
  floor: () => (Math.floor = () => 7),
  push: () => (Array.prototype.push = () => 0),
  iterator: () => (Array.prototype[Symbol.iterator] = () => ({ next: () => ({ done: true }) })),
  stringify: () => (JSON.stringify = () => "{}"),
  keys: () => (Object.keys = () => []),
  promise: () => (globalThis.Promise = class {}),
  then: () => (Promise.prototype.then = () => undefined),
  date: () => (globalThis.Date = class {}),
  clock: () => (performance.now = () => Number.NaN),
  console: () => (console.log = () => undefined),
  timers: () => (globalThis.setTimeout = () => undefined),
  members: () => (Object.prototype.value = 5),
  stdout: () => void process.stdout.end(),
  swallows: () => void process.on("uncaughtException", () => undefined),
  frozen: () => void [Object.prototype, Array.prototype, Map.prototype, Math].map(Object.freeze),
};

/** What a thread refuses. */
export const refused = {
  folder: () => process.chdir("/"),
  parameters: ({ params }) => {
    params.at = 99;
  },
  stdin: () => process.stdin.write("hello"),
  report: ({ report }) => report(0, () => 1),
  reportText: ({ report }) => report("first", 1),
  checkpoint: ({ checkpoint }) => checkpoint.write("no bytes"),
};

export const writing = {
  both: () => {
    console.log("to stdout");
    console.error("to stderr");
    process.stdout.write(Uint8Array.of(0x62, 0x79, 0x74, 0x65, 0x73, 0x0a));
  },
  escapes: () => process.stdout.write("\u001b[2J\u001b]0;owned\u0007done\n"),
  flood: () => {
    const line = `${"y".repeat(1023)}\n`;
    for (let i = 0; i < 40_000; i++) process.stdout.write(line);
    process.stdout.write("the end\n");
  },
  gigabyte: () => {
    const line = `${"y".repeat(1023)}\n`;
    for (let i = 0; i < 1_000_000; i++) process.stdout.write(line);
    process.stdout.write("the end\n");
  },
  atOnce: () => process.stdout.write(`${"z".repeat(20_000_000)}\nthe end\n`),
  beside: () => void writeSync(2, ""),
};

/** Bit by bit, in JavaScript. */
export const filling = {
  heap: () => {
    const kept = [];
    for (;;) kept.push({ index: kept.length, text: `x${kept.length}` });
  },
};

export const kinds = { throwing, returning, hanging, dying, leaving, patching, refused, writing, filling };
