import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HpoError } from "../../core/hpo-error.ts";

/** What SQLite opens instead of a database beside which nothing can be made. */
interface StillDatabase {
  /** A path, or the bytes of a database that has no log. */
  readonly content: string | Buffer;
  dispose(): void;
}

/** Bytes of a database; larger ones are copied to a file. */
export const mostInMemory: number = 256 * 1024 ** 2;

/**
 * A database beside which nothing can be made, so that nobody writes it: its bytes where all of it stands in one file that is not huge, else a copy with
 * its log in the system's temporary folder. Cost: O(bytes). @throws HpoError STORE_INVALID where it can't be read, or there is no place for a copy.
 */
export function stillDatabase(file: string): StillDatabase {
  const logs = ["-wal", "-journal"].filter((end) => holdsBytes(`${file}${end}`));
  let folder: string | undefined;
  const dispose = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    if (logs.length === 0 && statSync(file).size <= mostInMemory) return { content: withoutLog(readFileSync(file)), dispose };
    folder = mkdtempSync(path.join(tmpdir(), "hpo-"));
    const copy = path.join(folder, "copy.sqlite");
    for (const end of ["", ...logs]) copyFileSync(`${file}${end}`, `${copy}${end}`);
    return { content: copy, dispose };
  } catch (cause) {
    dispose();
    const { code } = cause as NodeJS.ErrnoException;
    const why =
      code === "EACCES" || code === "EPERM"
        ? "can't be read; give this user the right to read it"
        : `can't be read where it is, since its folder can't be written, and can't be copied to ${tmpdir()} (${String(code)}); make one of the two writable, or name another folder with TMPDIR`;
    throw new HpoError("STORE_INVALID", `The database ${file} ${why}.`, { data: { database: file }, cause });
  }
}

/** Bytes 18 and 19 of a database in WAL mode are 2, and one in memory can't have a log. */
export function withoutLog(bytes: Buffer): Buffer {
  if (bytes[18] === 2 && bytes[19] === 2) bytes.fill(1, 18, 20);
  return bytes;
}

function holdsBytes(file: string): boolean {
  return existsSync(file) && statSync(file).size > 0;
}
