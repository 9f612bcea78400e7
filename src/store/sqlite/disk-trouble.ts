import { closeSync, existsSync, openSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

/** Bytes that SQLite wants at once for the index of its log. */
const probeBytes = 32_768;

/**
 * Why nothing can be written to a file and beside it, as the end of a sentence with the cure; undefined where all seems well. SQLite says only that it
 * could not open or map a file, so a file of some pages is written beside it, and removed.
 */
export function diskTrouble(file: string): string | undefined {
  return troubles[writeFailure(file) ?? ""];
}

const full = "can't grow, since the disk is full; free some space and run the same command again, all that was stored is kept";
const rights = "can't be written; give this user the right to write the file and its folder, or name another with --db";
const troubles: Readonly<Record<string, string>> = {
  ENOSPC: full,
  EDQUOT: full,
  EACCES: rights,
  EPERM: rights,
  EROFS: "can't be written, since its file system is mounted read-only; mount it for writing, or name another with --db",
  EIO: "can't be written, since the disk fails (EIO); check the disk and run the same command again",
  EMFILE: "can't be opened, since this process has too many open files; raise its limit (ulimit -n) and run the same command again",
};

/** The code of what keeps one from writing; undefined where nothing does. */
export function writeFailure(file: string): string | undefined {
  const probe = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.probe`);
  try {
    if (existsSync(file)) closeSync(openSync(file, "r+"));
    const open = openSync(probe, "wx", 0o600);
    try {
      writeSync(open, new Uint8Array(probeBytes));
    } finally {
      closeSync(open);
      rmSync(probe, { force: true });
    }
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}
