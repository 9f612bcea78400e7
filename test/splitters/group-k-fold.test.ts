import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { groupKFold } from "#hpo/splitters/group-k-fold";
import { describeSplitterContract } from "../contract/splitter-contract.ts";
import { sharedData, sharedDataReason } from "../shared-data.ts";
import { oracleRows, oracleSets, rowsOf, splitsOracle, testFolds } from "./split-rows.ts";

const promises = { testsEachRowOnce: true, keepsGroups: true, keepsClasses: false, random: true };
describeSplitterContract("groupKFold", () => groupKFold({ folds: 3 }), promises);
describeSplitterContract("groupKFold without shuffling", () => groupKFold({ folds: 2, shuffle: false }), { ...promises, random: false });

describe("groupKFold", () => {
  it("gives scikit-learn's folds of real data", (context) => {
    context.skip(sharedData("oracles") === undefined, sharedDataReason);
    for (const set of oracleSets.filter((one) => one.group !== null)) {
      const oracle = oracleRows(set, "group5");
      expect(oracle).toBeDefined();
      expect(oracle && testFolds(groupKFold({ folds: 5, shuffle: false }), oracle.input)).toEqual(oracle?.expected);
    }
  });

  it("gives scikit-learn's folds of random rows, and refuses what it refuses", () => {
    for (const { folds, groups, expected } of splitsOracle.folds) {
      const splitter = groupKFold({ folds, shuffle: false });
      const folded = expected["groupKFold"];
      if (folded === null) expect(() => splitter.count(rowsOf({ groups }))).toThrow("the number of groups");
      else expect(testFolds(splitter, rowsOf({ groups })).join("")).toBe(folded);
    }
  });

  it("keeps the folds' sizes within the largest group of each other, shuffled or not", () => {
    const random = rng("groups");
    const groups = Array.from({ length: 400 }, () => Math.floor(40 * random.uniform() ** 3));
    const largest = Math.max(...groups.map((group) => groups.filter((one) => one === group).length));
    for (const shuffle of [true, false]) {
      const sizes = Array.from(groupKFold({ folds: 4, shuffle }).split(rowsOf({ groups }), rng(1))).map(({ test }) => test.length);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(largest);
    }
  });

  it("tells the number of groups where there are fewer than folds", () => {
    const count = (groups: number[]) => () => groupKFold({ folds: 3 }).count(rowsOf({ groups }));
    expect(count([0, 0, 1, 1])).toThrow("groupKFold(): folds must be an integer from 2 to the number of groups (2); got 3.");
    expect(count([5, 5, 5, 5])).toThrow("groupKFold(): for folds there must be at least 2 groups; got 1.");
  });

  it("tells how to name the groups where there are none", () => {
    expect(() => groupKFold({ folds: 3 }).count(rowsOf({ rows: 9 }))).toThrow(
      'groupKFold(): the data must have a group for every row; got none. Name its column, e.g. csv("data.csv", { group: "speaker" }).',
    );
  });

  it("tells where groups are not one a row", () => {
    expect(() => groupKFold({ folds: 2 }).count(rowsOf({ rows: 9, groups: [0, 1] }))).toThrow(
      "groupKFold(): groups must have one entry for each of the 9 rows; got 2.",
    );
  });

  it("is labelled by folds and manner", () => expect(groupKFold({ folds: 5 }).label).toBe("5-fold grouped"));
});
