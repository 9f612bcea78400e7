import type { DataRecipe, Dataset } from "./core/dataset.ts";
import type { Estimator } from "./core/estimator.ts";
import { HpoError } from "./core/hpo-error.ts";
import type { Metric, MetricInput } from "./core/metric.ts";
import { loadedData } from "./core/loaded-data.ts";
import { checkOptions, integer, type OptionRule, optional, shaped } from "./core/options.ts";
import { metricRule } from "./core/part-rules.ts";
import { crossValidate } from "./cross-validate.ts";
import { rng } from "./math/rng.ts";
import { weightedMean } from "./metrics/weighted-mean.ts";
import { bootstrap } from "./splitters/bootstrap.ts";
import { studyRules } from "./study/study-rules.ts";
import { noInformationError, outOfBagError, point632Plus } from "./validation/bootstrap-error.ts";
import { foldPlan } from "./validation/fold-plan.ts";
import { metricInput } from "./validation/fold-score.ts";
import { type Judging, judging } from "./validation/judging.ts";
import { modelAnswers } from "./validation/model-answers.ts";

/** What `bootstrapEstimate` judges, and how. */
export interface BootstrapEstimateOptions {
  /** Relative paths are relative to the working folder. */
  readonly data: DataRecipe;
  readonly model: Estimator;
  /** A mean of one number a row: accuracy, logLoss, mse, mae. */
  readonly metric: Metric;
  /** How many bootstrap samples; default 100. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** All in the unit of the metric. */
export interface BootstrapEstimate {
  /** The .632+ estimate of the metric on new rows. */
  readonly value: number;
  /** The .632 estimate, which flatters models that learn the rows by heart. */
  readonly point632: number;
  /** Of the model of all rows on these rows. */
  readonly resubstitution: number;
  /** Of rows on models that had no part of them, the mean over rows. */
  readonly outOfBag: number;
  /** Where predictions and targets had nothing to do with each other. */
  readonly noInformation: number;
  /** 0 = none, 1 = as much as there can be. */
  readonly overfitting: number;
  /** Rows that some sample left out; the others have no part in `outOfBag`. */
  readonly testedRows: number;
}

/**
 * Judges one estimator by the .632+ bootstrap, in this process and thread: on samples of rows drawn with replacement, and once on all rows. Less scattered than
 * cross-validation on few rows (below 100, say), at the price of `samples` fits; O(rows²) besides for the no-information rate. For rows that are independent:
 * not for groups, time or neighbours.
 *
 * Source: B. Efron, R. Tibshirani, JASA 92(438), 1997, doi 10.1080/01621459.1997.10474007.
 * @throws HpoError for bad options or data, where the model fails, and METRIC_UNSUPPORTED for a metric that is no mean over rows.
 */
export async function bootstrapEstimate(options: BootstrapEstimateOptions): Promise<BootstrapEstimate> {
  const model = shaped('an estimator such as svm({ kernel: "rbf", C: 1 })', (value) => "fit" in value);
  const rules = { data: studyRules.model.data, model, metric: metricRule, samples: optional(integer(2)), seed: optional(integer(0)) };
  checkOptions("bootstrapEstimate", options, rules as Record<string, OptionRule>);
  const { metric, samples = 100, seed = 0 } = options;
  if (metric.rowScores === undefined) {
    throw new HpoError(
      "METRIC_UNSUPPORTED",
      `bootstrapEstimate(): metric must be a mean of one number a row, such as accuracy() or mse(); got ${metric.name}().`,
      { data: { metric: metric.name } },
    );
  }
  const data = await loadedData(options.data, { folder: process.cwd(), task: metric.task });
  checkRows(data);
  const judged = judging(data, foldPlan(data, bootstrap({ samples }), seed, 0), { metric });
  /** Losses, of which less is better; the estimate follows any change of their unit. */
  const sign = metric.direction === "maximize" ? -1 : 1;
  const lossesOf = (input: MetricInput): Float64Array => (metric.rowScores?.(input) ?? new Float64Array(0)).map((score) => sign * score);

  const everyRow = Uint32Array.from({ length: data.rows }, (_, row) => row);
  const { predictions } = await crossValidate({
    data: { ...options.data, load: async () => data },
    model: options.model,
    cv: bootstrap({ samples }),
    metrics: { metric },
    seed,
  });
  const whole = await answersOnOwnRows(options.model, judged, { rows: everyRow, seed });
  const resubstitution = weightedMean(lossesOf(whole), null);
  const { error, tested } = outOfBagError(
    data.rows,
    predictions.map(({ rows, predicted, scores, truth }) => ({
      rows,
      losses: lossesOf(metricInput(judged, rows, { predicted, scores, truth })),
    })),
  );
  const noInformation = noInformationError(data.rows, (shift) => lossesOf(shifted(whole, shift)));
  const { point632, point632Plus: value, overfitting } = point632Plus({ resubstitution, outOfBag: error, noInformation });
  const told = (loss: number): number => sign * loss + 0;
  return Object.freeze({
    value: told(value),
    point632: told(point632),
    resubstitution: told(resubstitution),
    outOfBag: told(error),
    noInformation: told(noInformation),
    overfitting,
    testedRows: tested,
  });
}

function checkRows({ name, roles }: Dataset): void {
  const role = roles.weight !== null ? "weights" : roles.group !== null ? "groups" : roles.time !== null ? "times" : null;
  if (role === null) return;
  throw new HpoError(
    "DATA_UNSUPPORTED",
    `bootstrapEstimate(): rows must be independent and count alike; those of ${name} have ${role}. Cross-validate them, e.g. with ${role === "times" ? "timeSeriesSplit" : "groupKFold"}, or leave the role out.`,
    { data: { role } },
  );
}

async function answersOnOwnRows(
  estimator: Estimator,
  judged: Judging,
  { rows, seed }: { readonly rows: Uint32Array; readonly seed: number },
): Promise<MetricInput> {
  const { data, target, answer } = judged;
  const context = { rng: rng(seed).fork("fit", 0), signal: new AbortController().signal, answer };
  const fitted = await estimator.fit({ data, rows, target, weights: null }, context);
  try {
    return metricInput(judged, rows, modelAnswers(fitted, { data, rows }, { answer, target, name: estimator.name }));
  } finally {
    fitted.dispose();
  }
}

/** Each target beside the prediction of the row `shift` places on. */
function shifted({ predicted, scores, ...rest }: MetricInput, shift: number): MetricInput {
  const width = scores === null ? 0 : scores.length / predicted.length;
  return { ...rest, predicted: rotated(predicted, shift), scores: scores === null ? null : rotated(scores, shift * width) };
}

function rotated(values: Float64Array, by: number): Float64Array {
  const turned = new Float64Array(values.length);
  turned.set(values.subarray(by));
  turned.set(values.subarray(0, by), values.length - by);
  return turned;
}
