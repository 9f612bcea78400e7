import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, realpathSync, rmSync } from "node:fs";

/** Ends a rollback journal that belongs to a transaction over several files (SQLite's file format, section 3). */
const magic = Buffer.from("d9d505f920a163d7", "hex");

/**
 * Whether a rollback journal lies beside a database that names another file. hpo never writes one, as no transaction of its own spans two files; and SQLite
 * takes the name at its word: when it rolls the journal back it deletes that file, wherever it is.
 */
export function hasForeignJournal(file: string): boolean {
  const found = withJournal(file, (journal) => {
    const status = fstatSync(journal);
    if (!status.isFile()) return true;
    const tail = Buffer.alloc(magic.length);
    return status.size > magic.length && readSync(journal, tail, 0, tail.length, status.size - tail.length) > 0 && tail.equals(magic);
  });
  return found === true;
}

/**
 * Takes away the rollback journal beside a database that is in WAL mode by now, where SQLite itself would not roll it back: it is empty, or begins with a zero,
 * as until its first sync. Whoever is killed just as it makes a database leaves such a one, and in WAL mode SQLite neither uses nor removes it.
 */
export function removeDeadJournal(file: string): void {
  const dead = withJournal(file, (journal, name) => {
    if (!fstatSync(journal).isFile() || lstatSync(name).isSymbolicLink()) return undefined;
    const first = Buffer.alloc(1);
    return readSync(journal, first, 0, 1, 0) === 0 || first[0] === 0 ? name : undefined;
  });
  if (dead !== undefined) rmSync(dead, { force: true });
}

/** undefined where there is none that can be read. SQLite looks for it beside the file itself, wherever a link to that lies. */
function withJournal<T>(file: string, look: (journal: number, name: string) => T): T | undefined {
  let name: string;
  let journal: number;
  try {
    name = `${realpathSync(file)}-journal`;
    // A pipe would wait for a writer.
    journal = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    return look(journal, name);
  } finally {
    closeSync(journal);
  }
}
