import { HpoError } from "../../core/hpo-error.ts";
import { storeFailed } from "../store-failure.ts";
import { diskTrouble } from "./disk-trouble.ts";
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

/** A compressed column that zlib can't read, or that would take more than it may. */
function isBrokenStream(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" && (code.startsWith("Z_") || code === "ERR_BUFFER_TOO_LARGE");
}

function failure(location: string, error: unknown): HpoError {
  const code = sqliteCode(error);
  return storeFailed(location, sentence(code, error, location), error);
}

/** A page that makes no sense, or that the disk can't read (SQLite calls both malformed), a text in it that is no JSON, or bytes that can't be unpacked. */
export function isDamage(error: unknown): boolean {
  return (
    /^SQLITE_(CORRUPT|NOTADB|IOERR_CORRUPTFS|IOERR_DATA)/.test(sqliteCode(error)) || error instanceof SyntaxError || isBrokenStream(error)
  );
}

/** The end of a sentence. */
export function damaged(location: string, message?: string): string {
  return `is damaged, or its disk can't be read${message === undefined ? "" : ` (${message})`}; \`hpo doctor --db ${location}\` says what can be saved`;
}

function sentence(code: string, error: unknown, location: string): string {
  const message = error instanceof Error ? error.message : String(error);
  if (isBusy(error)) return `has been locked by another program for a minute; end the program that holds it and run the same command again`;
  if (code === "SQLITE_FULL")
    return `can't grow, since the disk is full; free some space and run the same command again, all that was stored is kept`;
  if (isDamage(error)) return damaged(location, message.replace(/\s+/g, " ").slice(0, 200));
  if (/^SQLITE_(READONLY|CANTOPEN|IOERR)/.test(code)) {
    const trouble = diskTrouble(location);
    if (trouble !== undefined) return trouble;
  }
  if (code.startsWith("SQLITE_READONLY")) return `can't be written; give this user the right to write the file and its folder`;
  if (/^SQLITE_(IOERR|CANTOPEN)/.test(code)) return `can't be read or written (${code}); check the disk and run the same command again`;
  return `refused a row or a question (${message}); nothing of it was stored`;
}
