import type { DataRecipe, Dataset, Target } from "./core/dataset.ts";
import type { Estimator } from "./core/estimator.ts";
import { HpoError } from "./core/hpo-error.ts";
import { loadedData } from "./core/loaded-data.ts";
import { checkOptions, finite, integer, listOf, type OptionRule } from "./core/options.ts";
import { dataRule } from "./core/part-rules.ts";
import type { OutcomeRecord } from "./core/records.ts";
import { ownMember } from "./core/own-member.ts";
import { crossValidate, type CrossValidateOptions } from "./cross-validate.ts";
import { rng } from "./math/rng.ts";
import { type ClassScore, classScores } from "./validation/class-scores.ts";
import { onlyTarget } from "./validation/fold-plan.ts";
import { withTrainShare } from "./validation/row-subsets.ts";

/** Out-of-fold predictions, each entry a tested row, rows ascending. */
export interface CrossValidatePredicted {
  readonly rows: Uint32Array;
  /** Class codes (indexes into `classes`) or values. */
  readonly predicted: Float64Array;
  readonly truth: Float64Array;
  /** Which fold tested the row. */
  readonly folds: Uint32Array;
  /** null for a numeric target. */
  readonly classes: readonly string[] | null;
  /** Mean over folds, standard error and pooled value, by metric. */
  readonly values: OutcomeRecord["values"];
  /** One entry a class; empty for a numeric target. */
  readonly byClass: readonly ClassScore[];
  /** One entry a group of the data, sorted by name: its rows and the value of every metric that needs no scores on them; empty without groups. */
  readonly byGroup: readonly { readonly name: string; readonly rows: number; readonly values: Readonly<Record<string, number>> }[];
}

/**
 * Predicts every row by the model of the fold that tests it, and scores classes and groups by themselves.
 * @throws HpoError as `crossValidate`; OPTION_INVALID where a row is tested more than once
 */
export async function crossValidatePredict(options: CrossValidateOptions): Promise<CrossValidatePredicted> {
  const { values, predictions } = await crossValidate(options);
  const data = await loaded(options);
  const target = onlyTarget(data);
  const tested = predictions
    .flatMap(({ fold, rows, predicted, truth }) =>
      Array.from(rows, (row, i) => ({ row, fold, predicted: predicted[i] as number, truth: truth[i] as number })),
    )
    .sort((a, b) => a.row - b.row);
  const twice = tested.find(({ row }, i) => tested[i + 1]?.row === row);
  if (twice !== undefined) {
    throw new HpoError(
      "OPTION_INVALID",
      `crossValidatePredict(): cv must test each row once, so that it has one prediction; ${options.cv.label} tests row ${twice.row} more often.`,
    );
  }
  const classes = target.kind === "class" ? target.classes : null;
  const predicted = Float64Array.from(tested, (one) => one.predicted);
  const truth = Float64Array.from(tested, (one) => one.truth);
  const rows = Uint32Array.from(tested, ({ row }) => row);
  const byClass = classes === null ? [] : classScores(truth, predicted, classes);
  return { rows, predicted, truth, folds: Uint32Array.from(tested, ({ fold }) => fold), classes, values, byClass, byGroup: byGroup() };

  function byGroup(): CrossValidatePredicted["byGroup"] {
    const { group, weight } = data.roles;
    return (group?.names ?? []).flatMap((name, code) => {
      const own = tested.filter(({ row }) => group?.codes[row] === code);
      if (own.length === 0) return [];
      const input = {
        truth: Float64Array.from(own, (one) => one.truth),
        predicted: Float64Array.from(own, (one) => one.predicted),
        scores: null,
        weights: weight === null ? null : Float64Array.from(own, ({ row }) => weight[row] as number),
        classCount: classes?.length ?? 0,
      };
      const scored = Object.entries(options.metrics).filter(([, { needs }]) => needs === "labels");
      return [{ name, rows: own.length, values: Object.fromEntries(scored.map(([metric, { evaluate }]) => [metric, evaluate(input)])) }];
    });
  }
}

/** A point of a curve. */
export interface CurvePoint<T> {
  readonly at: T;
  /** By metric, on the test rows. */
  readonly values: OutcomeRecord["values"];
}

/**
 * The score by the number of training rows: each share (above 0, at most 1) of the training rows of the same folds, a larger one holding the smaller.
 * Still rising at the end, more rows would help. `at` is the mean number of training rows.
 * @throws HpoError as `crossValidate`
 */
