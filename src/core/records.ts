import type { Incident } from "./executor.ts";
import type { Json } from "./json.ts";
import type { NestedRecord } from "./nested-record.ts";
import type { ReportedSteps } from "./pruner.ts";
import type { Gradient, Params, ParamValue } from "./space.ts";

/** The rows of the store, as plain data. Seconds are numbers or null where they can't be measured; times are ISO 8601 UTC. */

/** What a study declares; what the fingerprint covers. Each field is canonical plain data. */
export interface StudyDeclaration {
  readonly space: Json;
  readonly cv: Json;
  readonly metrics: Json;
  readonly objectives: Json;
  readonly sampler: Json;
  readonly pruner: Json;
  readonly seed: number;
  readonly lookahead: number;
  /** SHA-256 of the data; null without data. */
  readonly data: string | null;
  /** What a study may do without, each left out there: forbidden combinations, limits, points to begin with, bounds of outcomes. */
  readonly forbid?: Json;
  readonly limits?: Json;
  readonly enqueue?: Json;
  readonly constraints?: Json;
  /** How the trial that is reported is chosen; left out where it is the best. */
  readonly select?: Json;
  /** The studies that it learns from, how many trials they propose, and the SHA-256 of what is kept of them. */
  readonly warmStart?: Json;
  /** How trials are raced; left out where they are not. */
  readonly race?: Json;
}

export interface StudyHeader {
  readonly name: string;
  readonly createdAt: string;
  readonly declaration: StudyDeclaration;
  /** SHA-256 of the study's bundle. */
  readonly codeHash: string;
  /** For people and tables: what `SnapshotHeader` needs besides. */
  readonly description: StudyDescription;
}

/** min ≤ metric ≤ max of a trial's outcome, null = no end. */
export interface OutcomeBound {
  readonly metric: string;
  readonly min: number | null;
  readonly max: number | null;
}

/** How the trial that a study reports as its best is chosen, where that is not the best value alone. */
export interface TrialSelection {
  /** The simplest of the trials within one standard error of the best. */
  readonly rule: "simplest-within-one-se";
  /** The first parameter in which two trials differ says which is simpler: by size, or by its place in a list of all values, the simplest first. */
  readonly simplicity: readonly { readonly parameter: string; readonly simpler: "smaller" | "larger" | readonly ParamValue[] }[];
}

export interface StudyDescription {
  readonly metrics: readonly { readonly name: string; readonly direction: "maximize" | "minimize"; readonly unit: "fraction" | "number" }[];
  readonly objectives: readonly { readonly metric: string; readonly direction: "maximize" | "minimize" }[];
  /** What the best trial has to meet; left out where nothing is demanded. */
  readonly constraints?: readonly OutcomeBound[];
  /** Left out where the best is reported. */
  readonly selection?: TrialSelection;
  readonly sampler: string;
  readonly data: {
    readonly name: string;
    readonly rows: number;
    readonly features: number;
    /** null for regression. */
    readonly classes: readonly string[] | null;
    readonly scaling: "none" | "min-max";
  } | null;
  /** "10-fold stratified" and the number of folds; null for a plain objective. */
  readonly cv: {
    readonly label: string;
    readonly folds: number;
    /** By fold; left out by studies made before it was kept. */
    readonly trainRows?: readonly number[];
  } | null;
}

export type TrialState = "waiting" | "complete" | "pruned" | "failed";

export interface TrialRecord {
  readonly number: number;
  /** The plan group that the trial was proposed in. */
  readonly group: number;
  readonly params: Params;
  readonly by: string;
  readonly why: string;
  readonly parent: number | null;
  /** The first trial of its configuration, where it repeats that; left out where it does not. Such a trial has no parent. */
  readonly repeatOf?: number;
  readonly budget: number | null;
  readonly note: string | null;
  readonly proposedAt: string;
}

/** The judged result of a trial on one fold (fold 0, rung 0 for a plain objective). */
export interface EvaluationRecord {
  readonly trial: number;
  readonly repeat: number;
  readonly fold: number;
  readonly rung: number;
  /** One value per metric; NaN where it is not defined. */
  readonly values: Readonly<Record<string, number>>;
  /** By metric, of its value on this fold; left out where there is none, and of a plain objective, whose outcome has them. */
  readonly gradients?: Readonly<Record<string, Gradient>>;
  readonly testRows: number;
  /** Rows predicted right; null where that has no meaning. */
  readonly correct: number | null;
  readonly time: TimeRecord;
  /** true where the answer was proven equal to one already computed. */
  readonly identical: boolean;
  readonly startedAt: string;
  readonly endedAt: string;
}

