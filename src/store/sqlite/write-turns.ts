import type { Database } from "better-sqlite3";
import { pause } from "./lock-pause.ts";

/** How long after it found the file locked a writer still takes others to want the lock, too. */
const crowdedMs = 1000;
/**
 * For how long a writer begins transactions one after another, and how many at least, unless they take for very long. Each hand-over costs the next one its
 * cache, and on a busy machine its way to a core.
 */
const turnMs = 50;
const turnWrites = 16;
const longestTurnMs = 400;
/** A writer that was away for so long comes anew. */
const awayMs = 5;
/** How long others are given to take the lock. */
const yieldMs = 20;

/** Lets the writers of one file take turns. */
export interface WriteTurns {
  /** Before a write transaction is tried for the first time. */
  come(): void;
  /** It found the file locked. */
  crowded(): void;
  /** It has the lock. */
  begun(): void;
  /** It has given it back. */
  ended(): void;
}

/**
 * SQLite gives the lock to whoever asks first after it is free. A writer that commits and begins again at once is nearly always that one, and others wait
 * for seconds. So one that has found the file locked lately lets others pass when its turn is over: it waits until one of them has written, or none came.
 */
export function writeTurns(db: Database): WriteTurns {
  const version = db.prepare<[], number>("PRAGMA data_version").pluck();
  let crowdedAt = Number.NEGATIVE_INFINITY;
  let turnBegan = Number.NEGATIVE_INFINITY;
  let endedAt = Number.NEGATIVE_INFINITY;
  let writes = 0;
  let goesOn = false;
  return Object.freeze({
    come() {
      const now = performance.now();
      const away = now - endedAt > awayMs;
      goesOn = !away && now - turnBegan < (writes < turnWrites ? longestTurnMs : turnMs);
      if (away || goesOn || now - crowdedAt > crowdedMs) return;
      const before = version.get();
      while (performance.now() - now < yieldMs && version.get() === before) pause(0);
    },
    crowded() {
      crowdedAt = performance.now();
      goesOn = false;
    },
    begun() {
      if (goesOn) writes++;
      else [turnBegan, writes] = [performance.now(), 1];
    },
    ended() {
      endedAt = performance.now();
    },
  });
}
