/** Milliseconds between two tries for a lock at first, and for one who has waited for long. */
const [longestMs, shortestMs] = [2, 0.25];
/** Who waits for longer than that waits for a program that holds the lock, not for its turn. */
const hopelessMs = 5000;

const never = new Int32Array(new SharedArrayBuffer(4));
let phase = (process.pid * 0.618_033_988_749_895) % 1;

/**
 * Sleeps before the next try for a lock, `waitedMs` after the first. Whoever waits for longer tries more often, so that the oldest is likely to be next; no
 * two processes keep step. A store's methods are synchronous: the thread stands still.
 */
export function pause(waitedMs: number): void {
  phase = (phase + 0.618_033_988_749_895) % 1;
  const ms = waitedMs > hopelessMs ? longestMs : Math.max(shortestMs, longestMs - waitedMs / 100);
  Atomics.wait(never, 0, 0, ms * (0.5 + phase));
}
