import type { DataRecipe } from "./dataset.ts";
import type { Estimator } from "./estimator.ts";
import type { Direction, Metric } from "./metric.ts";
import type { Sampler } from "./sampler.ts";
import type { Params, Space } from "./space.ts";
import type { Splitter } from "./splitter.ts";

/** What an objective is given. */
export interface Trial<P = Params> {
  readonly number: number;
  readonly params: P;
  /** Aborts when the study does, or when the time is over. */
  readonly signal: AbortSignal;
  /** A seed of this trial's own, an integer from 0 to 2³² − 1. */
  readonly seed: number;
}

/** What an objective returns: a number for the first metric, or one a metric by name. */
export type ObjectiveValue = number | Readonly<Record<string, number>>;

/** A study as `defineStudy` checked it: plain data plus functions, frozen. */
export interface StudySpec {
  readonly kind: "study";
  readonly name: string;
  readonly space: Space;
  readonly sampler: Sampler;
  readonly metrics: Readonly<Record<string, MetricDeclaration>>;
  readonly objectives: readonly { readonly metric: string; readonly direction: Direction }[];
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
  readonly keepPredictions: boolean;
  readonly keepModel: boolean;
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
