import { describe, expect, it } from "vitest";
import {
  accuracy,
  crossValidate,
  type Estimator,
  impute,
  inMemory,
  minMax,
  oneHot,
  ordinal,
  oversample,
  pca,
  pipeline,
  predefined,
  rng,
  robustScale,
  selectKBest,
  smote,
  standardize,
  stratifiedKFold,
  subsample,
  type Transformer,
  varianceThreshold,
} from "hpo";
import type { FitInput } from "#hpo/core/estimator";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { freshContext, valuesOf } from "../contract/transformer-contract.ts";

const nearest = nearestCentroid({ shrink: 0 });

/** 60 rows of two classes that differ a little in 6 columns, the last of which is a category; some numbers miss. */
function rows(): { features: (number | string | null)[][]; classes: string[]; folds: number[] } {
  const stream = rng(11);
  const classes = Array.from({ length: 60 }, (_, row) => (row % 3 === 0 ? "rare" : "usual"));
  const features = classes.map((one, row) => {
    const numbers = Array.from({ length: 6 }, (_, j) => stream.normal() * (j + 1) + (one === "rare" ? 1 : 0));
    return [...numbers.map((value, j) => ((row + 5 * j) % 17 === 4 ? null : value)), ["red", "green", "blue"][stream.below(3)] as string];
  });
  return { features, classes, folds: classes.map((_, row) => Math.floor(row / 3) % 4) };
}

/** Predictions and scores of the rows of the first fold. */
async function firstFold(model: Estimator, { features, classes, folds }: ReturnType<typeof rows>): Promise<ReadonlyMap<number, number>> {
  const data = inMemory({ name: "planted", features, categories: ["x7"], target: classes, fold: folds, precision: "f64" });
  const { predictions } = await crossValidate({ data, model, cv: predefined(), metrics: { accuracy: accuracy() } });
  const [first] = predictions;
  return new Map([...(first?.rows ?? [])].map((row, at) => [row, first?.predicted[at] as number]));
}

const chains: readonly [string, ...Transformer[]][] = [
  ["standardize", standardize(), impute(), oneHot()],
  ["minMax", minMax(), impute(), oneHot()],
  ["robustScale", robustScale(), impute(), oneHot()],
  ["oneHot", impute(), oneHot()],
  ["ordinal", ordinal(), impute()],
  ["impute, mean", impute(), oneHot()],
  ["impute, median", impute({ strategy: "median", indicator: true }), oneHot()],
  ["impute, most frequent", impute({ strategy: "mostFrequent" }), oneHot()],
  ["pca", impute(), oneHot(), pca({ components: 3, whiten: true })],
  ["varianceThreshold", impute(), oneHot(), varianceThreshold({ threshold: 3 })],
  ["selectKBest, F", impute(), oneHot(), selectKBest({ k: 2 })],
  ["selectKBest, mutual information", impute(), oneHot(), selectKBest({ k: 2, score: "mutualInformation" })],
  ["subsample", impute(), oneHot(), subsample()],
  ["oversample", impute(), oneHot(), oversample()],
  ["smote", impute(), oneHot(), smote()],
];

describe("what is planted in test rows", () => {
  it.each(chains.map(([name, ...steps]) => ({ name, steps })))("profits nobody: $name", async ({ steps }) => {
    const model = pipeline(...steps, nearest);
    const clean = rows();
    const planted = rows();
    const tested = [...clean.folds.keys()].filter((row) => clean.folds[row] === 0);
    const spoilt = tested.filter((_row, at) => at % 3 === 0);
    // Other labels in all test rows, and in a third of them values that would move any statistic.
    for (const row of tested) planted.classes[row] = clean.classes[row] === "rare" ? "usual" : "rare";
    for (const row of spoilt) planted.features[row] = [1e6, -1e6, 1e6, 1e6, -1e6, null, "red"];
    const [expected, got] = [await firstFold(model, clean), await firstFold(model, planted)];
    expect(expected.size).toBe(tested.length);
    for (const row of tested) if (!spoilt.includes(row)) expect(got.get(row), `row ${row}`).toBe(expected.get(row));
    expect(new Set(expected.values()).size).toBe(2);
  });

  it("selecting columns by noise stays at chance inside the folds, and looks like skill when it was done on all rows", async () => {
    const [n, width] = [80, 800];
    const accuracies = { inside: 0, before: 0 };
    const repeats = 3;
    for (let seed = 0; seed < repeats; seed++) {
      const stream = rng(seed);
      const features = Array.from({ length: n }, () => Array.from({ length: width }, () => stream.normal()));
      const target = [...stream.shuffle(Uint32Array.from({ length: n }, (_, row) => row))].map((row) => (row % 2 === 0 ? "a" : "b"));
      const common = { cv: stratifiedKFold({ folds: 5 }), metrics: { accuracy: accuracy() } };
      const whole = inMemory({ name: "noise", features, target, precision: "f64" });
      const inside = await crossValidate({ ...common, data: whole, model: pipeline(selectKBest({ k: 20 }), nearest) });
      const data = await whole.load({ folder: ".", task: "classification" });
      const all: FitInput = {
        data,
        rows: Uint32Array.from({ length: n }, (_, row) => row),
        target: data.targets[0] as FitInput["target"],
        weights: null,
      };
      const selected = valuesOf((await selectKBest({ k: 20 }).fit(all, freshContext())).apply(all));
      const before = await crossValidate({ ...common, data: inMemory({ name: "selected", features: selected, target }), model: nearest });
      accuracies.inside += (inside.values["accuracy"]?.value ?? Number.NaN) / repeats;
      accuracies.before += (before.values["accuracy"]?.value ?? Number.NaN) / repeats;
    }
    // Chance over 240 rows: 0.5 ± 3.5 standard errors of 0.032. The folds of one data set hang together, so that this is generous.
    expect(Math.abs(accuracies.inside - 0.5)).toBeLessThan(0.115);
    expect(accuracies.before).toBeGreaterThan(0.75);
  });
});
