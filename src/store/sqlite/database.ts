import type Database from "better-sqlite3";
import { closeSync, existsSync, lstatSync, mkdirSync, openSync, statSync } from "node:fs";
import path from "node:path";
import { HpoError } from "../../core/hpo-error.ts";
import { diskTrouble } from "./disk-trouble.ts";
import { openDatabase } from "./driver.ts";
import { syncFolder } from "./durable-files.ts";
import { hasForeignJournal, removeDeadJournal } from "./rollback-journal.ts";
import { migratedCopy } from "./migrated-copy.ts";
import { applicationId, migrate, migrations } from "./migrations.ts";
import { foreignObject } from "./own-schema.ts";
import { damaged, guarded, isBusy, isDamage, sqliteCode } from "./sqlite-failure.ts";
import { stillDatabase } from "./still-database.ts";
import { showPath } from "../../core/options.ts";

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
  const db = connect(file, false, file);
  try {
    prepareFile(db, file);
  } catch (error) {
    db.close();
    throw error;
  }
  return { db, close: () => closeWriter(db, file) };
}

/**
 * Opens a database for reading: nothing is written to it, and no writer is held up. `schema`: as what an older one is opened: as a copy that was brought
 * to the newest, which shows what was stored when it was opened, or as it is.
 */
export function openForReading(file: string, schema: "newest" | "own" = "newest"): OpenDatabase {
  if (!existsSync(file)) throw invalid(file, "does not exist; run a study first, or name another database with --db");
  try {
    return openReader(file, { name: file, schema, dispose: () => undefined });
  } catch (error) {
    if (!(error instanceof HpoError) || !/^SQLITE_(CANTOPEN|READONLY|FULL|IOERR_SHM)/.test(sqliteCode(error.cause))) throw error;
  }
  // Even a reader of a database in WAL mode makes a file beside it, which a folder that can't be written, or a full disk, forbids.
  const still = stillDatabase(file);
  try {
    return openReader(still.content, { name: file, schema, dispose: still.dispose });
  } catch (error) {
    still.dispose();
    throw error;
  }
}

/** `content` is what is opened, a path or bytes; `name` is what it is called. */
function openReader(
  content: string | Buffer,
  { name, schema, dispose }: { readonly name: string; readonly schema: "newest" | "own"; readonly dispose: () => void },
): OpenDatabase {
  // A copy may have to be rolled back before it can be read.
  let db = connect(content, typeof content !== "string" || (content === name && !liesAlone(name)), name);
  let tidy = dispose;
  try {
    const version = schemaVersion(db, name);
    if (version === 0) throw invalid(name, "is empty; run a study first, or name another database with --db");
    if (version < migrations.length && schema === "newest") {
      const copy = atBorder(name, () => migratedCopy(db, name));
      db.close();
      dispose();
      ({ db, dispose: tidy } = copy);
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
      tidy();
    },
  };
}

/**
 * Whether nothing of SQLite's lies beside a database, as after a writer that was closed. Whoever reads it makes FILE-wal and FILE-shm, and as the last to
 * close SQLite removes them, under its locks, only for a connection that may write: so that is what such a reader is, held back by `query_only`. Where a log
 * lies there it may hold results, which that connection would write into the file when it is closed: such a reader may not write, and leaves what it found
 * or made. To remove the files by hand, or to read without them (`immutable`), would be wrong beside a writer that begins meanwhile.
 */
function liesAlone(file: string): boolean {
  return ["-wal", "-shm", "-journal"].every((end) => lstatSync(`${file}${end}`, { throwIfNoEntry: false }) === undefined);
}

function makeFile(file: string): void {
  refuseLogAlone(file);
  const folder = path.dirname(file);
  try {
    makeFolder(folder);
    // SQLite gives the files beside it the same rights.
    if (existsSync(file)) return;
    closeSync(openSync(file, "a", 0o600));
    syncFolder(folder);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "ENOSPC" ? ", since the disk is full; free some space, or" : ";";
    throw invalid(file, `can't be made${why} name a database in a folder that can be written with --db`, error);
  }
}