/** Own seconds of one evaluation, without shared work. */
export interface TimeRecord {
  readonly fitSeconds: number;
  readonly predictSeconds: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number | null;
}

export interface SharedWorkKey {
  readonly group: number;
  readonly key: string;
}

/** A piece of work that several trials share, stored once. */
export interface SharedWorkRecord extends SharedWorkKey {
  readonly label: string;
  /** Seconds that belong to no single evaluation. */
  readonly wallSeconds: number;
  readonly cpuSeconds: number | null;
  readonly counts: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** Trials that use it. */
  readonly trials: readonly number[];
  /** The durable result; null for work that is repeated by each process. */
  readonly bytes: Uint8Array | null;
  readonly endedAt: string;
}

/** What a trial's model said of the rows of one test fold (out-of-fold predictions), one entry a row. */
export interface PredictionRecord {
  readonly trial: number;
  readonly repeat: number;
  readonly fold: number;
  /** Test rows, ascending. */
  readonly rows: Uint32Array;
  /** Class codes or values. */
  readonly predicted: Float64Array;
  /** What was to be predicted, in the same form. */
  readonly truth: Float64Array;
  /** null unless a metric needed them. */
  readonly scores: Float64Array | null;
}

/** The end of a trial. */
export interface OutcomeRecord {
  readonly trial: number;
  readonly state: "complete" | "pruned" | "failed";
  /**
   * Mean over folds, its standard error (null with one fold), and the value over all predictions pooled (null where undefined). Of a pruned trial
   * the last that it reported of the first objective.
   */
  readonly values: Readonly<
    Record<string, { readonly value: number; readonly standardError: number | null; readonly pooled: number | null }>
  >;
  /** By metric, of its value; left out where none was told. */
  readonly gradients?: Readonly<Record<string, Gradient>>;
  /** Why it failed or was pruned. */
  readonly incident: Incident | null;
  /** What the objective reported on its way, up to the stop; left out where that is nothing. */
  readonly reported?: ReportedSteps;
  readonly endedAt: string;
}

/** What decisions about later trials need of an outcome. */
export type KnownOutcome = Omit<OutcomeRecord, "incident" | "endedAt">;

/** The model of a trial, fitted to all rows. */
export interface ModelRecord {
  readonly trial: number;
  /** Its JSON, as text. */
  readonly json: string;
}

/** What the best trial is likely to be worth on new rows, corrected for having been picked; `null` values with the reason why there is none. */
export interface EstimateRecord {
  readonly metric: string;
  /** The best trial, and of how many complete ones it was picked. */
  readonly trial: number;
  readonly candidates: number;
  readonly value: number | null;
  /** The 95 % interval. */
  readonly low: number | null;
  readonly high: number | null;
  readonly resamples: number;
  /** The search was led by its results, which picking again from its trials does not repeat: nested cross-validation does. */
  readonly adaptive: boolean;
  /** Why there is none. */
  readonly why: string | null;
  /** What nested cross-validation says; left out where the study asks for none, or it has not ended. */
  readonly nested?: NestedRecord;
}

/** One try of one task. Stored when it failed, so that a resume does not try it more often than `retries`. */
export interface AttemptRecord {
  readonly task: string;
  readonly trials: readonly number[];
  readonly attempt: number;
  readonly incident: Incident;
  readonly wallSeconds: number;
  readonly codeHash: string;
  readonly endedAt: string;
}

/** What ended a run. */
export interface RunEnd {
  /** "trials" and "sampler": nothing was left to do; "target", "stale", "noise": the study's rules; "time", "cpu": a budget; "stop", "cut": from outside. */
  readonly by: "trials" | "sampler" | "target" | "stale" | "noise" | "time" | "cpu" | "stop" | "cut" | "error";
  /** In a few words for people. */
  readonly reason: string;
}

/** One run of the coordinator. */
export interface RunRecord {
  readonly id: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** null while it runs, and for ever when it was killed. */
  readonly state: "complete" | "stopped" | "failed" | null;
  /** What ended it; null while it runs, and where it was killed. */
  readonly end: RunEnd | null;
  readonly wallSeconds: number;
  readonly workers: number;
  readonly codeHash: string;
  /** Node, OS, package versions, git commit. */
  readonly environment: Json;
  /** What its plans told people ("distances kept: 1.6 GB"), each once. */
  readonly notes: readonly string[];
}
