import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { kFold } from "#hpo/splitters/k-fold";
import { describeSplitterContract } from "../contract/splitter-contract.ts";
import { sharedData, sharedDataReason } from "../shared-data.ts";
import { oracleRows, oracleSets, rowsOf, splitsOracle, testFolds } from "./split-rows.ts";

const promises = { testsEachRowOnce: true, keepsGroups: false, keepsClasses: false, random: true };
describeSplitterContract("kFold", () => kFold({ folds: 3 }), promises);
describeSplitterContract("kFold without shuffling", () => kFold({ folds: 4, shuffle: false }), { ...promises, random: false });
describeSplitterContract("kFold with its own seed", () => kFold({ folds: 2, seed: 5 }), { ...promises, random: false });

describe("kFold", () => {
  it("gives scikit-learn's folds of real data", (context) => {
    context.skip(sharedData("oracles") === undefined, sharedDataReason);
    for (const set of oracleSets) {
      const oracle = oracleRows(set, "kfold5");
      expect(oracle).toBeDefined();
      expect(oracle && testFolds(kFold({ folds: 5, shuffle: false }), oracle.input)).toEqual(oracle?.expected);
    }
  });

  it("gives scikit-learn's folds of random rows", () => {
    for (const { folds, classes, expected } of splitsOracle.folds) {
      expect(testFolds(kFold({ folds, shuffle: false }), rowsOf({ classes })).join("")).toBe(expected["kFold"]);
    }
  });

  it("makes folds whose sizes differ by at most one, the larger first", () => {
    const sizes = Array.from(kFold({ folds: 4 }).split(rowsOf({ rows: 10 }), rng(1))).map((split) => split.test.length);
    expect(sizes).toEqual([3, 3, 2, 2]);
  });

  it("leaves one out where there are as many folds as rows", () => {
    expect(testFolds(kFold({ folds: 5, shuffle: false }), rowsOf({ rows: 5 }))).toEqual([0, 1, 2, 3, 4]);
  });

  it("spreads sorted rows over all folds when it shuffles", () => {
    const first = Array.from(kFold({ folds: 5 }).split(rowsOf({ rows: 1000 }), rng(3)))[0]?.test ?? new Uint32Array();
    const early = first.filter((row) => row < 500).length;
    // Hypergeometric: mean 100, standard deviation 6.3; six of them.
    expect(Math.abs(early - 100)).toBeLessThan(38);
  });

  it("uses its own seed instead of the stream's", () => {
    const folds = (seed: number, stream: number): number[] => testFolds(kFold({ folds: 2, seed }), rowsOf({ rows: 40 }), stream);
    expect(folds(1, 10)).toEqual(folds(1, 11));
    expect(folds(1, 10)).not.toEqual(folds(2, 10));
  });

  it.each([
    [{ folds: 1 }, "kFold(): folds must be an integer of at least 2; got 1."],
    [{ folds: 2.5 }, "kFold(): folds must be an integer of at least 2; got 2.5."],
    [{ folds: Number.NaN }, "kFold(): folds must be an integer of at least 2; got NaN."],
    [{ fold: 3 }, "kFold(): there is no option fold; the options are folds, shuffle, seed."],
    [{ folds: 3, shuffle: false, seed: 1 }, "kFold(): seed must be left out where shuffle is false, since nothing is random; got 1."],
  ])("tells what is wrong with %o", (options, message) => {
    expect(() => kFold(options as never)).toThrow(expect.objectContaining({ code: "OPTION_INVALID", message }));
  });

  it("tells the number of rows where there are fewer than folds", () => {
    expect(() => kFold({ folds: 5 }).count(rowsOf({ rows: 3 }))).toThrow(
      expect.objectContaining({
        code: "SPLIT_INVALID",
        message: "kFold(): folds must be an integer from 2 to the number of rows (3); got 5.",
      }),
    );
  });

  it("is labelled by its folds", () => expect(kFold({ folds: 10 }).label).toBe("10-fold"));
});
