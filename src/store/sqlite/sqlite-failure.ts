import { HpoError } from "../../core/hpo-error.ts";
import { storeFailed } from "../store-failure.ts";
import { pause } from "./lock-pause.ts";

/** How long a call waits for another program's lock, in all. */
const patienceMs = 60_000;

/** The code of an error of SQLite ("SQLITE_BUSY"), else "". */
export function sqliteCode(error: unknown): string {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === "string" && code.startsWith("SQLITE_") ? code : "";
}

/** Another connection holds a lock that is given up soon. */
export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(sqliteCode(error));
}

/**
 * Calls `work`, again while another program holds a lock (for at most a minute, by a clock that nobody sets), and wraps what SQLite throws in an HpoError.
 * `onBusy` hears of each time that it was held.
 */
export function guarded<T>(location: string, work: () => T, onBusy?: () => void): T {
  const start = performance.now();
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (error instanceof HpoError) throw error;
      const waitedMs = performance.now() - start;
      if (!isBusy(error) || waitedMs >= patienceMs) throw failure(location, error);
      onBusy?.();
      pause(waitedMs);
    }
  }
}

function failure(location: string, error: unknown): HpoError {
  const code = sqliteCode(error);
  return storeFailed(location, sentence(code, error), error);
}

function sentence(code: string, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (isBusy(error)) return `has been locked by another program for a minute; end the program that holds it and run the same command again`;
  if (code === "SQLITE_FULL")
    return `can't grow, since the disk is full; free some space and run the same command again, all that was stored is kept`;
  if (code.startsWith("SQLITE_READONLY")) return `can't be written; give this user the right to write the file and its folder`;
  if (code.startsWith("SQLITE_IOERR")) return `can't be read or written (${code}); check the disk and run the same command again`;
  if (code === "SQLITE_CORRUPT" || code === "SQLITE_NOTADB" || error instanceof SyntaxError)
    return `is damaged (${message}); restore it from a copy or name another with --db`;
  return `refused a row or a question (${message}); nothing of it was stored`;
}
