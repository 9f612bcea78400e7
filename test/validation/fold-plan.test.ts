import { bootstrap, holdOut, inMemory, kFold, leaveOneOut, repeated, type Split, type Splitter, spatialKFold, timeSeriesSplit } from "hpo";
import { foldIndex, foldName, foldPlan, onlyTarget } from "#hpo/validation/fold-plan";
import { beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "#hpo/core/dataset";
import { irisData } from "./iris.ts";

let iris: Dataset;
beforeAll(async () => {
  iris = await irisData();
});

function splitterOf(...splits: Split[]): Splitter {
  return { name: "dishonest", label: "", options: {}, needs: [], count: () => splits.length, split: () => splits };
}

function rows(...indexes: number[]): Uint32Array {
  return Uint32Array.from(indexes);
}

describe("foldPlan()", () => {
  it.each([
    [
      "rows on both sides",
      { train: rows(0, 1, 2), test: rows(2, 3) },
      "dishonest: train and test must have no row in common; got row 2 in both.",
    ],
    ["no test rows", { train: rows(0, 1), test: rows() }, "dishonest: test must hold at least one row; got none."],
    ["rows that there are not", { train: rows(0, 1), test: rows(150) }, "dishonest: test must hold row indexes from 0 to 149; got 150."],
    [
      "a row twice",
      { train: rows(1, 1), test: rows(2) },
      "dishonest: train must hold ascending row indexes without repeats; got row 1 after row 1.",
    ],
  ])("refuses %s, whatever splitter made them", (_, split, message) => {
    const honest = { train: rows(0), test: rows(1) };
    expect(() => foldPlan(iris, splitterOf(honest, split), 0, 0)).toThrow(message);
  });

  it("refuses a splitter without folds", () => {
    expect(() => foldPlan(iris, splitterOf(), 0, 0)).toThrow("dishonest: there must be at least one fold; got none.");
  });

  it("keeps folds in shared memory, and depends on the seed and the repeat alone", () => {
    const plan = foldPlan(iris, kFold({ folds: 5, shuffle: true }), 7, 0);
    expect(plan.folds.every(({ train, test }) => [train, test].every(({ buffer }) => buffer instanceof SharedArrayBuffer))).toBe(true);
    expect(foldPlan(iris, kFold({ folds: 5, shuffle: true }), 7, 0)).toEqual(plan);
    expect(foldPlan(iris, kFold({ folds: 5, shuffle: true }), 7, 1)).not.toEqual(plan);
    expect(foldPlan(iris, kFold({ folds: 5, shuffle: true }), 8, 0)).not.toEqual(plan);
  });

  it("names folds by repeat, from 0 in each", () => {
    const plan = foldPlan(iris, repeated(kFold({ folds: 5 }), { repeats: 3 }), 7, 0);
    expect([plan.repeats, plan.folds.length]).toEqual([3, 15]);
    expect(plan.folds.slice(0, 5)).toEqual(foldPlan(iris, kFold({ folds: 5 }), 7, 0).folds);
    expect([0, 4, 5, 14].map((index) => foldName(plan, index))).toEqual([
      { repeat: 0, fold: 0 },
      { repeat: 0, fold: 4 },
      { repeat: 1, fold: 0 },
      { repeat: 2, fold: 4 },
    ]);
    for (const index of plan.folds.keys()) expect(foldIndex(plan, foldName(plan, index))).toBe(index);
    const uneven = { ...splitterOf(...Array.from({ length: 3 }, () => ({ train: rows(0), test: rows(1) }))), repeats: 2 };
    expect(() => foldPlan(iris, uneven, 0, 0)).toThrow("dishonest: each of the 2 repeats must have as many folds; got 3 in all.");
  });

  it("lets training rows repeat for a splitter that draws with replacement alone", () => {
    const split = { train: rows(1, 1), test: rows(2) };
    expect(foldPlan(iris, { ...splitterOf(split), replacement: true }, 0, 0)).toMatchObject({ replacement: true });
    expect(foldPlan(iris, bootstrap({ samples: 4 }), 0, 0).folds.every(({ train }) => train.length === 150)).toBe(true);
  });

  it("gives a splitter times and coordinates", async () => {
    const data = await inMemory({
      name: "tiny",
      features: [[0], [1], [2], [3]],
      target: [0, 1, 0, 1],
      time: ["2024-01-04", "2024-01-03", "2024-01-02", "2024-01-01"],
      coordinates: [
        [0, 0, 9, 9],
        [0, 1, 9, 8],
      ],
    }).load({ folder: ".", task: "classification" });
    expect(foldPlan(data, timeSeriesSplit({ folds: 3 }), 0, 0).folds.map(({ test }) => [...test])).toEqual([[2], [1], [0]]);
    const folds = foldPlan(data, spatialKFold({ folds: 2, within: 2 }), 0, 0).folds.map(({ test }) => [...test]);
    expect(folds.sort(([a = 0], [b = 0]) => a - b)).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it("refuses splits whose row numbers fit into no memory, before they take any", () => {
    const many = { ...leaveOneOut(), count: () => 100_000_000 };
    expect(() => foldPlan(iris, many, 0, 0)).toThrow(
      "leaveOneOut(): the row numbers of all splits must fit into 4 GiB; got 100000000 splits of 150 rows, which take about 55.9 GiB. Take fewer splits, e.g. kFold({ folds: 10 }).",
    );
  });

  it("gives one fold for a hold-out", () => {
    expect(foldPlan(iris, holdOut({ train: 0.6, validation: 0.2, test: 0.2 }), 0, 0).folds).toHaveLength(1);
  });
});

describe("onlyTarget()", () => {
  it("refuses data without a target, and with several", async () => {
    const none = await inMemory({ name: "tiny", features: [[0], [1]], target: null }).load({ folder: ".", task: "classification" });
    expect(() => onlyTarget(none)).toThrow("tiny: cross-validation needs a target; the data has none.");
    expect(() => onlyTarget({ ...iris, targets: [...iris.targets, ...iris.targets] })).toThrow("takes one target; the data has 2");
  });
});
