import type { TrialCheckpoint } from "./checkpoint.ts";
import type { DataRecipe } from "./dataset.ts";
import type { StudySource } from "./earlier-study.ts";
import type { Estimator } from "./estimator.ts";
import type { GainModel } from "./gain-model.ts";
import type { Direction, Metric } from "./metric.ts";
import type { Pruner } from "./pruner.ts";
import type { OutcomeBound, TrialSelection } from "./records.ts";
import type { Sampler } from "./sampler.ts";
import type { SpaceRules } from "./space-rules.ts";
import type { Params, Space } from "./space.ts";
import type { Splitter } from "./splitter.ts";

/** Where trials run: in threads of this process, or each worker in a process of its own. */
export type Isolation = "thread" | "process";

/** What an objective is given. */
export interface Trial<P = Params> {
  readonly number: number;
  readonly params: P;
  /** 0, unless a sampler tries a configuration again to learn how much of its value is noise: the first such trial has 1. */
  readonly repeat: number;
  /** Aborts when the study does, or when the time is over. */
  readonly signal: AbortSignal;
  /** A seed of this trial's own, an integer from 0 to 2³² − 1. */
  readonly seed: number;
  /**
   * Tells the value of the first objective after `step` (an integer from 0 up, such as epochs done; steps ascend), and asks the study's pruner.
   * true: the trial is not worth going on with, so return now; it is pruned whatever it returns or throws, with this value as its estimate.
   * Always false without a pruner. @throws HpoError OBJECTIVE_INVALID
   */
  readonly report: (step: number, value: number) => boolean;
  /** What the trial continues, and what it leaves to those that continue it; kept for those, and of the best trial. */
  readonly checkpoint: TrialCheckpoint;
}

/**
 * What an objective says of one metric: a number, or the number with its derivatives by the floats that are active in the trial, in their
 * own units (d value / d C also where `C` is searched on a log scale). Floats with a step may be left out; an entry that is not finite leaves the value alone to count.
 */
export type MetricValue<F extends string = string> =
  | number
  | { readonly value: number; readonly gradient?: { readonly [K in F]?: number } };

/** What an objective returns: what it says of its one metric, or of each metric by name. `F`: names of floats. */
export type ObjectiveValue<F extends string = string> = MetricValue<F> | Readonly<Record<string, MetricValue<F>>>;

/** A study as `defineStudy` checked it: plain data plus functions, frozen. */
export interface StudySpec {
  readonly kind: "study";
  readonly name: string;
  readonly space: Space;
  /** Which configurations of the space may be tried. */
  readonly rules: SpaceRules;
  /** What trials 0 … enqueue.length − 1 have; the rest is drawn where values are left out. */
  readonly enqueue: readonly Params[];
  /** Studies whose trials propose the first ones; null = none. */
  readonly warmStart: { readonly from: readonly StudySource[]; readonly trials: number } | null;
  /** Proposes what is enqueued first, and nothing that the rules forbid. */
  readonly sampler: Sampler;
  /** Stops trials that report steps; null = none. */
  readonly pruner: Pruner | null;
  readonly metrics: Readonly<Record<string, MetricDeclaration>>;
  readonly objectives: readonly { readonly metric: string; readonly direction: Direction }[];
  /** What the best trial has to meet. */
  readonly constraints: readonly OutcomeBound[];
  /** How the trial that is reported is chosen; null = it is the best. */
  readonly selection: TrialSelection | null;
  /** A model judged by cross-validation, or any function. */
  readonly judge: ModelJudge | ObjectiveJudge;
  readonly seed: number;
  readonly lookahead: number;
  /** Total number of trials; null = until the sampler is exhausted or the time is over. */
  readonly trials: number | null;
  readonly timeBudgetSeconds: number | null;
  readonly timeoutSeconds: number | null;
  readonly retries: number;
  /** The study misses its goal (exit code 3) where the best first objective is worse; null = none. */
  readonly target: number | null;
  /** Whether the study ends once a visible trial has reached the target. */
  readonly stopAtTarget: boolean;
  /** The study ends after so many visible trials without a better one; null = never. */
  readonly staleTrials: number | null;
  /** End the study when what may still be gained is less than noise lets see, asked of `model` after `minTrials` outcomes; null = never. */
  readonly stopAtNoise: { readonly minTrials: number; readonly model: GainModel } | null;
  /** CPU seconds of the tasks of all runs after which no more are started; null = no limit. */
  readonly cpuBudgetSeconds: number | null;
  /** Where trials run unless a run says otherwise; null = threads. */
  readonly isolation: Isolation | null;
  /** Bytes that an attempt of one task may take; null = no limit. */
  readonly trialMemory: number | null;
  readonly keepPredictions: boolean;
  readonly keepModel: boolean;
  /** Judge the whole search too: by searches within the outer splitter's training rows, each with the inner one's folds; null = no. */
  readonly nested: { readonly outer: Splitter; readonly inner: Splitter } | null;
  /** Whether hopeless trials of a cross-validation are stopped before their last fold; null = where it pays. */
  readonly race: boolean | "exact" | null;
  /** The largest checkpoint that a trial may write. */
  readonly checkpointBytes: number;
}

export type MetricDeclaration =
  | Metric
  | { readonly name: string; readonly direction: Direction; readonly unit: "fraction" | "number"; readonly needs: null };

export interface ModelJudge {
  readonly kind: "model";
  readonly data: DataRecipe;
  readonly model: (params: Params) => Estimator;
  readonly cv: Splitter;
}

export interface ObjectiveJudge {
  readonly kind: "objective";
  readonly objective: (trial: Trial) => ObjectiveValue | Promise<ObjectiveValue>;
}