/** SQLite would remove the log that it finds beside a new file, and with it all that was not yet in the file that is gone. */
function refuseLogAlone(file: string): void {
  const size = (name: string): number => (existsSync(name) ? statSync(name).size : 0);
  // The log first: another process may be making both right now, and the file has its first page before there is a log.
  if (size(`${file}-wal`) === 0 || size(file) > 0) return;
  throw invalid(
    file,
    `is ${existsSync(file) ? "empty" : "missing"}, but its log ${path.basename(file)}-wal is there and may hold results; bring the file back beside it, or move the log away to begin anew`,
  );
}

/** Step by step: Node's own recursive mkdir never returns for some folders that can't be made (below /proc). */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
    // Else a power cut could take the folder, with all that is durable in it.
    syncFolder(path.dirname(folder));
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
}

function connect(content: string | Buffer, readonly: boolean, name: string): Database.Database {
  if (content === name) refuseOddFile(name);
  return atBorder(name, () => {
    const options = { readonly, timeout: busyTimeoutMs };
    const db = openDatabase(content, typeof content === "string" ? { ...options, fileMustExist: true } : options);
    // A file may come from anywhere: its schema calls nothing that has effects, and its pages are looked at twice. The driver has defensive mode on
    // and loads no extensions.
    db.pragma("trusted_schema = OFF");
    db.pragma("cell_size_check = ON");
    return db;
  });
}

/** Opening a pipe would wait for its writer for ever. */
function refuseOddFile(file: string): void {
  const status = statSync(file);
  if (!status.isFile())
    throw invalid(file, `is ${status.isDirectory() ? "a folder" : "a device, a pipe or a socket"}; name a file with --db`);
  if (hasForeignJournal(file)) {
    throw invalid(
      file,
      "has a journal beside it that hpo did not write and that names another file; move FILE-journal away, or name another with --db",
    );
  }
}

/** Checks whose file it is before a byte of it is changed. */
function prepareFile(db: Database.Database, file: string): void {
  const version = schemaVersion(db, file);
  atBorder(file, () => {
    // Only takes effect before the first table; freed pages go back to the file system when the store is closed.
    if (version === 0) db.pragma("auto_vacuum = INCREMENTAL");
    // Where WAL can't be had, a journal may be another process's that writes right now.
    if (db.pragma("journal_mode = WAL", { simple: true }) === "wal") removeDeadJournal(file);
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    db.pragma("journal_size_limit = 16777216");
    if (version < migrations.length) db.transaction(() => migrate(db)).immediate();
  });
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
        `The database ${showPath(file)} has schema ${version}, made by a newer hpo; this one knows schema ${migrations.length}: update hpo, or name another database with --db.`,
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
      if (isDamage(error)) throw invalid(file, damaged(file), error);
      if (/^SQLITE_(CANTOPEN|READONLY|PERM|AUTH)/.test(code)) {
        const trouble = diskTrouble(file);
        throw invalid(
          file,
          trouble ?? "can't be opened; give this user the right to use the file and its folder, or name another with --db",
          error,
        );
      }
      throw error;
    }
  });
}

/**
 * Leaves one small file. What can't be tidied up now, also since the disk is full or fails, stays in the log: it is durable there, the next process
 * reads it, and the next writer tidies up or says why it can't.
 */
function closeWriter(db: Database.Database, file: string): void {
  try {
    guarded(file, () => tidy(db));
  } catch (error) {
    if (!/^SQLITE_(FULL|IOERR)/.test(sqliteCode((error as HpoError).cause))) throw error;
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
  return new HpoError("STORE_INVALID", `The database ${showPath(file)} ${sentence}.`, { data: { database: file }, cause });
}
