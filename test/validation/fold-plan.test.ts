import { holdOut, inMemory, kFold, type Split, type Splitter } from "hpo";
import { foldPlan, onlyTarget } from "#hpo/validation/fold-plan";
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
