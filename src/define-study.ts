import type { DataRecipe } from "./core/dataset.ts";
import type { StudySource } from "./core/earlier-study.ts";
import type { Estimator } from "./core/estimator.ts";
import { HpoError } from "./core/hpo-error.ts";
import type { Direction, Metric } from "./core/metric.ts";
import { checkOptions, integer, optional, showValue } from "./core/options.ts";
import type { Pruner } from "./core/pruner.ts";
import type { Sampler } from "./core/sampler.ts";
import type { Params } from "./core/space.ts";
import type { Splitter } from "./core/splitter.ts";
import type { Isolation, MetricDeclaration, ObjectiveValue, StudySpec, Trial } from "./core/study-spec.ts";
import { grid } from "./samplers/grid.ts";
import { auto } from "./samplers/auto/auto.ts";
import { regretBound } from "./samplers/gp/regret-bound.ts";
import { declaredSearch } from "./samplers/declared-search.ts";
import { checkSpace } from "./space/check-space.ts";
import type { FloatNames, ParamsOf, TypedSpace } from "./space/params-of.ts";
import type { Forbidden, Limit, PartialParams, Simplicity } from "./space/rules-of.ts";
import { spaceSize } from "./space/space-grid.ts";
import { checkedSampler } from "./study/checked-sampler.ts";
import { checkSelection } from "./study/check-selection.ts";
import { isolationOf } from "./study/isolation.ts";
import { checkBounds } from "./study/outcome-bounds.ts";
import { studyRules } from "./study/study-rules.ts";
import { nestedOption, refuseNested } from "./validation/nested/nested-option.ts";

/** What every study says. */
interface CommonDefinition<S extends TypedSpace, M extends string> {
  /** Identity within one database; letters, digits and any sign but "@". */
  readonly name: string;
  /** What to tune. */
  readonly space: S;
  /** Combinations that no trial has, such as `{ kernel: "poly", C: { min: 100 } }`; a rule says nothing where a parameter it names is not active. */
  readonly forbid?: readonly Forbidden<NoInfer<S>>[];
  /** Linear inequalities over numbers, such as `{ sum: { a: 1, b: 2 }, max: 10 }`. */
  readonly limits?: readonly Limit<NoInfer<S>>[];
  /** The first trials; what a point leaves out is drawn. */
  readonly enqueue?: readonly PartialParams<NoInfer<S>>[];
  /**
   * Learns from stored studies: the first `trials` (default 15) are proposed from theirs, then the sampler goes on. What is learnt from is copied when
   * the study is created, so that it stays the same whatever becomes of them.
   */
  readonly warmStart?: { readonly from: readonly StudySource[]; readonly trials?: number };
  /** How to search; default: `grid()` over a finite space of at most 1000 cells where no `trials` are given, else `auto()`. */
  readonly sampler?: Sampler;
  /** What "best" means: names of metrics, the first one first; default the first metric. */
  readonly objectives?: readonly string[];
  /**
   * What the best trial has to meet, by metric: `{ latency: { max: 0.2 } }`, with `min` likewise. Samplers see how far a trial missed it; trials that
   * miss one are kept, and never best.
   */
  readonly constraints?: { readonly [K in NoInfer<M>]?: { readonly min?: number; readonly max?: number } };
  /** Default 0; stored with the study. */
  readonly seed?: number;
  /**
   * How many trials may run ahead of the outcomes that an adaptive sampler sees: trial n sees those of 0 … n − lookahead. Default 8, with a
   * model 4, whose folds run in parallel besides. Never derived from the machine.
   */
  readonly lookahead?: number;
  /** Total number of trials; default all of a finite sampler. */
  readonly trials?: number;
  /** Stop starting work after so many wall seconds, of all runs of the study together: one that was killed goes on with what is left. */
  readonly timeBudgetSeconds?: number;
  /** Cut an attempt of one task (a fold, an objective, a part of a shared solve) off after so many wall seconds. */
  readonly timeoutSeconds?: number;
  /** Further attempts of a task that failed; default 1. */
  readonly retries?: number;
  /** What the best first objective has to reach; `hpo run` ends with exit code 3 where it does not. */
  readonly target?: number;
  /** End the study once a trial has reached the `target`; trials that were proposed before it was visible (`lookahead`) end first. */
  readonly stopAtTarget?: boolean;
  /** End the study after so many trials without a better one. */
  readonly staleTrials?: number;
  /**
   * End the study when, by a Gaussian process of its outcomes, no configuration is expected to be better than the best one by more than noise lets see: the error
   * of its cross-validation, else the deviation between repeats (`replicated`), else the noise that the process fits. Asked from `minTrials` outcomes on (default 20). One objective.
   */
  readonly stopAtNoise?: boolean | { readonly minTrials?: number };
  /** Stop starting work after so many CPU seconds, all workers and all runs of the study together. */
  readonly cpuBudgetSeconds?: number;
  /**
   * Where trials run: in threads, or each worker in a process of its own, which contains crashes of native code. A run may say otherwise
   * (`study.run({ isolation })`, `hpo run --isolation`); it changes no result. Default "thread", with `trialMemory` "process".
   */
  readonly isolation?: Isolation;
  /** Bytes of memory that an attempt of one task (a fold, an objective) may take, native memory and all; beyond it is cut off. Needs processes. */
  readonly trialMemory?: number;
}

