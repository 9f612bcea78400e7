import { rng } from "#hpo/math/rng";
import { groupKFold } from "#hpo/splitters/group-k-fold";
import { kFold } from "#hpo/splitters/k-fold";
import { leaveOneOut } from "#hpo/splitters/leave-out";
import { predefined } from "#hpo/splitters/predefined";
import { repeated } from "#hpo/splitters/repeated";
import { shuffleSplit } from "#hpo/splitters/shuffle-split";
import { stratifiedKFold } from "#hpo/splitters/stratified-k-fold";
import { timeSeriesSplit } from "#hpo/splitters/time-series-split";
import { describe, expect, it } from "vitest";
import { describeSplitterContract, roomyInput } from "../contract/splitter-contract.ts";

const promises = {
  testsEachRowOnce: false,
  keepsGroups: false,
  keepsClasses: false,
  random: true,
  repeats: 3,
  refusedBy: "stratifiedKFold",
};
describeSplitterContract("repeated stratifiedKFold", () => repeated(stratifiedKFold({ folds: 3 }), { repeats: 3 }), promises);
describeSplitterContract("repeated groupKFold", () => repeated(groupKFold({ folds: 2 }), { repeats: 2 }), {
  ...promises,
  keepsGroups: true,
  refusedBy: "groupKFold",
  repeats: 2,
});

describe("repeated", () => {
  it("begins with the splits of the splitter alone", () => {
    const alone = Array.from(stratifiedKFold({ folds: 5 }).split(roomyInput, rng(9)));
    const all = Array.from(repeated(stratifiedKFold({ folds: 5 }), { repeats: 3 }).split(roomyInput, rng(9)));
    expect(all.slice(0, 5)).toEqual(alone);
    expect(all).toHaveLength(15);
  });

  it("repeats what is repeated already", () => {
    const twice = repeated(repeated(kFold({ folds: 2 }), { repeats: 2 }), { repeats: 3 });
    const tests = Array.from(twice.split(roomyInput, rng(0)), ({ test }) => test.join());
    expect([twice.repeats, twice.count(roomyInput), new Set(tests).size]).toEqual([6, 12, 12]);
  });

  it("is labelled as the splitter, with its repeats", () => {
    expect(repeated(stratifiedKFold({ folds: 5 }), { repeats: 3 }).label).toBe("5-fold stratified, 3 repeats");
  });

  it("tells splitters apart by their options", () => {
    const options = [kFold({ folds: 5 }), stratifiedKFold({ folds: 5 }), kFold({ folds: 4 })].map((one) =>
      JSON.stringify(repeated(one, { repeats: 2 }).options),
    );
    expect(new Set(options).size).toBe(3);
  });

  it.each([
    kFold({ folds: 5, shuffle: false }),
    kFold({ folds: 5, seed: 1 }),
    shuffleSplit({ splits: 3, seed: 1 }),
    leaveOneOut(),
    predefined(),
    timeSeriesSplit({ folds: 3 }),
  ])("refuses $label, which is the same every time", (splitter) => {
    expect(() => repeated(splitter, { repeats: 2 })).toThrow(
      /^repeated\(\): splitter must be one that deals rows anew in each repeat; got /,
    );
  });

  it("refuses one repeat, and what is no splitter", () => {
    expect(() => repeated(kFold({ folds: 5 }), { repeats: 1 })).toThrow("repeats must be an integer of at least 2; got 1.");
    expect(() => repeated(5 as never, { repeats: 2 })).toThrow("splitter must be a splitter such as stratifiedKFold({ folds: 5 }); got 5.");
  });
});
