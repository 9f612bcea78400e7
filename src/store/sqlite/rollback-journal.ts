import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, rmSync } from "node:fs";

/** Ends a rollback journal that belongs to a transaction over several files (SQLite's file format, section 3). */
const magic = Buffer.from("d9d505f920a163d7", "hex");

/**
 * Whether a rollback journal lies beside a database that names another file. hpo never writes one, as no transaction of its own spans two files; and SQLite
 * takes the name at its word: when it rolls the journal back it deletes that file, wherever it is.
 */
export function hasForeignJournal(file: string): boolean {
  let journal: number;
  try {
    // A pipe would wait for a writer.
    journal = openSync(`${realpathSync(file)}-journal`, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return false;
  }
  try {
    const status = fstatSync(journal);
    if (!status.isFile()) return true;
    const tail = Buffer.alloc(magic.length);
    return status.size > magic.length && readSync(journal, tail, 0, tail.length, status.size - tail.length) > 0 && tail.equals(magic);
  } finally {
    closeSync(journal);
  }
}

/**
 * Takes away the rollback journal beside a database that is in WAL mode by now, where SQLite itself would not roll it back: it is empty, or begins with a zero,
 * as until its first sync. Whoever is killed just as it makes a database leaves such a one, and in WAL mode SQLite neither uses nor removes it.
 */
export function removeDeadJournal(file: string): void {
  const name = `${file}-journal`;
  let journal: number;
  try {
    journal = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  } catch {
    return;
  }
  try {
    const first = Buffer.alloc(1);
    if (fstatSync(journal).isFile() && (readSync(journal, first, 0, 1, 0) === 0 || first[0] === 0)) rmSync(name, { force: true });
  } finally {
    closeSync(journal);
  }
}
