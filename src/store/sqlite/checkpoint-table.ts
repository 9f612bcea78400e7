import type { Database } from "better-sqlite3";
import type { StoredCheckpoint } from "../../core/checkpoint.ts";
import type { Batch } from "../../core/store.ts";
import { checkpointAddress } from "../checkpoint-bytes.ts";
import { rowExists, rowMissing } from "../store-failure.ts";
import { checkpointFiles } from "./checkpoint-files.ts";
import { sqliteCode } from "./sqlite-failure.ts";

/** The checkpoints of all studies, rows and files. What reads or writes rows is called inside a transaction of the caller's. */
interface CheckpointTable {
  /** Trials with a checkpoint, ascending. */
  trials(study: number): number[];
  find(study: number, trial: number): StoredCheckpoint | undefined;
  /** Files first: a row that is committed has its file. Whether any row went, so that `tidy` has something to do. */
  write(study: number, name: string, batch: Batch): boolean;
  /** Removes files that no committed row names; for whoever holds the study's lease. */
  tidy(study: number): void;
  /** Removes the files of a study whose rows are gone. */
  remove(study: number): void;
}

/** Prepares every statement once. */
export function checkpointTable(db: Database, location: string): CheckpointTable {
  const files = checkpointFiles(location);
  const one = db.prepare<[number, number], [string, number]>("SELECT sha256, size FROM checkpoints WHERE study = ? AND trial = ?").raw();
  const all = db.prepare<[number], number>("SELECT trial FROM checkpoints WHERE study = ? ORDER BY trial").pluck();
  const addresses = db.prepare<[number], string>("SELECT sha256 FROM checkpoints WHERE study = ?").pluck();
  const add = db.prepare("INSERT INTO checkpoints VALUES (?, ?, ?, ?)");
  const drop = db.prepare("DELETE FROM checkpoints WHERE study = ? AND trial = ?");

  function insert(study: number, name: string, row: { readonly trial: number; readonly sha256: string; readonly size: number }): void {
    try {
      add.run(study, row.trial, row.sha256, row.size);
    } catch (error) {
      const code = sqliteCode(error);
      const what = `checkpoint of trial ${row.trial}`;
      if (code === "SQLITE_CONSTRAINT_PRIMARYKEY") throw rowExists(what, name, error);
      if (code === "SQLITE_CONSTRAINT_FOREIGNKEY") throw rowMissing(what, name, error);
      throw error;
    }
  }

  return {
    trials: (study) => all.all(study),
    find(study, trial) {
      const row = one.get(study, trial);
      if (row === undefined) return undefined;
      const [sha256, size] = row;
      return { trial, sha256, size, content: files.file(study, sha256) };
    },
    write(study, name, { checkpoints = [], droppedCheckpoints = [] }) {
      const dropped = new Set(droppedCheckpoints);
      const rows = checkpoints.map(({ trial, bytes }) => ({ trial, sha256: checkpointAddress(bytes), size: bytes.length, bytes }));
      files.put(study, new Map(rows.filter(({ trial }) => !dropped.has(trial)).map(({ sha256, bytes }) => [sha256, bytes])));
      for (const row of rows) insert(study, name, row);
      let gone = false;
      for (const trial of dropped) gone = drop.run(study, trial).changes > 0 || gone;
      return gone;
    },
    tidy: (study) => files.keepOnly(study, new Set(addresses.all(study))),
    remove: (study) => files.remove(study),
  };
}
