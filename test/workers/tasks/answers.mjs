// Tasks that end by themselves.
import { threadId } from "node:worker_threads";

let calls = 0;
let sharedSeen = new Set();

export const echo = (input) => input;
export const later = async (input) => {
  await null;
  return input;
};
export const nothing = () => undefined;
export const threadNumber = () => threadId;
export const slotNumber = (_input, { slot }) => slot;
export const callCount = () => ++calls;

/** How many different values this thread has been given; a value posted twice would be two objects. */
export const differentShared = (_input, { shared }) => {
  sharedSeen.add(shared);
  return sharedSeen.size;
};
export const forgetSeen = () => {
  sharedSeen = new Set();
};
export const sharedItself = (_input, { shared }) => shared;
export const addToShared = (amount, { shared }) => Atomics.add(shared, 0, amount);
export const useFunction = ({ double }, { shared }) => double(shared.value);

export const reports = (count, { report }) => {
  for (let index = 0; index < count; index++) report({ index });
  return "reported";
};
export const reportsLate = (_input, { report }) => {
  setImmediate(() => report("too late"));
  return "ended";
};
export const reportsFunction = (_input, { report }) => report(() => 1);

/** For at least so long, and some 20 ms of CPU, which a busy machine may not give meanwhile. */
export const spin = (milliseconds) => {
  const start = performance.now();
  let sum = 0;
  for (let i = 0; i < 2e7; i++) sum += Math.sqrt(sum + 1);
  while (performance.now() - start < milliseconds) sum += Math.sqrt(sum + 1);
  return sum > 0;
};
export const rest = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
export const megabytes = (count) => new Uint8Array(count * 2 ** 20).fill(7);
export const writes = ({ out, err }) => {
  console.log(out);
  console.error(err);
  process.stdout.write(new TextEncoder().encode("bytes\n"));
};
export const writesMuch = (characters) => {
  for (let left = characters; left > 0; left -= 1000) process.stdout.write("x".repeat(1000));
};
export const notAFunction = 7;

let turn = 0;
/** The turn of the event loop that it runs in: tasks of one batch say the same. */
export const turnNumber = () => {
  setImmediate(() => turn++);
  return turn;
};
export const processNumber = () => process.pid;

/** A shared value { memory, values, first } as it is seen here. */
export const describeShared = (_input, { shared: { memory, values, first } }) => ({
  pages: memory.buffer.byteLength / 65536,
  sum: values.reduce((sum, one) => sum + one, 0),
  same: values.buffer === first.buffer && values.buffer === memory.buffer,
  isMemory: memory instanceof WebAssembly.Memory,
});
export const writeShared = (value, { shared }) => (shared.first[0] = value);
export const readShared = (_input, { shared }) => shared.values[0];
