import type { Dataset, Target } from "../core/dataset.ts";
import type { Answer, Estimator, FoldPlan } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { Metric } from "../core/metric.ts";
import type { MetricDeclaration } from "../core/study-spec.ts";
import { requireComplete, requireNumbers } from "../data/requirements.ts";
import { onlyTarget } from "./fold-plan.ts";

/** What all trials of a cross-validated study have in common. */
export interface Judging {
  readonly data: Dataset;
  readonly target: Target;
  readonly plan: FoldPlan;
  /** By fold, class codes or values of its test rows; one object for all trials. */
  readonly truths: readonly Float64Array[];
  readonly metrics: Readonly<Record<string, Metric>>;
  /** The most that any metric needs. */
  readonly answer: Answer;
}

/** Gathers them, and checks that data and metrics fit together. */
export function judging(data: Dataset, plan: FoldPlan, declared: Readonly<Record<string, MetricDeclaration>>): Judging {
  const target = onlyTarget(data);
  const metrics: Record<string, Metric> = {};
  let answer: Answer = "labels";
  for (const [name, metric] of Object.entries(declared)) {
    if (metric.needs === null) {
      throw new HpoError(
        "METRIC_UNSUPPORTED",
        `metrics: ${name} must be a metric such as accuracy() when a model is judged; got a declaration without a formula.`,
      );
    }
    const task = target.kind === "class" ? "classification" : "regression";
    if (metric.task !== task) {
      throw new HpoError(
        "METRIC_UNSUPPORTED",
        `metrics: ${name} must be a ${task} metric, since the target ${target.name} is ${target.kind === "class" ? "a class" : "a number"}; got ${metric.name}() for ${metric.task}.`,
      );
    }
    metrics[name] = metric;
    // Probabilities rank as well as scores do, so they serve metrics that need scores.
    if (metric.needs === "probabilities" || (metric.needs === "scores" && answer === "labels")) answer = metric.needs;
  }
  return { data, target, plan, truths: plan.folds.map(({ test }) => truthOf(target, test)), metrics, answer };
}

/** The same with other folds. */
export function withFolds(judged: Judging, plan: FoldPlan): Judging {
  return { ...judged, plan, truths: plan.folds.map(({ test }) => truthOf(judged.target, test)) };
}

/** Class codes or values of these rows. */
export function truthOf(target: Target, rows: Uint32Array): Float64Array {
  const source = target.kind === "class" ? target.codes : target.values;
  const truth = new Float64Array(rows.length);
  for (let at = 0; at < rows.length; at++) truth[at] = source[rows[at] as number] as number;
  return truth;
}

/**
 * Checks once, before its first fit, that an estimator can do what the study asks of it.
 * @throws HpoError MODEL_UNSUPPORTED, METRIC_UNSUPPORTED or DATA_UNSUPPORTED, with the cure.
 */
export function checkEstimator(estimator: Estimator, { data, target, metrics, answer }: Judging): void {
  const { name, task, traits } = estimator;
  if ((task === "classification") !== (target.kind === "class")) {
    throw new HpoError(
      "MODEL_UNSUPPORTED",
      `${name}(): the target must be ${task === "classification" ? "a class" : "a number"} for ${task}; ${target.name} is ${target.kind === "class" ? "a class" : "a number"}.`,
    );
  }
  const { mostClasses = Infinity } = traits;
  if (target.kind === "class" && target.classes.length > mostClasses) {
    throw new HpoError(
      "MODEL_UNSUPPORTED",
      `${name}(): the target must have at most ${mostClasses} classes; ${target.name} has ${target.classes.length}.`,
    );
  }
  if (!traits.gives.includes(answer)) {
    const needing = Object.entries(metrics).find(([, metric]) => metric.needs === answer)?.[0] ?? "";
    throw new HpoError(
      "METRIC_UNSUPPORTED",
      `metrics: ${needing} needs ${answer}, which ${name}() does not give (it gives ${traits.gives.join(", ")}); choose a metric that needs less.`,
    );
  }
  if (data.features.kind !== "dense") {
    throw new HpoError("DATA_UNSUPPORTED", `${name}(): features must be dense; ${data.name} has ${data.features.kind} ones.`);
  }
  if (!traits.weights && data.roles.weight !== null) {
    throw new HpoError(
      "MODEL_UNSUPPORTED",
      `${name}(): row weights are not supported by this model yet; leave the weight role of ${data.name} out.`,
    );
  }
  if (!traits.missing) requireComplete(data, name);
  if (!traits.categories) requireNumbers(data, name);
}
