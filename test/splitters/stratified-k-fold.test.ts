import { describe, expect, it } from "vitest";
import { stratifiedKFold } from "#hpo/splitters/stratified-k-fold";
import { describeSplitterContract } from "../contract/splitter-contract.ts";
import { sharedData, sharedDataReason } from "../shared-data.ts";
import { oracleRows, oracleSets, rowsOf, splitsOracle, testFolds } from "./split-rows.ts";

const promises = { testsEachRowOnce: true, keepsGroups: false, keepsClasses: true, random: true };
describeSplitterContract("stratifiedKFold", () => stratifiedKFold({ folds: 3 }), promises);
describeSplitterContract("stratifiedKFold without shuffling", () => stratifiedKFold({ folds: 4, shuffle: false }), {
  ...promises,
  random: false,
});

describe("stratifiedKFold", () => {
  it("gives scikit-learn's folds of real data", (context) => {
    context.skip(sharedData("oracles") === undefined, sharedDataReason);
    for (const set of oracleSets) {
      const oracle = oracleRows(set, "stratified5");
      expect(oracle).toBeDefined();
      expect(oracle && testFolds(stratifiedKFold({ folds: 5, shuffle: false }), oracle.input)).toEqual(oracle?.expected);
    }
  });

  it("gives scikit-learn's folds of random rows, and refuses what it refuses", () => {
    for (const { folds, classes, expected } of splitsOracle.folds) {
      const splitter = stratifiedKFold({ folds, shuffle: false });
      const folded = expected["stratifiedKFold"];
      if (folded === null) expect(() => splitter.count(rowsOf({ classes }))).toThrow("of the largest class");
      else expect(testFolds(splitter, rowsOf({ classes })).join("")).toBe(folded);
    }
  });

  it("does not depend on how classes are numbered", () => {
    const classes = [0, 0, 1, 2, 2, 1, 0, 1, 2, 2, 2, 0];
    const renamed = classes.map((code) => [70, 3, 9][code] as number);
    const splitter = stratifiedKFold({ folds: 3 });
    expect(testFolds(splitter, rowsOf({ classes: renamed }))).toEqual(testFolds(splitter, rowsOf({ classes })));
  });

  it("makes folds whose sizes differ by at most one, whatever the classes", () => {
    const classes = [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7];
    const folds = testFolds(stratifiedKFold({ folds: 4 }), rowsOf({ classes }), 9);
    const sizes = [0, 1, 2, 3].map((fold) => folds.filter((one) => one === fold).length).sort((a, b) => a - b);
    expect(sizes).toEqual([2, 3, 3, 3]);
  });

  it("goes on where some classes are smaller than the number of folds", () => {
    expect(stratifiedKFold({ folds: 3 }).count(rowsOf({ classes: [0, 0, 0, 1] }))).toBe(3);
  });

  it("splits rows that are all of one class", () => {
    expect(testFolds(stratifiedKFold({ folds: 2, shuffle: false }), rowsOf({ classes: [4, 4, 4] }))).toEqual([0, 0, 1]);
  });

  it("tells the largest class where every class is too small", () => {
    expect(() => stratifiedKFold({ folds: 3 }).count(rowsOf({ classes: [0, 0, 1, 1] }))).toThrow(
      expect.objectContaining({
        code: "SPLIT_INVALID",
        message:
          "stratifiedKFold(): folds must be at most the number of rows of the largest class (2); got 3. Take fewer folds, or kFold().",
      }),
    );
  });

  it("is labelled by folds and manner", () => expect(stratifiedKFold({ folds: 10 }).label).toBe("10-fold stratified"));
});
