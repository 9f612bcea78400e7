import type { Json } from "./json.ts";
import type { AttemptRecord, EstimateRecord, RunRecord, StudyDeclaration, StudyDescription, TrialState } from "./records.ts";
import type { Params } from "./space.ts";

/** What reports read: a consistent picture of one study. */
export interface StudySnapshot {
  readonly name: string;
  readonly createdAt: string;
  readonly declaration: StudyDeclaration;
  readonly description: StudyDescription;
  readonly codeHash: string;
  /** Of the newest run; "running" while its lease is held. */
  readonly state: "new" | "running" | "complete" | "stopped" | "failed";
  /** By number. */
  readonly trials: readonly TrialSnapshot[];
  readonly runs: readonly RunRecord[];
  readonly attempts: readonly AttemptRecord[];
  /** What the best trial is likely to be worth on new rows; null where that was not asked, or trials have ended since. */
  readonly estimate: EstimateRecord | null;
  readonly shared: readonly SharedWorkSummary[];
  /** Judged evaluations, how many of them were proven identical and skipped, and all counts of shared work, summed. */
  readonly fits: number;
  readonly identicalFits: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Sum over runs. */
  readonly wallSeconds: number;
  /** Own and shared work; null where no CPU time could be measured. */
  readonly cpuSeconds: number | null;
  readonly database: string;
}

/** A trial as reports read it. */
export interface TrialSnapshot {
  readonly number: number;
  readonly group: number;
  readonly state: TrialState;
  readonly params: Params;
  readonly by: string;
  readonly why: string;
  readonly parent: number | null;
  readonly note: string | null;
  /** Which repeat of a configuration it is, counted from 1, and the first trial of that; 0 and null where it repeats none. */
  readonly repeat: number;
  readonly repeatOf: number | null;
  readonly values: Readonly<
    Record<string, { readonly value: number; readonly standardError: number | null; readonly pooled: number | null }>
  >;
  /** Rows predicted right over all folds; null where that has no meaning, as of a pruned trial, which has not all of them. */
  readonly correct: number | null;
  readonly testRows: number;
  /** Evaluations stored. */
  readonly folds: number;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Own seconds plus an even share of the shared work it uses; the sum over trials is the total. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number | null;
  /** One sentence; null unless failed or pruned. */
  readonly incident: string | null;
}

export interface SharedWorkSummary {
  readonly group: number;
  readonly label: string;
  readonly uses: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number | null;
}

/** A line of `hpo list`. */
export interface StudySummary {
  readonly name: string;
  readonly createdAt: string;
  readonly state: StudySnapshot["state"];
  readonly trials: number;
  readonly complete: number;
  readonly failed: number;
}

/** What the live view shows, at one instant. */
export interface RunProgress {
  readonly study: string;
  readonly elapsedSeconds: number;
  /** Trials: ended well (complete or pruned), started and not ended, failed. `total` is null where there is no end but a budget. */
  readonly done: number;
  readonly running: number;
  readonly failed: number;
  readonly total: number | null;
  /** Tasks of this run (folds, parts of shared solves). */
  readonly tasksDone: number;
  /** Trials a second, over the run; null before the first. */
  readonly rate: number | null;
  readonly secondsLeft: number | null;
  readonly best: {
    readonly trial: number;
    readonly params: Params;
    readonly metric: string;
    readonly unit: "fraction" | "number";
    readonly value: number;
    readonly standardError: number | null;
  } | null;
  /** One entry a slot; label null while it waits. */
  readonly slots: readonly { readonly label: string | null; readonly seconds: number }[];
  readonly stopping: boolean;
  /** What the plans of this run told people, each once. */
  readonly notes: readonly string[];
}

/** `hpo run --json`. Scores are fractions at full precision; NaN is null. */
export type RunSummary = { readonly [key: string]: Json };