export async function learningCurve(
  options: CrossValidateOptions & { readonly shares?: readonly number[] },
): Promise<readonly (CurvePoint<number> & { readonly share: number })[]> {
  const { shares = [0.1, 0.325, 0.55, 0.775, 1], ...given } = options;
  checkOptions("learningCurve", { shares }, { shares: listOf(finite(0, 1, true), 1) });
  const data = await loaded(given);
  const points = [];
  for (const share of shares) {
    const { values, folds } = await crossValidate({ ...given, data: recipeOf(data), cv: withTrainShare(given.cv, share) });
    const tested = folds.reduce((sum, { testRows }) => sum + testRows, 0) / folds.length;
    points.push({ at: Math.max(1, share * (data.rows - tested)), share, values });
  }
  return points;
}

/**
 * The score by one parameter, on the same folds: `model(value)` for each of `values`.
 * @throws HpoError as `crossValidate`
 */
export async function validationCurve<T>(
  options: Omit<CrossValidateOptions, "model"> & { readonly model: (value: T) => Estimator; readonly values: readonly T[] },
): Promise<readonly CurvePoint<T>[]> {
  const { model, values, ...given } = options;
  checkOptions("validationCurve", { values }, { values: listOf(anything, 1) });
  const data = recipeOf(await loaded(given));
  const points: CurvePoint<T>[] = [];
  for (const at of values) points.push({ at, values: (await crossValidate({ ...given, data, model: model(at) })).values });
  return points;
}

/** What a permutation test finds, by the first metric. */
export interface PermutationTest {
  readonly metric: string;
  readonly value: number;
  /** Values with the target shuffled, in the order of permutations. */
  readonly shuffled: Float64Array;
  /** (1 + permutations at least as good) / (1 + permutations). */
  readonly p: number;
}

/**
 * Whether a model finds more than chance would: the score against scores with the target shuffled over the rows, within groups where rows have them.
 * A small p says that features and target hang together, not that the model is good. Default 100 permutations.
 *
 * Source: M. Ojala and G. C. Garriga, "Permutation tests for studying classifier performance", J. Machine Learning Research 11 (2010), 1833–1863, test 1.
 * @throws HpoError as `crossValidate`
 */
export async function permutationTest(options: CrossValidateOptions & { readonly permutations?: number }): Promise<PermutationTest> {
  const { permutations = 100, ...given } = options;
  checkOptions("permutationTest", { permutations }, { permutations: integer(1) });
  const data = await loaded(given);
  const [metric = "", { direction } = { direction: "maximize" as const }] = Object.entries(given.metrics)[0] ?? [];
  const score = async (one: Dataset): Promise<number> =>
    ownMember((await crossValidate({ ...given, data: recipeOf(one) })).values, metric)?.value ?? Number.NaN;
  const value = await score(data);
  const shuffled = new Float64Array(permutations);
  let asGood = 0;
  for (let i = 0; i < permutations; i++) {
    const found = await score(withShuffledTarget(data, given.seed ?? 0, i));
    shuffled[i] = found;
    if (direction === "maximize" ? found >= value : found <= value) asGood++;
  }
  return { metric, value, shuffled, p: (1 + asGood) / (1 + permutations) };
}

function withShuffledTarget(data: Dataset, seed: number, permutation: number): Dataset {
  const stream = rng(seed).fork("permutation", permutation);
  const order = Uint32Array.from({ length: data.rows }, (_, row) => row);
  const { group } = data.roles;
  if (group === null) stream.shuffle(order);
  for (const code of group?.names.keys() ?? []) {
    const rows = order.filter((row) => group?.codes[row] === code);
    const places = Uint32Array.from(rows);
    stream.shuffle(rows);
    for (const [i, place] of places.entries()) order[place] = rows[i] as number;
  }
  const target = onlyTarget(data);
  const moved: Target =
    target.kind === "class"
      ? { ...target, codes: Int32Array.from(order, (row) => target.codes[row] as number) }
      : { ...target, values: Float64Array.from(order, (row) => target.values[row] as number) };
  return { ...data, targets: [moved] };
}

async function loaded({ data, metrics }: Pick<CrossValidateOptions, "data" | "metrics">): Promise<Dataset> {
  checkOptions("crossValidate", { data }, { data: dataRule });
  return loadedData(data, { folder: process.cwd(), task: Object.values(metrics)[0]?.task ?? "classification" });
}

/** Data that is there already. */
function recipeOf(data: Dataset): DataRecipe {
  return { kind: "data", description: { name: data.name, fingerprint: data.fingerprint }, load: () => Promise.resolve(data) };
}

const anything: OptionRule = { must: "a value", optional: false, accepts: (value) => value !== undefined };
