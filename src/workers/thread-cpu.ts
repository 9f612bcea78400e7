import { readFileSync } from "node:fs";

/**
 * CPU seconds that the calling thread has used, user and system; null where they can't be had (before Node 22.15 away
 * from Linux). Never the whole process's. A call takes about 90 µs where Node doesn't tell it, and then sleeps for most of it.
 */
export function threadCpuSeconds(): number | null {
  const { threadCpuUsage } = process as typeof process & { threadCpuUsage?: () => { user: number; system: number } };
  if (threadCpuUsage !== undefined) {
    const { user, system } = threadCpuUsage.call(process);
    return (user + system) / 1e6;
  }
  try {
    // The kernel brings the count up to date at its next tick (up to 4 ms later) or when the thread leaves the CPU: so it
    // leaves. Without this a task of 5 ms is told as 3.5 ms.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0.001);
    // "thread-self" is the thread that reads, and readFileSync reads on the calling thread. First number: ns on a CPU.
    return schedstatSeconds(readFileSync("/proc/thread-self/schedstat", "latin1"));
  } catch {
    // No such file: another system than Linux, or a kernel without schedstat. The contract's answer is null.
    return null;
  }
}

/** Seconds since `before`; null where either reading is missing. */
export function cpuSecondsSince(before: number | null): number | null {
  const now = threadCpuSeconds();
  return before === null || now === null ? null : Math.max(0, now - before);
}

function schedstatSeconds(text: string): number | null {
  const nanoseconds = Number.parseInt(text, 10);
  return Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : null;
}