/** A study that judges a model by cross-validation. */
export interface ModelStudyDefinition<S extends TypedSpace, M extends string = string> extends CommonDefinition<S, M> {
  readonly data: DataRecipe;
  /** The estimator for one configuration. */
  readonly model: (params: ParamsOf<S>) => Estimator;
  readonly cv: Splitter;
  /** By name; the first is the objective unless `objectives` says otherwise. */
  readonly metrics: Readonly<Record<M, Metric>>;
  /**
   * Which trial the study reports as its best, and keeps the model of. "simplest-within-one-se": the simplest of those within one standard error of the
   * best, which the folds can hardly tell from it; needs `simplicity`. Default "best".
   */
  readonly select?: "best" | "simplest-within-one-se";
  /**
   * What is simpler: `[{ parameter: "kernel", simpler: ["linear", "rbf"] }, { parameter: "C", simpler: "smaller" }]`. The first parameter in which two
   * trials differ decides; one that is not active is simpler than any value.
   */
  readonly simplicity?: readonly Simplicity<NoInfer<S>>[];
  /** Keep out-of-fold predictions; default true. Without them there are no pooled values. */
  readonly keepPredictions?: boolean;
  /** Keep the model of the best trial, fitted to all rows, where folds start from it (svm with 8 folds or more); default true. */
  readonly keepModel?: boolean;
  /**
   * Nested cross-validation: after the study, for each fold of `outer` a search of the same declaration on its training rows alone (folds: `inner`,
   * default `cv`), whose choice is judged on the fold's test rows. Each search is a study NAME/outer-1 … of its own, and resumes as such. It costs as many
   * searches as there are outer folds, and is in `estimate.nested` then. One objective; no `warmStart`.
   */
  readonly nested?: { readonly outer: Splitter; readonly inner?: Splitter };
  /**
   * Stop trials that are clearly worse than the best that they see before all their folds are done: `true` by error spending (5 % for a trial that is no worse),
   * `"exact"` by a confidence sequence that assumes bounded losses alone. Default `true` with 5 folds or more and more than 10 trials, except with grids, models
   * that answer all folds together (svm, svr), time series and several objectives. A stopped trial is pruned, never best. See docs/validation.md.
   */
  readonly race?: boolean | "exact";
}

/** A study that judges any function. */
export interface ObjectiveStudyDefinition<S extends TypedSpace, M extends string = string> extends CommonDefinition<S, M> {
  /** Stops trials that are not worth going on with: the objective tells values on its way by `trial.report(step, value)`. Default: none. */
  readonly pruner?: Pruner;
  /** A number (NaN fails the trial), or one a metric by name; `{ value, gradient }` in place of a number tells derivatives by floats too. */
  readonly objective: (
    trial: Trial<ParamsOf<S>>,
  ) => ObjectiveValue<NoInfer<FloatNames<S>>> | Promise<ObjectiveValue<NoInfer<FloatNames<S>>>>;
  /** The largest checkpoint that a trial may write, in bytes; default 256 MiB. With `populationBased()` at most two for each member are kept, and the best one. */
  readonly checkpointBytes?: number;
  /** The direction of each value by name; default `{ value: "minimize" }`. */
  readonly metrics?: Readonly<Record<M, Direction>>;
}

