import type { Evaluation } from "../core/evaluation.ts";
import type { Executor } from "../core/executor.ts";
import type { Json } from "../core/json.ts";
import type { RunProgress } from "../core/snapshot.ts";
import type { Store } from "../core/store.ts";
import type { Isolation, StudySpec } from "../core/study-spec.ts";
import type { TimeBudget } from "./budgets-left.ts";
import type { FoldSizes } from "./gain-rule.ts";
import type { OutcomeOf } from "./known-outcome.ts";
import type { ModelParts } from "./study-model.ts";

/** What a study is wired from; `study-wiring` picks the parts. */
export interface StudyParts {
  readonly spec: StudySpec;
  readonly store: Store;
  /** Made anew for each run, since it may hold memory. */
  readonly evaluation: (executor: Executor, options: RunStudyOptions, outcomeOf: OutcomeOf) => Evaluation;
  readonly executor: (options: RunStudyOptions) => Executor;
  /** What people should know of the folds before a run, a line each. */
  readonly audit?: () => readonly string[];
  readonly fit: ModelParts["fit"];
  /** Of a study that races: entry j is how many rows the first j folds test in the order of the race. */
  readonly rowsAfter?: readonly number[] | undefined;
  /** Of a cross-validated study; left out or null for a plain objective. */
  readonly folds?: FoldSizes | null;
  readonly codeHash: string;
  readonly environment: Json;
  readonly trials: number | null;
  readonly timeBudget: TimeBudget | null;
  /** For how many milliseconds results of a run may be gathered before they are written, told how long the last write took. */
  readonly writePauseMs: (writeMs: number) => number;
  /** Whether closing the study closes the store. */
  readonly ownsStore: boolean;
  /** What a run does once the study is complete; left out: nothing. */
  readonly further?: FurtherWork;
}

/** Work that follows a complete study: studies of its own making, which judge it. */
export interface FurtherWork {
  /** Resolves where it ends or is stopped. `beganSeconds`: when the study's run began, by the monotonic clock. */
  run(options: RunStudyOptions, beganSeconds: number): Promise<void>;
  /** Lets running tasks finish, starts no more. */
  stop(): void;
  /** Cuts running tasks off. */
  close(): Promise<void>;
}

/** How to run a study; none of it changes a result. */
export interface RunStudyOptions {
  /** Slots to work on; default the cores available (1 for a study that was not opened from a file). */
  readonly workers?: number;
  /**
   * Where each slot works (default: what the study declares, else threads): in a thread of this process, or in a process of its own, which contains crashes of native code, allocations beyond the
   * heap and processes left behind, and takes a copy of the data. Shared solves run in threads always.
   */
  readonly isolation?: Isolation;
  /** Bytes of memory that a trial (or its fold) may take, native memory and all; beyond it is cut off; default what the study declares. It takes, and makes the default, isolation "process". */
  readonly trialMemory?: number;
  /** Bytes that shared solves may take besides the data, for all workers together; default half of what is free when it starts. */
  readonly memory?: number;
  /** Cuts running tasks off; what is durable stays. */
  readonly signal?: AbortSignal;
  /** Called at changes, at most every `progressIntervalMs` (default 100), and at the end. What it throws ends the run. */
  readonly onProgress?: (progress: RunProgress) => void;
  readonly progressIntervalMs?: number;
  /** What the study's code writes to stdout and stderr on workers; default: it goes to this process's stderr. */
  readonly onOutput?: (text: string) => void;
}
