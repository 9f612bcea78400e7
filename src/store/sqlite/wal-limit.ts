import { statSync } from "node:fs";
import type { Database } from "better-sqlite3";
import { guarded } from "./sqlite-failure.ts";

/** A log of so many bytes is emptied by force; SQLite itself tries from 4 MB on. */
const largestBytes = 32 * 2 ** 20;
/** How often it is looked at. */
const lookEveryMs = 50;
/**
 * For how long readers are waited for, while no writer begins. Readers that follow each other closely may keep an attempt from its end for as long as it
 * lasts, and the next one, after another commit, is done at once: so attempts are short.
 */
const waitMs = 20;
/** After so many times as long it is tried again, twice as many after each attempt that readers outlasted, and at most: a reader may take minutes. */
const [restTimes, mostRestTimes] = [1, 32];

/**
 * Keeps the write-ahead log of a file short. SQLite's own way of emptying it waits for nobody: beside other writers, or readers that overlap each other, the
 * moment in which nobody needs the log may never come, and it grows without end. Call after a commit; a log that is too long is emptied while no writer
 * begins and those who read end. Readers are never held up.
 */
export function walLimit(db: Database, file: string): () => void {
  let nextLook = Number.NEGATIVE_INFINITY;
  let rest = restTimes;
  return () => {
    const now = performance.now();
    if (now < nextLook) return;
    nextLook = now + lookEveryMs;
    const { size } = statSync(`${file}-wal`, { throwIfNoEntry: false }) ?? { size: 0 };
    if (size <= largestBytes) return;
    const emptied = guarded(file, () => {
      db.pragma(`busy_timeout = ${waitMs}`);
      try {
        const [{ busy }] = db.pragma("wal_checkpoint(TRUNCATE)") as [{ readonly busy: number }];
        return busy === 0;
      } finally {
        db.pragma("busy_timeout = 0");
      }
    });
    const ended = performance.now();
    nextLook = ended + (emptied ? lookEveryMs : rest * (ended - now));
    rest = emptied ? restTimes : Math.min(2 * rest, mostRestTimes);
  };
}
