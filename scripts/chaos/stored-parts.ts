import type Database from "better-sqlite3";
import { openDatabase } from "#hpo/store/sqlite/driver";

/** A durable part that a database has. */
export interface StoredPart {
  readonly key: string;
  /** Whether its bytes are there: those of an ended group, and of what has been read by all that need it, are dropped. */
  readonly bytes: boolean;
}

/** How many durable parts a database has; 0 where it isn't there yet. */
export function partCounter(file: string): { count(): number; close(): void } {
  let database: Database.Database | undefined;
  let parts: Database.Statement | undefined;
  return {
    count() {
      try {
        database ??= openDatabase(file, { readonly: true, fileMustExist: true });
        parts ??= database.prepare("SELECT count(*) FROM shared_work WHERE key LIKE '%/solve %' OR key LIKE '%/vote %'").pluck();
        return parts.get() as number;
      } catch {
        // Its process is about to make it.
        return 0;
      }
    },
    close: () => void database?.close(),
  };
}

/** Every stored durable part, by key; one that stands twice is named twice. */
export function storedParts(file: string): readonly StoredPart[] {
  const database = openDatabase(file, { readonly: true });
  try {
    const rows = database
      .prepare(
        `SELECT key, bytes IS NOT NULL AS held FROM shared_work LEFT JOIN shared_bytes USING (work)
         WHERE key LIKE '%/solve %' OR key LIKE '%/vote %' ORDER BY key, occurrence`,
      )
      .all() as { key: string; held: number }[];
    return rows.map(({ key, held }) => ({ key, bytes: held === 1 }));
  } finally {
    database.close();
  }
}
