import type { Database } from "better-sqlite3";
import type { LogRecord } from "../../core/task-log.ts";
import type { Batch } from "../../core/store.ts";
import { rowMissing } from "../store-failure.ts";
import { ascendingTrials } from "../study-picture.ts";
import { sqliteCode } from "./sqlite-failure.ts";

/** The logs of all studies. All of it is called inside a transaction of the caller's. */
interface LogTable {
  write(study: number, name: string, batch: Batch): void;
  /** In the order in which they were first stored. */
  of(study: number, trial: number): LogRecord[];
  /** Characters kept, by the first trial of each log, of trials without an outcome. */
  lengths(study: number): Map<number, number>;
}

/** Prepares every statement once. */
export function logTable(db: Database): LogTable {
  const put = db
    .prepare<unknown[], number>(
      `INSERT INTO logs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (study, task, attempt) DO UPDATE SET
         label = excluded.label, head = excluded.head, dropped = excluded.dropped, tail = excluded.tail, kept = excluded.kept
       RETURNING id`,
    )
    .pluck();
  const dropTrials = db.prepare("DELETE FROM log_trials WHERE log_id = ?");
  const putTrial = db.prepare("INSERT INTO log_trials VALUES (?, ?, ?)");
  const rows = db
    .prepare<[number, number], [number, string, string, number, string, number, string]>(
      `SELECT id, task, label, attempt, head, dropped, tail FROM log_trials l JOIN logs ON logs.id = log_id
       WHERE l.study = ? AND trial = ? ORDER BY id`,
    )
    .raw();
  const trialRows = db.prepare<[number], number>("SELECT trial FROM log_trials WHERE log_id = ? ORDER BY trial").pluck();
  const lengthRows = db
    .prepare<[number, number], [number, number]>(
      `SELECT first, sum(kept) FROM
         (SELECT min(trial) AS first, kept FROM log_trials l JOIN logs ON logs.id = log_id WHERE l.study = ? GROUP BY log_id)
       WHERE NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.study = ? AND o.trial = first) GROUP BY first ORDER BY first`,
    )
    .raw();

  function write(study: number, one: LogRecord): void {
    const { task, attempt, label, head, dropped, tail } = one;
    const id = put.get(study, task, attempt, label, head, dropped, tail, head.length + tail.length);
    dropTrials.run(id);
    for (const trial of ascendingTrials(one.trials)) putTrial.run(study, trial, id);
  }

  return {
    write(study, name, { logs = [] }) {
      for (const one of logs) {
        try {
          write(study, one);
        } catch (error) {
          if (sqliteCode(error) === "SQLITE_CONSTRAINT_FOREIGNKEY")
            throw rowMissing(`log of ${one.task}, attempt ${one.attempt}`, name, error);
          throw error;
        }
      }
    },
    of: (study, trial) =>
      rows.all(study, trial).map(([id, task, label, attempt, head, dropped, tail]) => ({
        task,
        label,
        attempt,
        trials: trialRows.all(id),
        head,
        dropped,
        tail,
      })),
    lengths: (study) => new Map(lengthRows.all(study, study)),
  };
}
