import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Database } from "better-sqlite3";
import { HpoError } from "../../../core/hpo-error.ts";
import { storedHeader } from "../../stored-header.ts";
import { openForWriting } from "../database.ts";
import { checkpointFault } from "./file-checks.ts";
import { guarded } from "../sqlite-failure.ts";
import { isSound, jsonColumns } from "./json-columns.ts";
import { primaryKey, readableRows, readableTable } from "./readable-rows.ts";
import { openUnlisted } from "./unlisted-database.ts";

/** What an export saved. */
export interface Export {
  readonly database: string;
  readonly studies: readonly ExportedStudy[];
  /** Rows that were written. */
  readonly rows: number;
  /** Rows that could not be read, that make no sense to hpo, or whose trial or study was lost; at least so many. */
  readonly lost: number;
}

interface ExportedStudy {
  readonly name: string;
  /** Trials that were saved, and how many there were. */
  readonly trials: number;
  readonly of: number;
  /** false: what it declares can't be read, which hpo needs to show its rows. They are saved all the same, for SQL. */
  readonly readable: boolean;
}

/** Parents before children. Leases are of processes, and stay. */
const tables = [
  "studies",
  "metrics",
  "earlier_studies",
  "trials",
  "outcomes",
  "outcome_values",
  "steps",
  "gradients",
  "evaluations",
  "evaluation_scores",
  "evaluation_gradients",
  "row_sets",
  "predictions",
  "shared_work",
  "shared_uses",
  "shared_bytes",
  "attempts",
  "attempt_trials",
  "logs",
  "log_trials",
  "environments",
  "runs",
  "models",
  "checkpoints",
];

/**
 * Writes everything of a damaged database that can be read into a new one of the newest schema, table by table and row by row; checkpoints go with their
 * files. What refers to something that was lost is left out. The damaged one is only read.
 * @throws HpoError STORE_INVALID where the new file exists, or nothing can be read; STORE_FAILED where the new one can't be written
 */
export function exportDatabase(database: string, target: string): Export {
  const [from, to] = [path.resolve(database), path.resolve(target)];
  if (existsSync(to))
    throw new HpoError("STORE_INVALID", `The database ${to} exists already, and an export overwrites nothing; name another file.`, {
      data: { database: to },
    });
  const source = openUnlisted(from);
  try {
    const { db, close } = openForWriting(to);
    try {
      const { rows, lost } = guarded(to, () => filled(db, source.db, { from, to }));
      const studies = exportedStudies(db, to);
      guarded(to, () => recount(db));
      return { database: to, studies, rows, lost };
    } catch (error) {
      for (const end of ["", "-wal", "-shm", ".artefacts"]) rmSync(`${to}${end}`, { recursive: true, force: true });
      throw error;
    } finally {
      close();
    }
  } finally {
    source.close();
  }
}

function exportedStudies(db: Database, location: string): ExportedStudy[] {
  return db
    .prepare<[], Omit<ExportedStudy, "readable"> & { readonly declaration: string; readonly description: string }>(
      `SELECT name, (SELECT count(*) FROM trials t WHERE t.study = s.study) AS trials, trials AS of, declaration, description
       FROM studies s ORDER BY study`,
    )
    .all()
    .map(({ name, trials, of, ...texts }) => ({ name, trials, of, readable: isReadable(location, name, texts) }));
}

function isReadable(location: string, name: string, texts: Parameters<typeof storedHeader>[2]): boolean {
  try {
    storedHeader(location, name, texts);
    return true;
  } catch {
    // What is wrong with it, the doctor says.
    return false;
  }
}

interface Copied {
  readonly rows: number;
  readonly lost: number;
}

function filled(db: Database, source: Database, { from, to }: { readonly from: string; readonly to: string }): Copied {
  db.pragma("foreign_keys = OFF");
  let lost = 0;
  db.transaction(() => {
    for (const table of tables) lost += copied(db, source, table);
    lost += withoutNonsense(db);
    lost += withoutOrphans(db);
    lost += copiedCheckpoints(db, from, to);
  })();
  db.pragma("foreign_keys = ON");
  const rows = tables.reduce((sum, table) => sum + (db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0), 0);
  return { rows, lost };
}

