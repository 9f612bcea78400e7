import type { CheckpointRecord, StoredCheckpoint } from "./checkpoint.ts";
import type { EarlierRecord } from "./earlier-study.ts";
import type { ReportedSteps } from "./pruner.ts";
import type {
  AttemptRecord,
  EstimateRecord,
  EvaluationRecord,
  ModelRecord,
  OutcomeRecord,
  PredictionRecord,
  RunRecord,
  SharedWorkKey,
  SharedWorkRecord,
  StudyHeader,
  TrialRecord,
} from "./records.ts";
import type { LogRecord } from "./task-log.ts";
import type { StudySnapshot, StudySummary } from "./snapshot.ts";

/** Rows that become durable together or not at all. */
export interface Batch {
  readonly trials?: readonly TrialRecord[];
  /** Trials whose first task started, with the time. The first start stays. */
  readonly started?: readonly { readonly trial: number; readonly at: string }[];
  readonly attempts?: readonly AttemptRecord[];
  /** A second one of a task and attempt takes the place of the first: work that is not durable is run again by each process. */
  readonly logs?: readonly LogRecord[];
  readonly shared?: readonly SharedWorkRecord[];
  /** Shared work, of this batch too, whose bytes are no longer needed; the rows stay, and one without bytes is no error. */
  readonly dropped?: readonly SharedWorkKey[];
  readonly evaluations?: readonly EvaluationRecord[];
  readonly predictions?: readonly PredictionRecord[];
  readonly outcomes?: readonly OutcomeRecord[];
  /** What complete trials left, of this batch or earlier ones. */
  readonly checkpoints?: readonly CheckpointRecord[];
  /** Trials whose checkpoint is no longer needed; one without is no error. */
  readonly droppedCheckpoints?: readonly number[];
  /** The one model that the study keeps from now on; null: none. Left out: the one it has. */
  readonly model?: ModelRecord | null;
  /** Takes the place of the one that the study has; a batch that proposes or ends a trial without giving one takes it away. */
  readonly estimate?: EstimateRecord;
  /** Creates or updates the run's row. */
  readonly run?: RunRecord;
  /** Groups all of whose trials are finished: the bytes of their shared work are no longer needed. */
  readonly finishedGroups?: readonly number[];
}

/** What a resume needs. */
export interface SavedStudy {
  readonly header: StudyHeader;
  /** Trials of other studies that it learns from, as they were when it was created. */
  readonly earlier: readonly EarlierRecord[];
  readonly estimate: EstimateRecord | null;
  readonly trials: readonly (TrialRecord & { readonly outcome: OutcomeRecord | null })[];
  /** Evaluations of trials without an outcome. */
  readonly evaluations: readonly EvaluationRecord[];
  /** Trials whose checkpoints are kept, ascending. */
  readonly checkpoints: readonly number[];
  /** Durable bytes of groups that are not finished. */
  readonly parts: readonly { readonly group: number; readonly key: string; readonly bytes: Uint8Array }[];
  /** Attempts used so far, by task key, of trials without an outcome. */
  readonly attempts: ReadonlyMap<string, readonly AttemptRecord[]>;
  /** Characters of logs kept so far, by the first trial of each log, of trials without an outcome. */
  readonly logLengths: ReadonlyMap<number, number>;
}

/** Who coordinates a study. */
export interface LeaseHolder {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/**
 * Keeps every study of one database. Each method is durable before it returns; a second insert of a key that stands
 * already is an error, never an overwrite. Messages of SQLite are wrapped in an HpoError (STORE_FAILED) with `cause`.
 */
export interface Store {
  /** The file, or ":memory:". */
  readonly location: string;
  list(): readonly StudySummary[];
  header(study: string): StudyHeader | undefined;
  /** Keeps `earlier` with the study. Throws OPTION_INVALID where the name is taken. */
  create(header: StudyHeader, earlier?: readonly EarlierRecord[]): void;
  /** Accepts new code for a study: the header's code hash becomes this one. */
  acceptCode(study: string, codeHash: string): void;
  rename(study: string, name: string): void;
  remove(study: string): void;
  /** Takes the lease, or throws STUDY_BUSY with the holder; a lease whose process is gone (same host) or silent for `silentSeconds` is taken over. */
  acquire(study: string, holder: LeaseHolder, silentSeconds?: number): void;
  /** Says that the holder lives; throws STUDY_BUSY when the lease is another's. */
  renew(study: string, holderId: string): void;
  release(study: string, holderId: string): void;
  /** One transaction. `holderId` must hold the lease. */
  commit(study: string, holderId: string, batch: Batch): void;
  load(study: string): SavedStudy;
  snapshot(study: string): StudySnapshot;
  /** Evaluations of one trial, by repeat, fold, rung. */
  evaluations(study: string, trial: number): readonly EvaluationRecord[];
  /** Out-of-fold predictions of one trial, by repeat and fold. */
  predictions(study: string, trial: number): readonly PredictionRecord[];
  /** What the objective of one trial reported on its way; null where that is nothing. */
  steps(study: string, trial: number): ReportedSteps | null;
  /** What the tasks of one trial wrote, in the order in which that was first stored. */
  logs(study: string, trial: number): readonly LogRecord[];
  /** Where the checkpoint of a trial is; undefined where none is kept. */
  checkpoint(study: string, trial: number): StoredCheckpoint | undefined;
  /** The model that the study keeps. */
  model(study: string): ModelRecord | undefined;
  close(): void;
}
