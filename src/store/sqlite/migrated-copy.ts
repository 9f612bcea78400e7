import type Database from "better-sqlite3";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { HpoError } from "../../core/hpo-error.ts";
import { showPath } from "../../core/options.ts";
import { openDatabase } from "./driver.ts";
import { migrate } from "./migrations.ts";
import { mostInMemory, withoutLog } from "./still-database.ts";

/** A database of the newest schema that nothing else uses. */
interface MigratedCopy {
  readonly db: Database.Database;
  dispose(): void;
}

/**
 * A database of an older schema as readers want it, its own file left as it is: a copy, brought to the newest schema. It shows what was stored when it was
 * made. In memory, where the database has at most `inMemory` bytes, else in the system's temporary folder. Cost: O(bytes).
 * @throws HpoError STORE_INVALID where there is no place for the copy
 */
export function migratedCopy(db: Database.Database, name: string, inMemory: number = mostInMemory): MigratedCopy {
  const bytes = Number(db.pragma("page_count", { simple: true })) * Number(db.pragma("page_size", { simple: true }));
  let folder: string | undefined;
  const dispose = (): void => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  };
  try {
    let content: string | Buffer;
    if (bytes <= inMemory) content = withoutLog(db.serialize());
    else {
      folder = mkdtempSync(path.join(tmpdir(), "hpo-"));
      content = path.join(folder, "copy.sqlite");
      db.prepare("VACUUM INTO ?").run(content);
    }
    const copy = openDatabase(content);
    copy.pragma("trusted_schema = OFF");
    copy.pragma("cell_size_check = ON");
    copy.transaction(() => migrate(copy))();
    return { db: copy, dispose };
  } catch (cause) {
    dispose();
    const code = String((cause as { readonly code?: unknown }).code);
    // Damage is the database's own.
    if (bytes <= inMemory || (code.startsWith("SQLITE_") && !/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(code))) throw cause;
    throw new HpoError(
      "STORE_INVALID",
      `The database ${showPath(name)} has an older schema and can't be copied to ${tmpdir()} to be read; make room there, name another folder with TMPDIR, or run any study on it once, which brings it to the newest schema.`,
      { data: { database: name }, cause },
    );
  }
}
