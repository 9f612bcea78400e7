// Tasks that run until somebody lets them go.
import { existsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Waits at a gate (a file) until it is there. */
export const gated = async ({ gate, answer }, { slot, report }) => {
  report({ slot });
  while (!existsSync(gate)) await sleep(2);
  return answer ?? slot;
};

/** Waits at a gate without ever coming back to its event loop. */
export const gatedSync = (gate, { report }) => {
  report("waiting");
  while (!existsSync(gate)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
  return "whole";
};
export const untilAborted = (_input, { signal, report }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => {
      report({ reason: signal.reason.code });
      reject(signal.reason);
    });
    report("waiting");
  });
export const halfWhenAborted = (_input, { signal, report }) =>
  new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve("half a value"));
    report("waiting");
  });
export const deafForever = (_input, { report }) => {
  report("waiting");
  return new Promise(() => setInterval(() => undefined, 1000));
};
/** Never ends where the gate is shut when it begins. */
export const gatedLoosely = ({ gate }, { report }) => {
  report("waiting");
  return existsSync(gate) ? "through" : new Promise(() => setInterval(() => undefined, 1000));
};
