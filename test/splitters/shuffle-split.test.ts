import { rng } from "#hpo/math/rng";
import { groupShuffleSplit, shuffleSplit, stratifiedShuffleSplit } from "#hpo/splitters/shuffle-split";
import { describe, expect, it } from "vitest";
import { describeSplitterContract, roomyInput } from "../contract/splitter-contract.ts";
import { moreSplits } from "./more-splits.ts";
import { rowsOf } from "./split-rows.ts";

const promises = { testsEachRowOnce: false, keepsGroups: false, keepsClasses: false, random: true };
describeSplitterContract("shuffleSplit", () => shuffleSplit({ splits: 4, test: 0.3 }), promises);
describeSplitterContract("shuffleSplit with a seed", () => shuffleSplit({ splits: 4, test: 3, train: 0.5, seed: 7 }), {
  ...promises,
  random: false,
});
describeSplitterContract("stratifiedShuffleSplit", () => stratifiedShuffleSplit({ splits: 3 }), promises);
describeSplitterContract("groupShuffleSplit", () => groupShuffleSplit({ splits: 3, train: 0.5 }), { ...promises, keepsGroups: true });

describe("shuffle splits", () => {
  it("have the sizes of scikit-learn's, in rows and in groups, and are refused where its are", () => {
    for (const { rows, groups, test, train, ...expected } of moreSplits.sizes) {
      const options = { splits: 1, ...(test !== null && { test }), ...(train !== null && { train }) };
      const input = rowsOf({ rows, groups });
      if (test !== null && train !== null && test < 1 && train < 1 && test + train > 1) {
        expect(() => shuffleSplit(options)).toThrow("must make at most 1 together");
        expect([expected.shuffleSplit, expected.groupShuffleSplit]).toEqual([null, null]);
        continue;
      }
      const [plain, grouped] = [shuffleSplit(options), groupShuffleSplit(options)];
      for (const [splitter, sizes] of [[plain, expected.shuffleSplit] as const, [grouped, expected.groupShuffleSplit] as const]) {
        if (sizes === null) {
          expect(() => splitter.count(input), `${splitter.label} of ${rows} rows`).toThrow(
            expect.objectContaining({ code: "SPLIT_INVALID" }),
          );
          continue;
        }
        const [split] = splitter.split(input, rng(1));
        const units = (part: Uint32Array = new Uint32Array(0)): number =>
          splitter === plain ? part.length : new Set(Array.from(part, (row) => groups[row])).size;
        expect([units(split?.train), units(split?.test)]).toEqual(sizes);
      }
    }
  });

  it("test every row about equally often", () => {
    const times = new Float64Array(20);
    for (const { test } of shuffleSplit({ splits: 2000, test: 0.25 }).split(rowsOf({ rows: 20 }), rng("often"))) {
      for (const row of test) times[row] = (times[row] as number) + 1;
    }
    // Binomial, 2000 draws of 1/4: mean 500, standard deviation 19.4; five of them among 20 rows.
    expect(Math.min(...times)).toBeGreaterThan(403);
    expect(Math.max(...times)).toBeLessThan(597);
  });

  it("keep the classes in proportion where stratified: each within one row of its share", () => {
    for (const { train, test } of stratifiedShuffleSplit({ splits: 20, test: 0.2, train: 0.5 }).split(roomyInput, rng(3))) {
      for (const [part, share] of [[train, 0.5] as const, [test, 0.2] as const]) {
        for (const code of [0, 1, 2]) {
          const count = part.filter((row) => roomyInput.classes?.[row] === code).length;
          const total = roomyInput.classes?.filter((one) => one === code).length ?? 0;
          expect(Math.abs(count - share * total)).toBeLessThanOrEqual(1);
        }
      }
    }
  });

  it("refuse sizes that are no share and no count", () => {
    expect(() => shuffleSplit({ splits: 3, test: 1.5 })).toThrow(
      "shuffleSplit(): test must be a fraction below 1 or a number of rows; got 1.5.",
    );
    expect(() => groupShuffleSplit({ splits: 3, train: 2.5 })).toThrow("a number of groups; got 2.5.");
    expect(() => shuffleSplit({ splits: 3, test: 6, train: 5 }).count(rowsOf({ rows: 10 }))).toThrow(
      "shuffleSplit(): train and test must each have at least one of the 10 rows, and together at most all; got 5 and 6.",
    );
  });

  it("are labelled by count, manner and size", () => {
    expect(shuffleSplit({ splits: 10, test: 0.25 }).label).toBe("10 random splits, 25 % tested");
    expect(stratifiedShuffleSplit({ splits: 10 }).label).toBe("10 random splits, stratified, 10 % tested");
    expect(groupShuffleSplit({ splits: 5, test: 2 }).label).toBe("5 random splits, grouped, 2 groups tested");
    expect(shuffleSplit({ splits: 5, train: 0.5 }).label).toBe("5 random splits, 50 % trained on");
  });
});