/**
 * Checks a study and freezes it; nothing is read or run. `export default defineStudy({ … })` is a study file.
 * @throws HpoError OPTION_INVALID, SPACE_INVALID or GRID_TOO_LARGE, in one sentence.
 */
export function defineStudy<const S extends TypedSpace, const M extends string = string>(
  definition: ModelStudyDefinition<S, M> | ObjectiveStudyDefinition<S, M>,
): StudySpec {
  const isObjective = typeof definition === "object" && definition !== null && "objective" in definition;
  if (isObjective && "model" in definition) {
    throw new HpoError(
      "OPTION_INVALID",
      "defineStudy(): a study has either a model (with data, cv and metrics) or an objective; got both.",
    );
  }
  if (isObjective) refuseNested("defineStudy", definition);
  checkOptions("defineStudy", definition, isObjective ? studyRules.objective : studyRules.model);
  checkSpace(definition.space);
  const metrics = isObjective ? objectiveMetrics(definition.metrics) : definition.metrics;
  const { sampler, rules, enqueue, warmStart } = declaredSearch("defineStudy", {
    ...definition,
    sampler: definition.sampler ?? defaultSampler(definition.space, definition.trials),
  });
  const trials = definition.trials ?? null;
  const size = checkedSampler(sampler, definition.space).size(definition.space);
  const { timeBudgetSeconds, cpuBudgetSeconds, staleTrials } = definition;
  if (size === null && [trials ?? undefined, timeBudgetSeconds, cpuBudgetSeconds, staleTrials].every((limit) => limit === undefined)) {
    throw new HpoError(
      "OPTION_INVALID",
      `defineStudy(): trials, timeBudgetSeconds, cpuBudgetSeconds or staleTrials must be given with the sampler ${sampler.name}(), which has no end of its own; got none.`,
    );
  }
  if (definition.stopAtTarget === true && definition.target === undefined) {
    throw new HpoError(
      "OPTION_INVALID",
      "defineStudy(): target must be given with stopAtTarget, which ends the study when it is reached; got none.",
    );
  }
  return Object.freeze({
    kind: "study",
    name: definition.name,
    space: definition.space,
    rules,
    enqueue,
    warmStart,
    sampler,
    pruner: prunerOf(definition),
    metrics: Object.freeze({ ...metrics }),
    objectives: Object.freeze(objectivesOf(metrics, definition.objectives)),
    constraints: checkBounds("defineStudy", Object.keys(metrics), definition.constraints ?? {}),
    selection: checkSelection("defineStudy", definition.space, "model" in definition ? definition : {}),
    judge: Object.freeze(judgeOf(definition)),
    seed: definition.seed ?? 0,
    lookahead: lookaheadOf(definition, sampler),
    trials,
    timeBudgetSeconds: definition.timeBudgetSeconds ?? null,
    timeoutSeconds: definition.timeoutSeconds ?? null,
    retries: definition.retries ?? 1,
    target: definition.target ?? null,
    stopAtTarget: definition.stopAtTarget ?? false,
    staleTrials: definition.staleTrials ?? null,
    stopAtNoise: noiseStop(definition),
    cpuBudgetSeconds: definition.cpuBudgetSeconds ?? null,
    isolation: isolationOf(definition, (sentence) => new HpoError("OPTION_INVALID", `defineStudy(): ${sentence}`)) ?? null,
    trialMemory: definition.trialMemory ?? null,
    keepPredictions: ("keepPredictions" in definition ? definition.keepPredictions : undefined) ?? true,
    keepModel: ("keepModel" in definition ? definition.keepModel : undefined) ?? true,
    nested: nestedOption("defineStudy", definition),
    race: ("race" in definition ? definition.race : undefined) ?? null,
    checkpointBytes: ("checkpointBytes" in definition ? definition.checkpointBytes : undefined) ?? 2 ** 28,
  } satisfies StudySpec);
}

