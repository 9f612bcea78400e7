import type { Database } from "better-sqlite3";
import { HpoError } from "../../../core/hpo-error.ts";
import { showValue } from "../../../core/options.ts";
import { isGivenUp } from "../../given-up-leases.ts";
import { type Lease, leaseHolds } from "../../lease-rule.ts";
import { eachRow } from "../each-row.ts";
import { studyCatalog } from "../study-catalog.ts";
import { studyReader } from "../study-reader.ts";
import { counted, type Findings } from "./finding.ts";
import { isSound, jsonColumns } from "./json-columns.ts";

/** What our own rules say of the rows of a database of the newest schema. Cost: O(rows), every prediction unpacked. */
export function checkRows(db: Database, location: string, found: Findings): void {
  const studies = attempted(found, "the list of studies", () =>
    db.prepare<[], { study: number; name: string }>("SELECT study, name FROM studies NOT INDEXED ORDER BY study").all(),
  );
  if (studies === undefined) return;
  const prepared = attempted(found, "its tables", () => ({ catalog: studyCatalog(db, location), reader: studyReader(db) }));
  if (prepared === undefined) return;
  const { catalog, reader } = prepared;
  for (const { study, name } of studies) {
    const named = showValue(name);
    attempted(found, `the study ${named}`, () => {
      const header = catalog.header(name);
      if (header === undefined) found.add("damage", "repair", `The study ${named} is not found by its name: an index is damaged.`);
    });
    checkNumbers(db, { study, named, found });
    checkReaders(db, reader, { study, named, found });
    checkLease(db, { study, named, found });
  }
  checkJson(db, found);
}

interface OneStudy {
  readonly study: number;
  /** For sentences, in quotes. */
  readonly named: string;
  readonly found: Findings;
}

/** Trials and metrics are counted from 0 without a gap, and a study's counters say how many there are. */
function checkNumbers(db: Database, { study, named, found }: OneStudy): void {
  attempted(found, `the trials of ${named}`, () => {
    const [count, last] = db.prepare("SELECT count(*), max(trial) FROM trials WHERE study = ?").raw().get(study) as [number, number | null];
    if (count !== (last ?? -1) + 1) {
      found.add(
        "damage",
        "other",
        `The study ${named} has ${counted(count, "trial")}, and the last is number ${last}: ${(last ?? 0) + 1 - count} are missing. It can be read, and not be continued: restore a copy, or begin a new one with --fork.`,
      );
    }
    const states = new Map(
      db.prepare("SELECT state, count(*) FROM outcomes WHERE study = ? GROUP BY state").raw().all(study) as [string, number][],
    );
    const told = db
      .prepare("SELECT trials, complete, pruned, failed FROM studies NOT INDEXED WHERE study = ?")
      .raw()
      .get(study) as number[];
    const real = [count, ...["complete", "pruned", "failed"].map((state) => states.get(state) ?? 0)];
    if (told.some((one, i) => one !== real[i])) {
      found.add(
        "damage",
        "repair",
        `The counters of the study ${named} say ${told.join(", ")} (trials, complete, pruned, failed); there are ${real.join(", ")}.`,
      );
    }
    const open = db
      .prepare(
        "SELECT count(DISTINCT attempt_id) FROM attempt_trials a WHERE study = ? AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.study = a.study AND o.trial = a.trial)",
      )
      .pluck()
      .get(study) as number;
    if (open > 0)
      found.add(
        "note",
        "other",
        `The study ${named} has ${counted(open, "failed attempt")} of trials that have not ended; they count when it is continued.`,
      );
  });
  attempted(found, `the metrics of ${named}`, () => {
    const [count, last] = db.prepare("SELECT count(*), max(metric) FROM metrics WHERE study = ?").raw().get(study) as [
      number,
      number | null,
    ];
    if (count !== (last ?? -1) + 1)
      found.add("damage", "other", `The metrics of the study ${named} have gaps, so values can't be told apart; restore a copy.`);
  });
}

/** What reports and a run that continues read. */
function checkReaders(db: Database, reader: ReturnType<typeof studyReader>, { study, named, found }: OneStudy): void {
  const lists = {
    trials: () => reader.trials(study),
    steps: () => reader.reports(study),
    gradients: () => reader.gradients(study),
    "shared work": () => [reader.shared(study), reader.parts(study), reader.totals(study)],
    attempts: () => reader.attempts(study),
    runs: () => reader.runs(study),
    model: () => reader.model(study),
  };
  for (const [what, read] of Object.entries<() => unknown>(lists)) attempted(found, `${what} of ${named}`, read);
  const numbers = attempted(found, `the evaluated trials of ${named}`, () =>
    db
      .prepare<[number, number], number>(
        "SELECT trial FROM evaluations WHERE study = ? UNION SELECT trial FROM predictions NOT INDEXED WHERE study = ?",
      )
      .pluck()
      .all(study, study),
  );
  let unreadable = 0;
  let first = "";
  for (const trial of numbers ?? []) {
    try {
      reader.evaluations(study, trial);
      reader.predictions(study, trial);
    } catch (error) {
      unreadable++;
      if (first === "") first = `trial ${trial}: ${messageOf(error)}`;
    }
  }
  if (unreadable > 0)
    found.add("damage", "export", `The folds of ${counted(unreadable, "trial")} of the study ${named} can't be read (${first}).`);
}

function checkLease(db: Database, { study, named, found }: OneStudy): void {
  attempted(found, `the lease of ${named}`, () => {
    const lease = db
      .prepare<[number], Lease>("SELECT holder, pid, host, process, since, renewed_at AS renewedAt FROM leases WHERE study = ?")
      .get(study);
    if (lease === undefined) return;
    const { pid, host, since } = lease;
    if (leaseHolds(lease, Date.now()) && !isGivenUp(lease.holder)) {
      found.add("note", "other", `The study ${named} is being run by process ${pid} on ${host} since ${since}.`);
    } else {
      found.add(
        "leftover",
        "repair",
        `Process ${pid} on ${host} held the study ${named} since ${since} and is gone; the next run takes it over.`,
      );
    }
  });
}

function checkJson(db: Database, found: Findings): void {
  for (const column of jsonColumns) {
    attempted(found, `${column.column} of ${column.table}`, () => {
      const rows = eachRow(
        db.prepare<[], [unknown, string]>(`SELECT ${column.column}, ${column.row} FROM ${column.table} NOT INDEXED`).raw(),
      );
      let count = 0;
      let first = "";
      for (const [stored, row] of rows) {
        if (isSound(column, stored)) continue;
        if (count++ === 0) first = row;
      }
      if (count > 0)
        found.add(
          "damage",
          "export",
          `The column ${column.column} of ${counted(count, "row")} of ${column.table} is no JSON that hpo wrote (first: ${showValue(first)}).`,
        );
    });
  }
}

/** undefined, and a finding, where SQLite or our readers can't read it. */
function attempted<T>(found: Findings, what: string, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    found.add("damage", "export", `What is stored of ${what} can't be read (${messageOf(error)}).`);
    return undefined;
  }
}

/** Without the sentence around it. */
function messageOf(error: unknown): string {
  if (error instanceof HpoError) return /\(([^()]*)\)/.exec(error.message)?.[1] ?? error.message;
  return error instanceof Error ? error.message : String(error);
}
