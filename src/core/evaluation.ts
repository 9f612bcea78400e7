import type { CheckpointRecord } from "./checkpoint.ts";
import type { OfferedModel } from "./estimator.ts";
import type { Incident, Task, TaskResult } from "./executor.ts";
import type {
  EstimateRecord,
  EvaluationRecord,
  KnownOutcome,
  OutcomeRecord,
  PredictionRecord,
  SharedWorkKey,
  SharedWorkRecord,
} from "./records.ts";
import type { Params } from "./space.ts";

/** A trial whose parameters are stored. */
export interface PlannedTrial {
  readonly number: number;
  readonly params: Params;
  /** As proposed. */
  readonly parent?: number | null;
  /** Which repeat of its configuration it is, counted from 1; default 0, the first trial. A repeat has folds and streams of its own. */
  readonly repeat?: number;
}

/** What an earlier process has stored for the trials of a group. */
export interface SavedWork {
  readonly evaluations: readonly EvaluationRecord[];
  /** Durable parts of the group's shared work, with their bytes. */
  readonly parts: readonly { readonly key: string; readonly bytes: Uint8Array }[];
  /** Trials of the group that are finished. */
  readonly finished: ReadonlySet<number>;
}

/** Rows to be stored, in one transaction, before anything is counted or shown. */
export interface WorkRows {
  readonly shared: readonly SharedWorkRecord[];
  /** Shared work whose bytes nobody has to read any more. */
  readonly dropped?: readonly SharedWorkKey[];
  readonly evaluations: readonly EvaluationRecord[];
  readonly predictions: readonly PredictionRecord[];
  readonly outcomes: readonly OutcomeRecord[];
  /** Keys of tasks that were handed out and need not start any more; those that run go on. */
  readonly withdrawn?: readonly string[];
  /** What trials left that are complete by these outcomes. */
  readonly checkpoints?: readonly CheckpointRecord[];
}

/**
 * Turns trials into tasks and results into outcomes. `study` knows this contract only; `validation` implements it.
 * Which tasks there are, and what comes of them, depends on the group and the results, never on their order in time.
 */
export interface Evaluation {
  /** How many consecutive trials of a sampler that is not adaptive are planned together. */
  readonly groupSize: number;
  /** Tasks of one trial that can run at once. */
  readonly tasksPerTrial: number;
  /** What the best of these outcomes is likely to be worth on new rows, `firstOf` the first trial of a trial's configuration; left out, or undefined, where that has no meaning. */
  estimate?(outcomes: Iterable<KnownOutcome>, firstOf: (trial: number) => number): EstimateRecord | undefined;
  begin(group: number, trials: readonly PlannedTrial[], saved: SavedWork): Promise<GroupWork>;
}

/** The work of one group of trials: a state machine without a clock. */
export interface GroupWork {
  /** What is known before any task: trials whose model could not even be made. */
  readonly opening: WorkRows;
  /** For people, such as the memory that a plan takes; one line each. */
  readonly notes?: readonly string[];
  /** Tasks not handed out yet that may start now; empty while it waits for results, and at the end. */
  ready(): readonly Task[];
  /** Takes the value of a task. */
  accept(task: Task, result: Extract<TaskResult, { ok: true }>): WorkRows;
  /** Takes the last incident of a task that is not retried. */
  fail(task: Task, incident: Incident): WorkRows;
  /** Trials that a task works for (for the live view and for incidents). */
  trialsOf(task: Task): readonly number[];
  /** The model of a trial that has ended, in an earlier process too, fitted to all rows, where that costs no work. Only before `close`. */
  model?(trial: number): OfferedModel | undefined;
  /** Frees what the group holds. */
  close(): void;
}
