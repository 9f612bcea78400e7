/**
 * Milliseconds of a monotonic clock. Bound when the thread starts: a task that replaces `performance.now`, as fake timers do, changes no time
 * that is stored.
 */
export const nowMs: () => number = performance.now.bind(performance);
