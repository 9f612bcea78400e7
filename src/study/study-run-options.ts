import type { Evaluation } from "../core/evaluation.ts";
import type { Executor } from "../core/executor.ts";
import type { KnownOutcome } from "../core/records.ts";
import type { RunProgress } from "../core/snapshot.ts";
import type { Batch, SavedStudy } from "../core/store.ts";
import type { ModelKeeper } from "./model-keeper.ts";
import type { ProgressMeter } from "./progress-meter.ts";
import type { Proposer } from "./proposer.ts";

/** What the loop of a run works with. */
export interface StudyRunOptions {
  readonly saved: SavedStudy;
  readonly proposer: Proposer;
  readonly evaluation: Evaluation;
  readonly executor: Executor;
  readonly meter: ProgressMeter;
  readonly keeper: ModelKeeper;
  /** Resolves once the rows are durable; they may be gathered for a while. `workSeconds`: what they took to come by. */
  readonly commit: (batch: Batch, workSeconds?: number) => Promise<void>;
  /** Makes them so at once: nothing else is to be gathered. */
  readonly flush: () => void;
  readonly outcomes: Map<number, KnownOutcome>;
  /** Total number of trials; null = until the sampler is exhausted or the run is stopped. */
  readonly trials: number | null;
  readonly retries: number;
  readonly codeHash: string;
  readonly adaptive: boolean;
  /** Proposals are made durable before their work begins. Else they go with the first results: a run killed before makes the same again. */
  readonly proposalsFirst: boolean;
  readonly lookahead: number;
  readonly now: () => string;
  readonly onChange: (progress: () => RunProgress) => void;
}
