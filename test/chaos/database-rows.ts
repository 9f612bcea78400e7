import Database from "better-sqlite3";

/** What changes from run to run without anything being lost: leases, the runs themselves, and scratch that a finished group drops. */
const volatileTables = /^(sqlite_|leases?$|runs?$|environments?$|shared_bytes|part_bytes|solver_states)/;

/** All rows of a database, by table, each as one text; blobs in hexadecimal. */
export function databaseRows(file: string): Map<string, Set<string>> {
  const database = new Database(file, { readonly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
    const rows = new Map<string, Set<string>>();
    for (const table of tables) {
      if (volatileTables.test(table)) continue;
      const all = database.prepare(`SELECT * FROM "${table}"`).all() as Record<string, unknown>[];
      rows.set(
        table,
        new Set(all.map((row) => JSON.stringify(row, (_key, value) => (Buffer.isBuffer(value) ? value.toString("hex") : value)))),
      );
    }
    return rows;
  } finally {
    database.close();
  }
}

/** Rows of `before` that `after` does not have, as "table: row". */
export function lostRows(before: Map<string, Set<string>>, after: Map<string, Set<string>>): string[] {
  return [...before].flatMap(([table, rows]) => [...rows].filter((row) => !after.get(table)?.has(row)).map((row) => `${table}: ${row}`));
}
