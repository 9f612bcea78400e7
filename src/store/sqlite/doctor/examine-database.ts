import { existsSync, statSync } from "node:fs";
import path from "node:path";
import type { Database } from "better-sqlite3";
import { openForReading } from "../database.ts";
import { migrations } from "../migrations.ts";
import { checkCheckpoints, checkSurroundings, freeBytes } from "./file-checks.ts";
import { counted, type Finding, type Findings, findings } from "./finding.ts";
import { knownTables } from "./known-tables.ts";
import { checkRows } from "./row-checks.ts";
import { openingDamage } from "./unlisted-database.ts";

/** What the doctor says of a database. */
export interface Examination {
  readonly database: string;
  readonly bytes: number;
  /** null where it can't be opened. */
  readonly schema: number | null;
  readonly studies: number | null;
  /** null where the system does not say. */
  readonly freeBytes: number | null;
  readonly findings: readonly Finding[];
}

/** Messages of SQLite's own checks that are shown. */
const mostShown = 20;

/**
 * Looks at everything that a database holds and at what lies beside it, and writes nothing but a file of 32 kB beside it that is removed at once. Cost:
 * O(bytes). @throws HpoError STORE_INVALID for what is no database of hpo's, STORE_NEWER for one of a newer hpo.
 */
export function examineDatabase(file: string): Examination {
  const database = path.resolve(file);
  const found = findings();
  const opened = opening(database, found);
  let schema: number | null = null;
  let studies: number | null = null;
  if (opened !== undefined) {
    const { db, close } = opened;
    try {
      schema = Number(db.pragma("user_version", { simple: true }));
      checkPages(db, found);
      studies = studyCount(db);
      if (schema === migrations.length) {
        checkRows(db, database, found);
        guardedCheck(found, "its checkpoints", () => checkCheckpoints(db, database, found));
      } else {
        found.add(
          "note",
          "other",
          `It has the older schema ${schema}; any run of a study on it brings it to schema ${migrations.length}. Its rows are looked at after that.`,
        );
      }
    } finally {
      close();
    }
  }
  checkSurroundings(database, found);
  const bytes = existsSync(database) ? statSync(database).size : 0;
  return { database, bytes, schema, studies, freeBytes: freeBytes(database) ?? null, findings: found.list };
}

/** undefined, and a finding, where it is a database too damaged to be opened. */
function opening(file: string, found: Findings): ReturnType<typeof openForReading> | undefined {
  try {
    return openForReading(file, "own");
  } catch (error) {
    const why = openingDamage(error);
    if (why === undefined) throw error;
    const known = knownTables(file);
    known?.dispose();
    if (known === undefined) {
      found.add(
        "damage",
        "other",
        `It can't be opened at all (${why}): it is no database, or its first two pages, which say where all others are, are damaged. Restore a copy.`,
      );
    } else {
      found.add(
        "damage",
        "export",
        `It can't be opened (${why}), since its first page or its list of tables is damaged; its tables stand where hpo makes them, so that an export can read them.`,
      );
    }
    return undefined;
  }
}

function studyCount(db: Database): number | null {
  try {
    return db.prepare<[], number>("SELECT count(*) FROM studies NOT INDEXED").pluck().get() ?? null;
  } catch {
    // Told by the checks of its pages and rows.
    return null;
  }
}

/** SQLite's own checks: pages, indexes, types, and rows that refer to none. */
function checkPages(db: Database, found: Findings): void {
  guardedCheck(found, "its pages", () => {
    const messages = (db.pragma(`integrity_check(${mostShown})`) as { integrity_check: string }[]).map((row) => row.integrity_check);
    for (const message of messages.flatMap((one) => one.split("\n"))) {
      if (message === "ok" || message.trim() === "" || message.startsWith("*** in database")) continue;
      const index = /index/.test(message) && !/Tree|page/i.test(message);
      found.add("damage", index ? "repair" : "export", `SQLite says: ${message.replace(/\.$/, "")}.`);
    }
  });
  guardedCheck(found, "what its rows refer to", () => {
    const rows = db.pragma("foreign_key_check") as { table: string; parent: string }[];
    const pairs = new Map<string, number>();
    for (const { table, parent } of rows)
      pairs.set(`${table} belong to no row of ${parent}`, (pairs.get(`${table} belong to no row of ${parent}`) ?? 0) + 1);
    for (const [pair, count] of pairs) found.add("damage", "export", `${counted(count, "row")} of ${pair}.`);
  });
}

function guardedCheck(found: Findings, what: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    found.add("damage", "export", `The check of ${what} came to no end (${message}).`);
  }
}
