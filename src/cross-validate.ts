import type { DataRecipe } from "./core/dataset.ts";
import type { Estimator } from "./core/estimator.ts";
import { HpoError } from "./core/hpo-error.ts";
import type { Metric } from "./core/metric.ts";
import { checkOptions, integer, type OptionRule, optional, shaped } from "./core/options.ts";
import type { EvaluationRecord, OutcomeRecord, PredictionRecord } from "./core/records.ts";
import type { Splitter } from "./core/splitter.ts";
import { defineStudy } from "./define-study.ts";
import { openStudy } from "./open-study.ts";
import { grid } from "./samplers/grid.ts";
import { studyRules } from "./study/study-rules.ts";
import { memoryStore } from "./store/memory/memory-store.ts";

/** What `crossValidate` judges, and how. */
export interface CrossValidateOptions {
  /** Relative paths are relative to the working folder. */
  readonly data: DataRecipe;
  readonly model: Estimator;
  readonly cv: Splitter;
  readonly metrics: Readonly<Record<string, Metric>>;
  /** Default 0. */
  readonly seed?: number;
}

/** What `crossValidate` found. */
export interface CrossValidated {
  /** By metric: mean over folds, its standard error, and the value over all test rows pooled. */
  readonly values: OutcomeRecord["values"];
  /** In fold order. */
  readonly folds: readonly EvaluationRecord[];
  /** Out-of-fold predictions, in fold order. */
  readonly predictions: readonly PredictionRecord[];
}

/**
 * Judges one estimator by cross-validation, in this process and thread: a study of a single trial that is not kept.
 * @throws HpoError for bad options or data, and where the model fails on a fold.
 */
export async function crossValidate(options: CrossValidateOptions): Promise<CrossValidated> {
  const { data, cv, metrics } = studyRules.model;
  const model = shaped('an estimator such as svm({ kernel: "rbf", C: 1 })', (value) => "fit" in value);
  checkOptions("crossValidate", options, { data, model, cv, metrics, seed: optional(integer(0)) } as Record<string, OptionRule>);
  return judged(options);
}

async function judged({ model, seed = 0, ...definition }: CrossValidateOptions): Promise<CrossValidated> {
  const name = "cross-validate";
  const store = memoryStore();
  const spec = defineStudy({ ...definition, name, seed, space: {}, sampler: grid(), model: () => model, retries: 0, keepModel: false });
  const study = await openStudy(spec, { store });
  try {
    const { trials, attempts } = await study.run();
    const [trial] = trials;
    if (trial?.state !== "complete") {
      const code = attempts.at(-1)?.incident.code;
      throw new HpoError("MODEL_UNSUPPORTED", trial?.incident ?? "crossValidate(): the run was stopped.", { data: { code } });
    }
    return { values: trial.values, folds: store.evaluations(name, 0), predictions: store.predictions(name, 0) };
  } finally {
    await study.close();
    store.close();
  }
}
