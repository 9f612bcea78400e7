import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { stratifiedGroupKFold } from "#hpo/splitters/stratified-group-k-fold";
import { describeSplitterContract } from "../contract/splitter-contract.ts";
import { sharedData, sharedDataReason } from "../shared-data.ts";
import { oracleRows, oracleSets, rowsOf, splitsOracle, testFolds } from "./split-rows.ts";

const promises = { testsEachRowOnce: true, keepsGroups: true, keepsClasses: false, random: true };
describeSplitterContract("stratifiedGroupKFold", () => stratifiedGroupKFold({ folds: 3 }), promises);
describeSplitterContract("stratifiedGroupKFold without shuffling", () => stratifiedGroupKFold({ folds: 2, shuffle: false }), {
  ...promises,
  random: false,
});

describe("stratifiedGroupKFold", () => {
  it("gives scikit-learn's folds of real data", (context) => {
    context.skip(sharedData("oracles") === undefined, sharedDataReason);
    for (const set of oracleSets.filter((one) => one.group !== null)) {
      const oracle = oracleRows(set, "stratified_group5");
      expect(oracle).toBeDefined();
      expect(oracle && testFolds(stratifiedGroupKFold({ folds: 5, shuffle: false }), oracle.input)).toEqual(oracle?.expected);
    }
  });

  it("gives scikit-learn's folds of random rows, wherever that one leaves no fold empty", () => {
    let compared = 0;
    for (const { folds, classes, groups, expected } of splitsOracle.folds) {
      const splitter = stratifiedGroupKFold({ folds, shuffle: false });
      const folded = expected["stratifiedGroupKFold"];
      if (new Set(groups).size < folds || folded === null) {
        expect(() => splitter.count(rowsOf({ classes, groups }))).toThrow(expect.objectContaining({ code: "SPLIT_INVALID" }));
      } else if (new Set(folded).size === folds) {
        compared++;
        expect(testFolds(splitter, rowsOf({ classes, groups })).join("")).toBe(folded);
      }
    }
    expect(compared).toBeGreaterThan(50);
  });

  it("is stratified as stratifiedKFold where every row is its own group", () => {
    const random = rng("trivial groups");
    const classes = Array.from({ length: 90 }, () => random.below(3));
    const groups = classes.map((_, row) => row);
    const folds = testFolds(stratifiedGroupKFold({ folds: 3 }), rowsOf({ classes, groups }));
    for (const code of [0, 1, 2]) {
      const counts = [0, 1, 2].map((fold) => folds.filter((one, row) => one === fold && classes[row] === code).length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it("leaves no fold empty where there are as many groups as folds", () => {
    const input = rowsOf({ classes: [0, 0, 0, 0, 1, 1, 1, 1], groups: [0, 0, 1, 1, 2, 2, 3, 3] });
    for (const shuffle of [true, false]) {
      expect(new Set(testFolds(stratifiedGroupKFold({ folds: 4, shuffle }), input)).size).toBe(4);
    }
  });

  it("is labelled by folds and manner", () => expect(stratifiedGroupKFold({ folds: 5 }).label).toBe("5-fold stratified, grouped"));
});
