import { statSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { guarded } from "./sqlite-failure.ts";

/** A log of so many bytes is emptied by force; SQLite itself tries from 4 MB on. */
const largestBytes = 32 * 2 ** 20;
/** How often it is looked at. */
const lookEveryMs = 250;
/** How long the writers may be held up for each `largestBytes` of the log, and after how many times as long again. */
const waitMs = 250;
const longestWaitMs = 2500;
const restTimes = 20;

/**
 * Keeps the write-ahead log of a file short. SQLite's own way of emptying it waits for nobody: beside other writers, or readers that overlap each other, the
 * moment in which nobody needs the log may never come, and it grows without end. Call after a commit; a log that is too long is emptied while no writer
 * begins and those who read end. Readers are never held up.
 */
export function walLimit(db: Database, file: string): () => void {
  let nextLook = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now < nextLook) return;
    nextLook = now + lookEveryMs;
    const { size } = statSync(`${file}-wal`, { throwIfNoEntry: false }) ?? { size: 0 };
    if (size <= largestBytes) return;
    const patienceMs = Math.min(longestWaitMs, Math.floor(waitMs * (size / largestBytes)));
    guarded(file, () => {
      db.pragma(`busy_timeout = ${patienceMs}`);
      try {
        // Where a reader outlasts this, nothing is lost but the time.
        db.pragma("wal_checkpoint(TRUNCATE)");
      } finally {
        db.pragma("busy_timeout = 0");
      }
    });
    const ended = performance.now();
    // The longer the log, the sooner again.
    nextLook = ended + Math.max(lookEveryMs, restTimes * (largestBytes / size) ** 2 * (ended - now));
  };
}
