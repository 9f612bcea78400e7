import { HpoError } from "./core/hpo-error.ts";
import { checkOptions, finite, integer, listOf, optional, showValue, text } from "./core/options.ts";
import type { Store } from "./core/store.ts";
import { reading } from "./read-study.ts";
import { modelTrial } from "./study/study-model.ts";
import { compareStudies as compareSnapshots, type StudiesComparison } from "./validation/comparison/studies-comparison.ts";
import { compareFolds, type ComparisonOptions, type JudgedFolds, type TrialComparison } from "./validation/comparison/trial-comparison.ts";

/** A trial of a stored study; without a number the one that the study reports as its best. */
export interface TrialReference {
  readonly study: string;
  readonly trial?: number;
}

/** How to compare trials. */
export interface CompareTrialsOptions extends ComparisonOptions {
  readonly database?: string;
}

/**
 * Compares two trials that were judged on the same folds of the same data, of one study or of two: the difference with its interval and p-value
 * (corrected resampled t-test), the probability that it means anything in practice (Bayesian correlated t-test), and McNemar's test where rows have classes. Reads only.
 * @throws HpoError STUDY_NOT_FOUND, TRIAL_NOT_FOUND, MODEL_NOT_FOUND (not complete); OPTION_INVALID where data, folds or metrics are not the same
 */
export function compareTrials(first: TrialReference, second: TrialReference, options: CompareTrialsOptions = {}): TrialComparison {
  checkOptions("compareTrials", options, { database: optional(text()), metric: optional(text()), rope: optional(finite(0)) });
  for (const one of [first, second]) checkOptions("compareTrials", one, { study: text(), trial: optional(integer(0)) });
  const { database, ...rest } = options;
  return reading(database, (store) => compareFolds(judgedFolds(store, first), judgedFolds(store, second), rest));
}

/** How to compare studies. */
export interface CompareStudiesOptions {
  readonly database?: string;
  /** The parameter whose values are the methods that are compared. */
  readonly by: string;
  /** Default: the first objective of the first study. */
  readonly metric?: string;
  /** The level of the critical difference; default 0.05. */
  readonly alpha?: number;
}

/**
 * Compares the values of a parameter (a kernel, a model) over stored studies, each one a data set, by the best trial with each value: Friedman's test
 * that any differs, and Nemenyi's of which. Reads only.
 * @throws HpoError STUDY_NOT_FOUND; OPTION_INVALID unless there are two studies and two values that all of them have
 */
export function compareStudies(studies: readonly string[], options: CompareStudiesOptions): StudiesComparison {
  checkOptions("compareStudies", options, {
    database: optional(text()),
    by: text(),
    metric: optional(text()),
    alpha: optional(finite(0, 1, true)),
  });
  checkOptions("compareStudies", { studies }, { studies: listOf(text(), 2) });
  const { database, ...rest } = options;
  return reading(database, (store) =>
    compareSnapshots(
      studies.map((name) => store.snapshot(name)),
      rest,
    ),
  );
}

function judgedFolds(store: Store, { study, trial: number }: TrialReference): JudgedFolds {
  const snapshot = store.snapshot(study);
  if (snapshot.description.cv === null) {
    throw new HpoError(
      "OPTION_INVALID",
      `compareTrials(): trials must be judged by cross-validation; the study ${showValue(study)} judges an objective function, which has no folds to compare.`,
    );
  }
  const trial = modelTrial(snapshot, number);
  return {
    snapshot,
    trial,
    evaluations: store.evaluations(study, trial.number),
    predictions: store.predictions(study, trial.number),
    pickedOf: number === undefined ? snapshot.trials.filter(({ state }) => state === "complete").length : null,
  };
}