/**
 * How far trials run ahead unless the study says so. Where they continue others, a trial must see the one that its member ended with.
 */
function lookaheadOf<S extends TypedSpace>(
  definition: ModelStudyDefinition<S> | ObjectiveStudyDefinition<S>,
  { name, traits: { continues = Infinity } }: Sampler,
): number {
  const { lookahead } = definition;
  if (!("objective" in definition)) {
    if (continues === Infinity) return lookahead ?? 4;
    throw new HpoError(
      "OPTION_INVALID",
      `defineStudy(): ${name}() must search an objective, which can go on from the checkpoint of another trial; got a study with a model. Take auto() for it.`,
    );
  }
  if (lookahead === undefined || lookahead <= continues) return lookahead ?? Math.min(8, continues);
  throw new HpoError(
    "OPTION_INVALID",
    `defineStudy(): lookahead must be at most ${continues}, the members of ${name}(), so that each sees where it ended; got ${lookahead}. Take more members, or leave lookahead out.`,
  );
}

function noiseStop<S extends TypedSpace>(definition: ModelStudyDefinition<S> | ObjectiveStudyDefinition<S>): StudySpec["stopAtNoise"] {
  const { stopAtNoise = false, objectives } = definition;
  if (stopAtNoise === false) return null;
  const options = stopAtNoise === true ? {} : stopAtNoise;
  checkOptions("defineStudy(): stopAtNoise", options, { minTrials: optional(integer(2)) });
  if ((objectives?.length ?? 1) === 1) return Object.freeze({ minTrials: options.minTrials ?? 20, model: regretBound() });
  throw new HpoError("OPTION_INVALID", `defineStudy(): stopAtNoise must stand with one objective; got ${objectives?.length}.`);
}

/** What is reported is one number a step, so that a pruner knows one objective. */
function prunerOf<S extends TypedSpace>(definition: ModelStudyDefinition<S> | ObjectiveStudyDefinition<S>): Pruner | null {
  const pruner = "pruner" in definition ? definition.pruner : undefined;
  if (pruner === undefined) return null;
  const count = definition.objectives?.length ?? 1;
  if (count === 1) return pruner;
  throw new HpoError(
    "OPTION_INVALID",
    `defineStudy(): a pruner must have one objective to compare trials by; got ${pruner.name}() with ${count} objectives. Leave the pruner or the other objectives out.`,
  );
}

function judgeOf<S extends TypedSpace>(definition: ModelStudyDefinition<S> | ObjectiveStudyDefinition<S>): StudySpec["judge"] {
  // Parameters are checked against the space before they reach these functions, so the wider type is safe inside.
  if ("objective" in definition) return { kind: "objective", objective: definition.objective as (trial: Trial) => ObjectiveValue };
  return { kind: "model", data: definition.data, model: definition.model as (params: Params) => Estimator, cv: definition.cv };
}

function objectiveMetrics(directions: Readonly<Record<string, Direction>> = { value: "minimize" }): Record<string, MetricDeclaration> {
  return Object.fromEntries(
    Object.entries(directions).map(([name, direction]) => [name, Object.freeze({ name, direction, unit: "number" as const, needs: null })]),
  );
}

function objectivesOf(
  metrics: Readonly<Record<string, MetricDeclaration>>,
  named: readonly string[] | undefined,
): StudySpec["objectives"][number][] {
  const known = Object.keys(metrics);
  const names = named ?? known.slice(0, 1);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw new HpoError("OPTION_INVALID", `defineStudy(): objectives must be distinct; got ${repeated} twice.`);
  return names.map((metric) => {
    const declared = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    if (declared === undefined) {
      throw new HpoError(
        "OPTION_INVALID",
        `defineStudy(): objectives must be names of metrics (${known.join(", ")}); got ${showValue(metric)}.`,
      );
    }
    return Object.freeze({ metric, direction: declared.direction });
  });
}

/** A table wants every cell, unless it is too large, or fewer trials are asked for by number. */
function defaultSampler(space: TypedSpace, trials: number | undefined): Sampler {
  const size = spaceSize(space);
  return trials === undefined && size !== null && size <= 1000 ? grid() : auto();
}
