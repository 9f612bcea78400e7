import type Database from "better-sqlite3";
import { openDatabase } from "./driver.ts";
import { migrations } from "./migrations.ts";

/** A row of SQLite's own table of tables. */
type SchemaRow = readonly [type: string, name: string, table: string, sql: string | null];

const select = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name, type";

/** What ANALYZE and PRAGMA optimize make: numbers for SQLite's planner, by whatever tool. */
const statistics: ReadonlySet<string | null> = new Set([
  "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
  "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
]);

/** What the migrations make is always the same. */
const schemas = new Map<number, ReadonlyMap<string, SchemaRow>>();

/**
 * What a database of schema `version` holds besides the tables that its migrations make, or instead of them: a view or a trigger would be run as soon
 * as our statements touch it, and a table with other columns would be believed. undefined where all is ours. Rows are compared by all that they say,
 * since what a row calls itself is not what SQLite makes of it.
 */
export function foreignObject(db: Database.Database, version: number): string | undefined {
  const left = new Map(ownSchema(version));
  for (const row of db.prepare<[], SchemaRow>(select).raw().all()) {
    const [type, name, , sql] = row;
    if (type === "table" && statistics.has(sql)) continue;
    if (!left.delete(keyOf(row))) return `the ${type} ${JSON.stringify(name)}, which hpo did not make`;
  }
  const [missing] = left.values();
  return missing === undefined ? undefined : `no ${missing[0]} ${JSON.stringify(missing[1])}, which every database of this schema has`;
}

function ownSchema(version: number): ReadonlyMap<string, SchemaRow> {
  let known = schemas.get(version);
  if (known === undefined) {
    const db = openDatabase(":memory:");
    for (const sql of migrations.slice(0, version)) db.exec(sql);
    known = new Map(
      db
        .prepare<[], SchemaRow>(select)
        .raw()
        .all()
        .map((row) => [keyOf(row), row]),
    );
    db.close();
    schemas.set(version, known);
  }
  return known;
}

function keyOf(row: SchemaRow): string {
  return JSON.stringify(row);
}
