import type { SplitInput, Splitter } from "#hpo/core/splitter";
import { rng } from "#hpo/math/rng";
import { combinationCount, combinations } from "#hpo/splitters/combinations";
import { leaveOneGroupOut, leaveOneOut, leavePGroupsOut, leavePOut } from "#hpo/splitters/leave-out";
import { describe, expect, it } from "vitest";
import { describeSplitterContract } from "../contract/splitter-contract.ts";
import { moreSplits, type Tests } from "./more-splits.ts";
import { rowsOf } from "./split-rows.ts";

const promises = { testsEachRowOnce: true, keepsGroups: false, keepsClasses: false, random: false };
describeSplitterContract("leaveOneOut", leaveOneOut, { ...promises, rows: 30 });
describeSplitterContract("leavePOut", () => leavePOut({ rows: 2 }), { ...promises, testsEachRowOnce: false, rows: 14 });
describeSplitterContract("leaveOneGroupOut", leaveOneGroupOut, { ...promises, keepsGroups: true });
describeSplitterContract("leavePGroupsOut", () => leavePGroupsOut({ groups: 2 }), {
  ...promises,
  testsEachRowOnce: false,
  keepsGroups: true,
});

function testsOf(splitter: Splitter, input: SplitInput): Tests {
  try {
    return Array.from(splitter.split(input, rng(0)), ({ test }) => [...test]);
  } catch (error) {
    expect(error).toMatchObject({ code: "SPLIT_INVALID" });
    return null;
  }
}

describe("leaving out", () => {
  it("gives scikit-learn's splits in its order, and refuses what it refuses", () => {
    for (const { rows, groups, ...expected } of moreSplits.out) {
      const input = rowsOf({ rows, groups });
      expect(testsOf(leaveOneOut(), input)).toEqual(expected.leaveOneOut);
      expect(testsOf(leaveOneGroupOut(), input)).toEqual(expected.leaveOneGroupOut);
      for (const out of [1, 2, 3]) {
        expect(testsOf(leavePOut({ rows: out }), input)).toEqual(expected.leavePOut[out]);
        expect(testsOf(leavePGroupsOut({ groups: out }), input)).toEqual(expected.leavePGroupsOut[out]);
      }
    }
  });

  it("trains on all other rows", () => {
    for (const { train, test } of leavePOut({ rows: 3 }).split(rowsOf({ rows: 8 }), rng(0))) {
      expect([...train, ...test].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    }
  });

  it("counts without enumerating, and refuses more than 100,000 splits with the cure", () => {
    expect(leavePOut({ rows: 2 }).count(rowsOf({ rows: 447 }))).toBe(99_681);
    const refusals: [Splitter, number, string][] = [
      [
        leavePOut({ rows: 2 }),
        448,
        "leavePOut(): there must be at most 100000 splits; got 448 rows, which make 100128. Take shuffleSplit() or kFold().",
      ],
      [
        leavePOut({ rows: 500 }),
        1000,
        "leavePOut(): there must be at most 100000 splits; got 1000 rows, which make 2.7e+299. Take shuffleSplit() or kFold().",
      ],
      [leavePOut({ rows: 50_000 }), 100_000, "got 100000 rows, which make Infinity."],
      [leaveOneOut(), 100_001, "leaveOneOut(): there must be at most 100000 splits; got 100001 rows, which make 100001."],
    ];
    for (const [splitter, rows, message] of refusals) {
      for (const call of [() => splitter.count(rowsOf({ rows })), () => splitter.split(rowsOf({ rows }), rng(0))])
        expect(call).toThrow(message);
    }
    const groups = Array.from({ length: 60 }, (_, row) => row);
    expect(() => leavePGroupsOut({ groups: 20 }).count(rowsOf({ groups }))).toThrow("Take groupShuffleSplit().");
  });

  it("is labelled by what is left out", () => {
    const labels = [leaveOneOut(), leavePOut({ rows: 2 }), leaveOneGroupOut(), leavePGroupsOut({ groups: 3 })].map(({ label }) => label);
    expect(labels).toEqual(["leave-one-out", "leave-2-out", "leave-one-group-out", "leave-3-groups-out"]);
  });
});

describe("combinations", () => {
  it("are as many as counted, each once, in lexical order", () => {
    for (let n = 1; n <= 8; n++) {
      for (let k = 1; k <= n; k++) {
        const all = Array.from(combinations(n, k), (one) => [...one].join());
        expect(all.length).toBe(combinationCount(n, k));
        expect([...new Set(all)].sort()).toEqual(all);
      }
    }
  });
});
