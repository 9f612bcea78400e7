import { constants, copyFileSync, existsSync, rmSync } from "node:fs";
import path from "node:path";
import type { Database } from "better-sqlite3";
import { HpoError } from "../../../core/hpo-error.ts";
import { storeFailed } from "../../store-failure.ts";
import { openForWriting } from "../database.ts";
import { syncFolder } from "../durable-files.ts";
import { leaseTable } from "../lease-table.ts";
import { guarded } from "../sqlite-failure.ts";
import { orphanedFiles } from "./file-checks.ts";
import { counted } from "./finding.ts";

/** What a repair did. */
export interface Repair {
  /** Where the database lies as it was. */
  readonly copy: string;
  /** Sentences. */
  readonly done: readonly string[];
}

/**
 * Copies a database aside, then does what can do no harm: takes over its log or rolls back a journal, makes its indexes anew, counts trials anew, and
 * removes leases of processes that are gone and files that no row names. Deletes no row of a study.
 * @throws HpoError STORE_INVALID where it can't be opened or is being written; STORE_FAILED where its pages are too damaged, the copy is kept then.
 */
export function repairDatabase(database: string): Repair {
  const file = path.resolve(database);
  const copy = copiedAside(file);
  const { db, close } = openForWriting(file);
  try {
    const done = guarded(file, () => db.transaction(() => repaired(db)).immediate());
    done.push(...withoutOrphans(db, file));
    return { copy, done: [...done, "Its log was taken over into the file."] };
  } catch (error) {
    throw storeFailed(
      file,
      `can't be repaired (${error instanceof Error ? error.message.replace(/\.$/, "") : String(error)}); it lies as it was in ${copy}, and \`hpo doctor --db ${database} --export NEW\` saves what can be read`,
      error,
    );
  } finally {
    close();
  }
}

/** The file with its logs, under a name that is free. */
function copiedAside(file: string): string {
  let copy = "";
  for (let number = 1; copy === "" || existsSync(copy); number++) copy = `${file}.before-repair-${number}`;
  try {
    // The log first: what it has is not yet in the file.
    for (const end of ["-wal", "-journal", ""]) {
      if (existsSync(`${file}${end}`)) copyFileSync(`${file}${end}`, `${copy}${end}`, constants.COPYFILE_EXCL);
    }
    syncFolder(path.dirname(file));
    return copy;
  } catch (cause) {
    for (const end of ["-wal", "-journal", ""]) rmSync(`${copy}${end}`, { force: true });
    const { message } = cause as Error;
    throw new HpoError(
      "STORE_INVALID",
      `The database ${file} can't be copied to ${copy} (${message}), and is not repaired without a copy; make room for one.`,
      {
        data: { database: file },
        cause,
      },
    );
  }
}

function repaired(db: Database): string[] {
  const leases = leaseTable(db);
  const studies = db.prepare<[], { study: number; name: string }>("SELECT study, name FROM studies NOT INDEXED").all();
  for (const { study, name } of studies) leases.refuseHeld(study, name);
  const done: string[] = [];
  db.exec("REINDEX");
  done.push("Its indexes were made anew.");
  const dropped = db.prepare("DELETE FROM leases").run().changes;
  if (dropped > 0) done.push(`${counted(dropped, "lease")} of processes that are gone ${dropped === 1 ? "was" : "were"} removed.`);
  const outcomes = (state: string): string => `(SELECT count(*) FROM outcomes o WHERE o.study = s.study AND o.state = '${state}')`;
  const counters = {
    trials: "(SELECT count(*) FROM trials t WHERE t.study = s.study)",
    complete: outcomes("complete"),
    pruned: outcomes("pruned"),
    failed: outcomes("failed"),
  };
  const sets = Object.entries(counters).map(([column, count]) => `${column} = ${count}`);
  const differ = Object.entries(counters).map(([column, count]) => `${column} <> ${count}`);
  const counts = db.prepare(`UPDATE studies AS s SET ${sets.join(", ")} WHERE ${differ.join(" OR ")}`).run().changes;
  if (counts > 0) done.push(`The trials of ${counted(counts, "study").replace("studys", "studies")} were counted anew.`);
  return done;
}

function withoutOrphans(db: Database, file: string): string[] {
  const rows = db.prepare("SELECT study, sha256 FROM checkpoints").raw().all() as [number, string][];
  const orphans = orphanedFiles(file, new Set(rows.map(([study, sha256]) => path.join(String(study), sha256))));
  for (const orphan of orphans) rmSync(orphan, { force: true });
  return orphans.length === 0
    ? []
    : [`${counted(orphans.length, "file")} that no row names ${orphans.length === 1 ? "was" : "were"} removed.`];
}
