import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { predefined } from "#hpo/splitters/predefined";
import { describeSplitterContract } from "../contract/splitter-contract.ts";
import { rowsOf } from "./split-rows.ts";

describeSplitterContract("predefined", () => predefined(), {
  testsEachRowOnce: false,
  keepsGroups: false,
  keepsClasses: false,
  random: false,
});

describe("predefined", () => {
  it("yields one split a fold number, ascending, and always trains on rows that are never tested", () => {
    const splits = Array.from(predefined().split(rowsOf({ folds: [7, -1, 0, 7, 3] }), rng(0)));
    expect(splits.map(({ test }) => [...test])).toEqual([[2], [4], [0, 3]]);
    expect(splits.map(({ train }) => [...train])).toEqual([
      [0, 1, 3, 4],
      [0, 1, 2, 3],
      [1, 2, 4],
    ]);
  });

  it.each([
    [[-1, -1], undefined, "predefined(): the data's test folds must be numbers from 0 (−1 = never tested); got 2 rows without a fold."],
    [[0, -2, 1], undefined, "predefined(): the data's test folds must be numbers from 0 (−1 = never tested); got -2 in row 1."],
    [[4, 4, 4], undefined, "predefined(): there must be rows to train on; got all 3 rows in test fold 4."],
    [[0, 1, 2], 10, "predefined(): the data must have 10 test folds; got 3."],
  ])("tells what is wrong with %o", (folds, count, message) => {
    const splitter = predefined(count === undefined ? {} : { folds: count });
    expect(() => splitter.count(rowsOf({ folds }))).toThrow(expect.objectContaining({ code: "SPLIT_INVALID", message }));
  });

  it("is labelled as told, by its folds where it is told them, else as predefined", () => {
    expect(predefined().label).toBe("predefined");
    expect(predefined({ folds: 10 }).label).toBe("predefined, 10 folds");
    expect(predefined({ label: "10-fold stratified" }).label).toBe("10-fold stratified");
  });

  it("keeps its label out of the options that make its identity", () => {
    expect(predefined({ label: "mine" }).options).toEqual(predefined().options);
  });
});
