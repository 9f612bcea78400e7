import type Database from "better-sqlite3";
import { closeSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HpoError } from "../../core/hpo-error.ts";
import { openDatabase } from "./driver.ts";
import { hasForeignJournal } from "./foreign-journal.ts";
import { applicationId, migrations } from "./migrations.ts";
import { foreignObject } from "./own-schema.ts";
import { guarded, isBusy, sqliteCode } from "./sqlite-failure.ts";

/** An open database file of ours, at the newest schema. */
interface OpenDatabase {
  readonly db: Database.Database;
  close(): void;
}

/** SQLite's own waiting for a lock: none, since it tries less and less often, and so lets others pass; `guarded` waits. */
const busyTimeoutMs = 0;

/** Opens a database for writing; makes its folder (0700), the file (0600) and the tables where they are missing. */
export function openForWriting(file: string): OpenDatabase {
  makeFile(file);
  const db = connect(file, false);
  try {
    prepareFile(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
  return { db, close: () => closeWriter(db, file) };
}

/** Opens a database for reading: nothing is written to it, and no writer is held up. */
export function openForReading(file: string): OpenDatabase {
  if (!existsSync(file)) throw invalid(file, "does not exist; run a study first, or name another database with --db");
  try {
    return openReader(file, file, () => undefined);
  } catch (error) {
    if (!(error instanceof HpoError) || !/^SQLITE_(CANTOPEN|READONLY)/.test(sqliteCode(error.cause))) throw error;
  }
  // Even a reader of a database in WAL mode makes a file beside it, which a folder that can't be written forbids:
  // nobody writes there, so a copy says the same.
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-"));
  const copy = path.join(folder, "copy.sqlite");
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    copyFileSync(file, copy);
    if (existsSync(`${file}-wal`)) copyFileSync(`${file}-wal`, `${copy}-wal`);
    return openReader(copy, file, dispose);
  } catch (error) {
    dispose();
    throw error instanceof HpoError ? error : invalid(file, "can't be read; give this user the right to read it", error);
  }
}

/** `file` is what is opened, `name` what it is called. */
function openReader(file: string, name: string, dispose: () => void): OpenDatabase {
  const db = connect(file, true, name);
  try {
    const version = schemaVersion(db, name);
    if (version === 0) throw invalid(name, "is empty; run a study first, or name another database with --db");
    if (version < migrations.length) {
      throw invalid(name, `has the older schema ${version}; run any study on it once, which brings it to schema ${migrations.length}`);
    }
    db.pragma("query_only = ON");
  } catch (error) {
    db.close();
    throw error;
  }
  return {
    db,
    close() {
      db.close();
      dispose();
    },
  };
}

function makeFile(file: string): void {
  const folder = path.dirname(file);
  try {
    makeFolder(folder);
    // SQLite gives the files beside it the same rights.
    if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  } catch (error) {
    throw invalid(file, "can't be made; name a database in a folder that can be written with --db", error);
  }
}

/** Step by step: Node's own recursive mkdir never returns for some folders that can't be made (below /proc). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
}

function connect(file: string, readonly: boolean, name: string = file): Database.Database {
  if (statSync(file).isDirectory()) throw invalid(name, "is a folder; name a file with --db");
  if (hasForeignJournal(file)) {
    throw invalid(
      name,
      "has a journal beside it that hpo did not write and that names another file; move FILE-journal away, or name another with --db",
    );
  }
  return atBorder(name, () => {
    const db = openDatabase(file, { readonly, fileMustExist: true, timeout: busyTimeoutMs });
    // A file may come from anywhere: its schema calls nothing that has effects, and its pages are looked at twice. The driver has defensive mode on
    // and loads no extensions.
    db.pragma("trusted_schema = OFF");
    db.pragma("cell_size_check = ON");
    return db;
  });
}

/** Checks whose file it is before a byte of it is changed. */
function prepareFile(db: Database.Database, file: string): void {
  const version = schemaVersion(db, file);
  atBorder(file, () => {
    // Only takes effect before the first table; freed pages go back to the file system when the store is closed.
    if (version === 0) db.pragma("auto_vacuum = INCREMENTAL");
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    db.pragma("journal_size_limit = 16777216");
    if (version < migrations.length) db.transaction(() => migrate(db)).immediate();
  });
}

/** In one transaction; another process may have done it meanwhile. */
function migrate(db: Database.Database): void {
  const version = Number(db.pragma("user_version", { simple: true }));
  if (version >= migrations.length) return;
  for (const sql of migrations.slice(version)) db.exec(sql);
  db.pragma(`application_id = ${applicationId}`);
  db.pragma(`user_version = ${migrations.length}`);
}

/** 0 for a file without anything in it. Refuses files of other programs and of newer versions of hpo. */
function schemaVersion(db: Database.Database, file: string): number {
  return atBorder(file, () => {
    // One transaction: another process may be making the tables right now.
    const [id, version, tables, foreign] = db.transaction((): [number, number, number, string | undefined] => {
      const id = Number(db.pragma("application_id", { simple: true }));
      const version = Number(db.pragma("user_version", { simple: true }));
      const tables = Number(db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get());
      const known = id === applicationId && version >= 0 && version <= migrations.length;
      return [id, version, tables, known ? foreignObject(db, version) : undefined];
    })();
    if (id === 0 && version === 0 && tables === 0) return 0;
    if (id !== applicationId) throw invalid(file, "is a database of another program; name another file with --db");
    if (version > migrations.length) {
      throw new HpoError(
        "STORE_NEWER",
        `The database ${file} has schema ${version}, made by a newer hpo; this one knows schema ${migrations.length}: update hpo, or name another database with --db.`,
        { data: { database: file, version, known: migrations.length } },
      );
    }
    if (version < 0 || foreign !== undefined) {
      const what = foreign ?? `the schema ${version}, which no hpo made`;
      throw invalid(
        file,
        `has ${what}; nothing of it was read. Take that out with another program if it is yours, or name another file with --db`,
      );
    }
    return version;
  });
}

/** While a file is opened, what SQLite can't read is no database of ours. */
function atBorder<T>(file: string, work: () => T): T {
  return guarded(file, () => {
    try {
      return work();
    } catch (error) {
      const code = sqliteCode(error);
      if (code === "SQLITE_NOTADB") throw invalid(file, "is not a database; name another file with --db", error);
      if (code.startsWith("SQLITE_CORRUPT")) throw invalid(file, "is damaged; restore it from a copy, or name another with --db", error);
      if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code)) {
        throw invalid(file, "can't be opened; give this user the right to use the file and its folder, or name another with --db", error);
      }
      throw error;
    }
  });
}

/** Leaves one small file. What can't be tidied up now stays in the log, which the next process reads. */
function closeWriter(db: Database.Database, file: string): void {
  try {
    guarded(file, () => tidy(db));
  } finally {
    db.close();
  }
}

function tidy(db: Database.Database): void {
  db.pragma("busy_timeout = 100");
  const free = Number(db.pragma("freelist_count", { simple: true }));
  const all = Number(db.pragma("page_count", { simple: true }));
  try {
    if (free > 256 && free > all / 8) db.pragma("incremental_vacuum");
  } catch (error) {
    // Another study is being written to the same file: it gives the free pages back when it ends.
    if (!isBusy(error)) throw error;
  }
  db.pragma("wal_checkpoint(TRUNCATE)");
}

function invalid(file: string, sentence: string, cause?: unknown): HpoError {
  return new HpoError("STORE_INVALID", `The database ${file} ${sentence}.`, { data: { database: file }, cause });
}