/** Rows that could not be read or written. */
function copied(db: Database, source: Database, table: string): number {
  const wanted = (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
  const from = readableTable(source, table, wanted);
  if (from === undefined) return 0;
  const insert = db.prepare(
    `INSERT OR IGNORE INTO ${table} (${from.columns.join(", ")}) VALUES (${from.columns.map(() => "?").join(", ")})`,
  );
  const reader = readableRows(source, from, () => soughtKeys(db, from.key));
  let refused = 0;
  for (const row of reader.rows()) {
    try {
      insert.run(...row);
    } catch (error) {
      // A value that the schema forbids is none that hpo wrote.
      if (!String((error as { code?: unknown }).code).startsWith("SQLITE_CONSTRAINT") && !(error instanceof TypeError)) throw error;
      refused++;
    }
  }
  return reader.lost + refused;
}

/** What may stand between pages that can't be read: the trials of each study that was saved, or row numbers. */
function* soughtKeys(db: Database, key: readonly string[]): Generator<readonly unknown[]> {
  if (key[0] === "study") {
    for (const [study, trials] of db.prepare("SELECT study, trials FROM studies").raw().all() as [number, number][]) {
      if (key[1] !== "trial") yield [study];
      else for (let trial = 0; trial < trials; trial++) yield [study, trial];
    }
  } else if (key[0] === "rowid") {
    for (let row = 1; ; row++) yield [row];
  }
}

/** Takes out what our own readers can't read. */
function withoutNonsense(db: Database): number {
  let lost = 0;
  for (const column of jsonColumns) {
    const [info] = db.pragma(`table_list(${column.table})`) as { wr: number }[];
    const key = info?.wr === 1 ? primaryKey(db, column.table) : ["rowid"];
    const rows = db
      .prepare(`SELECT ${column.column}, ${key.join(", ")} FROM ${column.table}`)
      .raw()
      .all() as [unknown, ...unknown[]][];
    const where = `WHERE ${key.map((one) => `${one} = ?`).join(" AND ")}`;
    const change =
      column.unreadable === "null" ? `UPDATE ${column.table} SET ${column.column} = NULL ${where}` : `DELETE FROM ${column.table} ${where}`;
    for (const [stored, ...values] of rows) {
      if (isSound(column, stored)) continue;
      db.prepare(change).run(...values);
      lost++;
    }
  }
  return lost;
}

interface ForeignKeyColumn {
  readonly id: number;
  readonly seq: number;
  readonly table: string;
  readonly from: string;
  /** null: the parent's primary key. */
  readonly to: string | null;
}

/** Takes out rows whose study, trial or other parent was lost, and then those of theirs. */
function withoutOrphans(db: Database): number {
  // WITHOUT ROWID tables are not named by row, so each table is asked for itself.
  let lost = 0;
  for (let gone = -1; gone !== 0; ) {
    gone = 0;
    for (const table of tables) {
      const parents = new Map<number, { table: string; columns: [string, string][] }>();
      for (const { id, seq, table: parent, from, to } of db.pragma(`foreign_key_list(${table})`) as ForeignKeyColumn[]) {
        const one = parents.get(id) ?? { table: parent, columns: [] };
        one.columns.push([from, to ?? (primaryKey(db, parent)[seq] as string)]);
        parents.set(id, one);
      }
      for (const { table: parent, columns } of parents.values()) {
        const match = columns.map(([from, to]) => `p.${to} = c.${from}`).join(" AND ");
        gone += db.prepare(`DELETE FROM ${table} AS c WHERE NOT EXISTS (SELECT 1 FROM ${parent} p WHERE ${match})`).run().changes;
      }
    }
    lost += gone;
  }
  return lost;
}

/** Copies the files of checkpoints; rows whose file is missing or damaged go. */
function copiedCheckpoints(db: Database, from: string, to: string): number {
  let lost = 0;
  const rows = db.prepare("SELECT study, trial, sha256, size FROM checkpoints").all() as {
    study: number;
    trial: number;
    sha256: string;
    size: number;
  }[];
  for (const { study, trial, sha256, size } of rows) {
    const name = path.join(".artefacts", String(study), sha256).slice(".artefacts".length);
    const [old, copy] = [`${from}.artefacts${name}`, `${to}.artefacts${name}`];
    // The name is data: only one that is a hash names a file.
    if (/^[0-9a-f]{64}$/.test(sha256) && checkpointFault(old, { sha256, size }) === undefined) {
      mkdirSync(path.dirname(copy), { recursive: true, mode: 0o700 });
      copyFileSync(old, copy);
    } else {
      db.prepare("DELETE FROM checkpoints WHERE study = ? AND trial = ?").run(study, trial);
      lost++;
    }
  }
  return lost;
}

function recount(db: Database): void {
  const outcomes = (state: string): string => `(SELECT count(*) FROM outcomes o WHERE o.study = s.study AND o.state = '${state}')`;
  db.exec(
    `UPDATE studies AS s SET trials = (SELECT count(*) FROM trials t WHERE t.study = s.study), complete = ${outcomes("complete")},
       pruned = ${outcomes("pruned")}, failed = ${outcomes("failed")}`,
  );
}
