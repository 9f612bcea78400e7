// Tasks that run until somebody lets them go.

/** Waits at a gate (an Int32 in shared memory) until it is opened and notified. */
export const gated = async ({ gate, answer }, { slot, report }) => {
  report({ slot });
  await Atomics.waitAsync(new Int32Array(gate), 0, 0).value;
  return answer ?? slot;
};

/** Waits at a gate without ever coming back to its event loop. */
export const gatedSync = (gate, { report }) => {
  report("waiting");
  Atomics.wait(new Int32Array(gate), 0, 0);
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
  return Atomics.load(new Int32Array(gate), 0) === 1 ? "through" : new Promise(() => setInterval(() => undefined, 1000));
};
