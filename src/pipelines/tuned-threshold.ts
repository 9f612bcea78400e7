import type { Estimator, FitContext, FitInput } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { Metric } from "../core/metric.ts";
import { checkOptions, oneOf, optional, shaped } from "../core/options.ts";
import type { Splitter, SplitInput } from "../core/splitter.ts";
import { checkSplit } from "../splitters/checked-split.ts";
import { inputOfRows, splitInput } from "../splitters/split-input.ts";
import { stratifiedGroupKFold } from "../splitters/stratified-group-k-fold.ts";
import { stratifiedKFold } from "../splitters/stratified-k-fold.ts";
import { bestThreshold, type ScoredRows } from "./best-threshold.ts";
import { secondOverFirst, type ThresholdBy, type ThresholdModel, thresholdModel, usualThreshold } from "./threshold-model.ts";

/** What `tunedThreshold()` may be told. */
export interface TunedThresholdOptions {
  /** What the threshold is to make best, of predicted classes: `balancedAccuracy()`, `f1()` or a metric of your own. */
  readonly metric: Metric;
  /**
   * How the training rows are split to judge thresholds. Default: stratified 5 folds, fewer where a class has fewer rows; where rows have groups, or
   * a bootstrap names rows twice, no group and no row stands on both sides.
   */
  readonly cv?: Splitter;
  /** Default "scores" where the estimator gives them, else "probabilities". */
  readonly by?: ThresholdBy;
}

/** An estimator that chooses its threshold itself. */
export interface TunedThresholdEstimator extends Estimator {
  fit(input: FitInput, context: FitContext): Promise<ThresholdModel>;
}

/** Folds where no `cv` says otherwise. */
const defaultFolds = 5;

/**
 * A classifier for two classes whose decision threshold is chosen by the training rows alone: `estimator` is fitted to the training part of each inner
 * fold, the scores of the rows left out are put together, and the threshold under which `metric` is best on them is used with the model of all training
 * rows. So a study's scores hold no choice that its test rows had a part in, as they would if the threshold were chosen on out-of-fold predictions
 * of the study itself (Provost and Fawcett 2001; scikit-learn's `TunedThresholdClassifierCV`, which averages curves over folds where rows are put
 * together here). Costs one fit an inner fold besides the last. Wrap a pipeline, not its last step, where a step makes copies of rows
 * (`tunedThreshold(pipeline(oversample(), svm({ … })), { … })`): copies would stand on both sides of inner folds.
 * @throws HpoError OPTION_INVALID; MODEL_UNSUPPORTED where the estimator predicts numbers, or gives neither scores nor probabilities
 */
