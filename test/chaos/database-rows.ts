import { openDatabase } from "#hpo/store/sqlite/driver";

/** What changes from run to run without anything being lost: leases, the runs themselves, scratch that a finished group drops, the model, which a better one replaces, and checkpoints that no later trial continues. */
const volatileTables = /^(sqlite_|leases?$|runs?$|environments?$|models$|checkpoints$|shared_bytes|part_bytes|solver_states)/;

/** What follows from the rows of other tables: counters, and the estimate, which goes when a trial ends and is made again at the end. */
const derived = new Set(["studies.trials", "studies.complete", "studies.pruned", "studies.failed", "studies.estimate"]);

/** Null until it is known, then never changed: kept as rows of their own. */
const lateColumns = ["started_at"];

/** All rows of a database, by table, each as one text; blobs in hexadecimal. */
export function databaseRows(file: string): Map<string, Set<string>> {
  const database = openDatabase(file, { readonly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all() as string[];
    const rows = new Map<string, Set<string>>();
    for (const table of tables) {
      if (volatileTables.test(table)) continue;
      const all = database.prepare(`SELECT * FROM "${table}"`).all() as Record<string, unknown>[];
      const kept = all.map((row) => Object.entries(row).filter(([column]) => !derived.has(`${table}.${column}`)));
      rows.set(table, new Set(kept.map((row) => rowText(row.filter(([column]) => !lateColumns.includes(column))))));
      const late = kept.filter((row) => row.some(([column, value]) => lateColumns.includes(column) && value !== null));
      rows.set(`${table} with all columns`, new Set(late.map(rowText)));
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

function rowText(row: readonly (readonly [string, unknown])[]): string {
  return row.map(([column, value]) => `${column}=${textOf(value)}`).join(" ");
}

function textOf(value: unknown): string {
  return Buffer.isBuffer(value) ? value.toString("hex") : String(value);
}
