import type { DataRecipe } from "./core/dataset.ts";
import type { Estimator } from "./core/estimator.ts";
import { HpoError } from "./core/hpo-error.ts";
import type { Direction, Metric } from "./core/metric.ts";
import { checkOptions, showValue } from "./core/options.ts";
import type { Sampler } from "./core/sampler.ts";
import type { Params } from "./core/space.ts";
import type { Splitter } from "./core/splitter.ts";
import type { MetricDeclaration, ObjectiveValue, StudySpec, Trial } from "./core/study-spec.ts";
import { grid } from "./samplers/grid.ts";
import { random } from "./samplers/random.ts";
import { checkSpace } from "./space/check-space.ts";
import type { ParamsOf, TypedSpace } from "./space/params-of.ts";
import { spaceSize } from "./space/space-grid.ts";
import { studyRules } from "./study/study-rules.ts";

/** What every study says. */
interface CommonDefinition<S extends TypedSpace> {
  /** Identity within one database; letters, digits and any sign but "@". */
  readonly name: string;
  /** What to tune. */
  readonly space: S;
  /** How to search; default: `grid()` over a finite space of at most 1000 cells, else `random()`. */
  readonly sampler?: Sampler;
  /** What "best" means: names of metrics, the first one first; default the first metric. */
  readonly objectives?: readonly string[];
  /** Default 0; stored with the study. */
  readonly seed?: number;
  /**
   * How many trials may run ahead of the outcomes that an adaptive sampler sees: trial n sees those of 0 … n − lookahead. Default 8, with a
   * model 4, whose folds run in parallel besides. Never derived from the machine.
   */
  readonly lookahead?: number;
  /** Total number of trials; default all of a finite sampler. */
  readonly trials?: number;
  /** Stop starting work after so many wall seconds. */
  readonly timeBudgetSeconds?: number;
  /** Cut an attempt of one task (a fold, an objective, a part of a shared solve) off after so many wall seconds. */
  readonly timeoutSeconds?: number;
  /** Further attempts of a task that failed; default 1. */
  readonly retries?: number;
  /** What the best first objective has to reach; `hpo run` ends with exit code 3 where it does not. */
  readonly target?: number;
}

/** A study that judges a model by cross-validation. */
export interface ModelStudyDefinition<S extends TypedSpace> extends CommonDefinition<S> {
  readonly data: DataRecipe;
  /** The estimator for one configuration. */
  readonly model: (params: ParamsOf<S>) => Estimator;
  readonly cv: Splitter;
  /** By name; the first is the objective unless `objectives` says otherwise. */
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Keep out-of-fold predictions; default true. Without them there are no pooled values. */
  readonly keepPredictions?: boolean;
  /** Keep the model of the best trial, fitted to all rows, where folds start from it (svm with 8 folds or more); default true. */
  readonly keepModel?: boolean;
}

/** A study that judges any function. */
export interface ObjectiveStudyDefinition<S extends TypedSpace> extends CommonDefinition<S> {
  /** A number (NaN fails the trial), or one a metric by name. */
  readonly objective: (trial: Trial<ParamsOf<S>>) => ObjectiveValue | Promise<ObjectiveValue>;
  /** The direction of each value by name; default `{ value: "minimize" }`. */
  readonly metrics?: Readonly<Record<string, Direction>>;
}

/**
 * Checks a study and freezes it; nothing is read or run. `export default defineStudy({ … })` is a study file.
 * @throws HpoError OPTION_INVALID, SPACE_INVALID or GRID_TOO_LARGE, in one sentence.
 */
export function defineStudy<const S extends TypedSpace>(definition: ModelStudyDefinition<S> | ObjectiveStudyDefinition<S>): StudySpec {
  const isObjective = typeof definition === "object" && definition !== null && "objective" in definition;
  if (isObjective && "model" in definition) {
    throw new HpoError(
      "OPTION_INVALID",
      "defineStudy(): a study has either a model (with data, cv and metrics) or an objective; got both.",
    );
  }
  checkOptions("defineStudy", definition, isObjective ? studyRules.objective : studyRules.model);
  checkSpace(definition.space);
  const metrics = isObjective ? objectiveMetrics(definition.metrics) : definition.metrics;
  const sampler = definition.sampler ?? defaultSampler(definition.space);
  const trials = definition.trials ?? null;
  const size = sampler.size(definition.space);
  if (size === null && trials === null && definition.timeBudgetSeconds === undefined) {
    throw new HpoError(
      "OPTION_INVALID",
      `defineStudy(): trials or timeBudgetSeconds must be given with the sampler ${sampler.name}(), which has no end of its own; got neither.`,
    );
  }
  return Object.freeze({
    kind: "study",
    name: definition.name,
    space: definition.space,
    sampler,
    metrics: Object.freeze({ ...metrics }),
    objectives: Object.freeze(objectivesOf(metrics, definition.objectives)),
    judge: Object.freeze(judgeOf(definition)),
    seed: definition.seed ?? 0,
    lookahead: definition.lookahead ?? (isObjective ? 8 : 4),
    trials,
    timeBudgetSeconds: definition.timeBudgetSeconds ?? null,
    timeoutSeconds: definition.timeoutSeconds ?? null,
    retries: definition.retries ?? 1,
    target: definition.target ?? null,
    keepPredictions: ("keepPredictions" in definition ? definition.keepPredictions : undefined) ?? true,
    keepModel: ("keepModel" in definition ? definition.keepModel : undefined) ?? true,
  } satisfies StudySpec);
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

/** A table wants every cell; where there are too many, points drawn at random. */
function defaultSampler(space: TypedSpace): Sampler {
  const size = spaceSize(space);
  return size !== null && size <= 1000 ? grid() : random();
}