export function tunedThreshold(estimator: Estimator, options: TunedThresholdOptions): TunedThresholdEstimator {
  checkOptions("tunedThreshold", options, {
    metric: shaped("a metric of predicted classes such as balancedAccuracy()", (value) => (value as Partial<Metric>).needs === "labels"),
    cv: optional(
      shaped("a splitter such as stratifiedKFold({ folds: 5 })", (value) => typeof (value as Partial<Splitter>).split === "function"),
    ),
    by: optional(oneOf(["scores", "probabilities"])),
  });
  const by = checkedBy(estimator, options.by);
  const { metric, cv } = options;
  if (metric.task !== "classification") {
    throw new HpoError(
      "OPTION_INVALID",
      `tunedThreshold(): metric must be one for classification; got ${metric.name}() for ${metric.task}.`,
      {
        data: { where: "tunedThreshold", option: "metric" },
      },
    );
  }
  return Object.freeze({
    name: "tunedThreshold",
    task: "classification",
    traits: Object.freeze({ ...estimator.traits, mostClasses: 2 }),
    options: Object.freeze({
      estimator: Object.freeze({ name: estimator.name, options: estimator.options }),
      metric: Object.freeze({ name: metric.name, options: metric.options }),
      cv: cv === undefined ? null : Object.freeze({ name: cv.name, options: cv.options }),
      by,
    }),
    async fit(input, context) {
      const scored = await judgedRows(input, context);
      const usual = usualThreshold[by];
      const { threshold } = scored === null ? { threshold: usual } : bestThreshold(metric, scored, usual);
      const both = context.answer === "probabilities" || by === "probabilities" ? "probabilities" : "scores";
      const model = await estimator.fit(input, { ...context, answer: both });
      const warnings = scored === null ? ["the threshold is the usual one, since too few rows of a class are left to judge others"] : [];
      return thresholdModel(model, { by, threshold, warnings });
    },
  } satisfies TunedThresholdEstimator);

  /** Scores of training rows by models that have not seen them; null where no inner fold trains on both classes. */
  async function judgedRows({ data, rows, target, weights }: FitInput, context: FitContext): Promise<ScoredRows | null> {
    if (target.kind !== "class" || target.classes.length !== 2) {
      const got = target.kind === "class" ? `${target.classes.length} classes` : "numbers";
      throw new HpoError("MODEL_UNSUPPORTED", `tunedThreshold(): the target must have two classes; ${target.name} has ${got}.`);
    }
    const { codes } = target;
    const within = inputOfRows(splitInput(data, target), rows);
    const [splitter, known] = cv === undefined ? usualFolds(rows, within) : [cv, within];
    if (splitter === null) return null;
    const [scores, truth, kept]: [number[], number[], number[]] = [[], [], []];
    let fold = 0;
    for (const split of splitter.split(known, context.rng.fork("threshold"))) {
      checkSplit(split, rows.length, splitter);
      const at = fold++;
      const [train, test] = [split.train, split.test].map((places) => places.map((place) => rows[place] as number)) as [
        Uint32Array,
        Uint32Array,
      ];
      if (!hasBoth(codes, train)) continue;
      const own = weights === null ? null : Float64Array.from(split.train, (place) => weights[place] as number);
      const fit = { ...context, rng: context.rng.fork("threshold fit", at), answer: by };
      const model = await estimator.fit({ data, rows: train, target, weights: own }, fit);
      try {
        for (const score of secondOverFirst(model, by, { data, rows: test })) scores.push(score);
      } finally {
        model.dispose();
      }
      for (const row of test) truth.push(codes[row] as number);
      if (weights !== null) for (const place of split.test) kept.push(weights[place] as number);
    }
    if (scores.length === 0) return null;
    return {
      scores: Float64Array.from(scores),
      truth: Int32Array.from(truth),
      weights: weights === null ? null : Float64Array.from(kept),
    };
  }
}

function checkedBy({ name, task, traits }: Estimator, asked: ThresholdBy | undefined): ThresholdBy {
  const wanted = asked ?? (traits.gives.includes("scores") ? "scores" : "probabilities");
  if (task === "classification" && traits.gives.includes(wanted)) return wanted;
  const gives = task === "classification" ? traits.gives.join(", ") : "numbers";
  const must = asked ?? "scores or probabilities";
  throw new HpoError("MODEL_UNSUPPORTED", `tunedThreshold(): the estimator must give ${must} of classes; ${name}() gives ${gives}.`, {
    data: { estimator: name },
  });
}

/** The default splitter and what it looks at; null where two folds can't both train on both classes. */
function usualFolds(rows: Uint32Array, input: SplitInput): readonly [Splitter | null, SplitInput] {
  // A row that is named twice is a group of its copies.
  const groups = input.groups ?? (new Set(rows).size < rows.length ? Int32Array.from(rows) : null);
  const units = [0, 1].map((code) => {
    const own = [...rows.keys()].filter((at) => input.classes?.[at] === code);
    return groups === null ? own.length : new Set(own.map((at) => groups[at])).size;
  });
  const folds = Math.min(defaultFolds, ...units);
  if (folds < 2) return [null, input];
  return [groups === null ? stratifiedKFold({ folds }) : stratifiedGroupKFold({ folds }), { ...input, groups }];
}

function hasBoth(codes: Int32Array, rows: Uint32Array): boolean {
  const [first] = rows;
  return first !== undefined && rows.some((row) => codes[row] !== codes[first]);
}
