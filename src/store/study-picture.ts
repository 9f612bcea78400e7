import type { AttemptRecord, EstimateRecord, OutcomeRecord, RunRecord, StudyHeader, TrialRecord } from "../core/records.ts";
import { repeatCounter } from "../core/repeat-counter.ts";
import type { SharedWorkSummary, StudySnapshot, TrialSnapshot } from "../core/snapshot.ts";

/** What a trial's evaluations add up to. */
export interface TrialTotals {
  readonly folds: number;
  readonly testRows: number;
  /** null where one evaluation has none. */
  readonly correct: number | null;
  readonly wallSeconds: number;
  readonly cpuSeconds: number | null;
  readonly identical: number;
}

/** A row of shared work, without its bytes. */
export interface SharedPiece {
  readonly group: number;
  readonly key: string;
  readonly occurrence: number;
  readonly label: string;
  readonly wallSeconds: number;
  readonly cpuSeconds: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Ascending. */
  readonly trials: readonly number[];
}

export interface StoredTrial {
  readonly record: TrialRecord;
  readonly startedAt: string | null;
  readonly outcome: OutcomeRecord | null;
}

/** The rows that a snapshot is made of, as every store has them. */
interface PictureRows {
  readonly header: StudyHeader;
  /** The lease is held by a process that lives. */
  readonly held: boolean;
  /** By number. */
  readonly trials: readonly StoredTrial[];
  readonly totals: ReadonlyMap<number, TrialTotals>;
  readonly shared: readonly SharedPiece[];
  /** In the order in which they were stored. */
  readonly runs: readonly RunRecord[];
  readonly attempts: readonly AttemptRecord[];
  readonly estimate: EstimateRecord | null;
  readonly database: string;
}

/** Seconds that grow; `cpu` is null once a piece of it is unknown. */
interface Spent {
  wall: number;
  cpu: number | null;
}

/** Assembles a snapshot: sums, and even shares of shared work over the trials that use it. Cost: O(rows). */
export function studyPicture(rows: PictureRows): StudySnapshot {
  const { header, runs, totals } = rows;
  const shared = rows.shared.toSorted((a, b) => a.group - b.group || compareText(a.key, b.key) || a.occurrence - b.occurrence);
  const shares = sharesOf(shared);
  const spent: Spent = { wall: 0, cpu: 0 };
  let fits = 0;
  let identicalFits = 0;
  for (const one of totals.values()) {
    fits += one.folds;
    identicalFits += one.identical;
    spend(spent, one.wallSeconds, one.cpuSeconds);
  }
  for (const piece of shared) spend(spent, piece.wallSeconds, piece.cpuSeconds);
  const repeatOf = repeatCounter();
  return {
    name: header.name,
    createdAt: header.createdAt,
    declaration: header.declaration,
    description: header.description,
    codeHash: header.codeHash,
    state: pictureState(rows.held, runs.length, runs.at(-1)?.state ?? null),
    trials: rows.trials.map((trial) => {
      const { number } = trial.record;
      return trialPicture(trial, totals.get(number), { share: shares.get(number), repeat: repeatOf(trial.record) });
    }),
    runs,
    attempts: rows.attempts,
    estimate: rows.estimate,
    shared: shared.map(summary),
    fits,
    identicalFits,
    counts: countsOf(shared),
    warnings: [...new Set(shared.flatMap((piece) => piece.warnings))],
    wallSeconds: runs.reduce((sum, run) => sum + run.wallSeconds, 0),
    cpuSeconds: spent.cpu,
    database: rows.database,
  };
}

/** A run without an end whose process is gone was killed: the study is stopped. */
export function pictureState(held: boolean, runCount: number, last: RunRecord["state"]): StudySnapshot["state"] {
  if (held) return "running";
  return runCount === 0 ? "new" : (last ?? "stopped");
}

function trialPicture(
  { record, startedAt, outcome }: StoredTrial,
  totals: TrialTotals | undefined,
  { share, repeat }: { readonly share: Spent | undefined; readonly repeat: number },
): TrialSnapshot {
  const spent: Spent = { wall: totals?.wallSeconds ?? 0, cpu: totals === undefined ? 0 : totals.cpuSeconds };
  if (share !== undefined) spend(spent, share.wall, share.cpu);
  return {
    number: record.number,
    group: record.group,
    state: outcome?.state ?? "waiting",
    params: record.params,
    by: record.by,
    why: record.why,
    parent: record.parent,
    note: record.note,
    repeat,
    repeatOf: record.repeatOf ?? null,
    values: outcome?.values ?? {},
    // Of a race more folds may have ended than it was judged by, as many as its workers were fast.
    correct: outcome?.state === "pruned" ? null : (totals?.correct ?? null),
    testRows: totals?.testRows ?? 0,
    folds: totals?.folds ?? 0,
    startedAt,
    endedAt: outcome?.endedAt ?? null,
    wallSeconds: spent.wall,
    cpuSeconds: spent.cpu,
    incident: outcome?.incident?.message ?? null,
  };
}

/** Each piece in even parts over its trials. */
function sharesOf(shared: readonly SharedPiece[]): Map<number, Spent> {
  const shares = new Map<number, Spent>();
  for (const { trials, wallSeconds, cpuSeconds } of shared) {
    for (const trial of trials) {
      let share = shares.get(trial);
      if (share === undefined) shares.set(trial, (share = { wall: 0, cpu: 0 }));
      spend(share, wallSeconds / trials.length, cpuSeconds === null ? null : cpuSeconds / trials.length);
    }
  }
  return shares;
}

function spend(spent: Spent, wall: number, cpu: number | null): void {
  spent.wall += wall;
  spent.cpu = spent.cpu === null || cpu === null ? null : spent.cpu + cpu;
}

function countsOf(shared: readonly SharedPiece[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const piece of shared) {
    for (const [name, count] of Object.entries(piece.counts)) counts.set(name, (counts.get(name) ?? 0) + count);
  }
  return Object.fromEntries(counts);
}

function summary(piece: SharedPiece): SharedWorkSummary {
  const { group, label, trials, wallSeconds, cpuSeconds } = piece;
  return { group, label, uses: trials.length, wallSeconds, cpuSeconds };
}

/** By UTF-16 code unit, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The trials of a list, ascending and each once. */
export function ascendingTrials(trials: readonly number[]): number[] {
  return [...new Set(trials)].sort((a, b) => a - b);
}
