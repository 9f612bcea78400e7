import { rng } from "#hpo/math/rng";
import { timeSeriesSplit } from "#hpo/splitters/time-series-split";
import { describe, expect, it } from "vitest";
import { describeSplitterContract } from "../contract/splitter-contract.ts";
import { sharedData, sharedDataReason } from "../shared-data.ts";
import { moreSplits } from "./more-splits.ts";
import { readColumns, rowsOf } from "./split-rows.ts";

const promises = { testsEachRowOnce: false, keepsGroups: false, keepsClasses: false, random: false, keepsTime: true };
describeSplitterContract("timeSeriesSplit, expanding", () => timeSeriesSplit({ folds: 3 }), promises);
describeSplitterContract("timeSeriesSplit, rolling", () => timeSeriesSplit({ folds: 4, testSize: 2, gap: 3, maxTrainSize: 5 }), promises);

/** What is set, as options. */
function optionsOf({
  testSize,
  maxTrainSize,
  ...rest
}: {
  folds: number;
  gap: number;
  testSize: number | null;
  maxTrainSize: number | null;
}) {
  return { ...rest, ...(testSize !== null && { testSize }), ...(maxTrainSize !== null && { maxTrainSize }) };
}

/** The splits as half-open ranges of places in time, each without holes. */
function spans(
  options: Parameters<typeof timeSeriesSplit>[0],
  input: Parameters<ReturnType<typeof timeSeriesSplit>["split"]>[0],
): number[][] {
  return Array.from(timeSeriesSplit(options).split(input, rng(0)), ({ train, test }) =>
    [train, test].flatMap((rows) => {
      const [first = 0, last = 0] = [rows[0], rows.at(-1)];
      expect(last - first + 1).toBe(rows.length);
      return [first, last + 1];
    }),
  );
}

describe("timeSeriesSplit", () => {
  it("gives scikit-learn's splits for 243 sets of options, and refuses where that one refuses or trains on nothing", () => {
    for (const { rows, spans: expected, ...given } of moreSplits.time) {
      const options = optionsOf(given);
      if (expected === null)
        expect(() => timeSeriesSplit(options).count(rowsOf({ rows }))).toThrow(expect.objectContaining({ code: "SPLIT_INVALID" }));
      else expect(spans(options, rowsOf({ rows }))).toEqual(expected);
    }
  });

  it("gives scikit-learn's splits of ETTh1: plain, with a gap, with a test size, rolling", (context) => {
    const file = sharedData("oracles/timeseries_ETTh1.csv.gz");
    const data = sharedData("timeseries/ETTh1.csv.gz");
    context.skip(file === undefined || data === undefined, sharedDataReason);
    if (file === undefined || data === undefined) return;
    const dates = readColumns(data)("date").map((date) => Date.parse(`${date.replace(" ", "T")}Z`));
    const column = readColumns(file);
    const rows = column("config").map((config, at) => ({
      config,
      span: ["train_from", "train_to", "test_from", "test_to"].map((name) => Number(column(name)[at])),
    }));
    const configs = {
      plain5: { folds: 5 },
      gap24: { folds: 5, gap: 24 },
      test168: { folds: 10, testSize: 168 },
      roll: { folds: 10, testSize: 168, maxTrainSize: 720, gap: 24 },
    };
    expect(new Set(rows.map(({ config }) => config))).toEqual(new Set(Object.keys(configs)));
    for (const [name, options] of Object.entries(configs)) {
      const expected = rows.filter(({ config }) => config === name).map(({ span }) => span);
      for (const input of [rowsOf({ times: dates }), rowsOf({ rows: dates.length })]) expect(spans(options, input)).toEqual(expected);
    }
  });

  it("follows the times, whatever the order of rows, and keeps rows of one time together", () => {
    const input = rowsOf({ times: [30, 10, 20, 10, 40, 20, 30, 50] });
    const splits = Array.from(timeSeriesSplit({ folds: 2, testSize: 1, gap: 1 }).split(input, rng(0)));
    expect(splits.map(({ train, test }) => [[...train], [...test]])).toEqual([
      [[1, 2, 3, 5], [4]],
      [[0, 1, 2, 3, 5, 6], [7]],
    ]);
  });

  it("says how many moments there must be", () => {
    const must = "timeSeriesSplit(): for 3 folds of 2 and a gap of 4 there must be more rows of different time (at least 11); got 10.";
    expect(() => timeSeriesSplit({ folds: 3, testSize: 2, gap: 4 }).count(rowsOf({ rows: 10 }))).toThrow(must);
    expect(timeSeriesSplit({ folds: 3, testSize: 2, gap: 4 }).count(rowsOf({ rows: 11 }))).toBe(3);
    expect(() => timeSeriesSplit({ folds: 3 }).count(rowsOf({ times: [1, 1, 1, 2, 2, 3] }))).toThrow("(at least 4); got 3.");
  });

  it("is labelled by folds, window and gap", () => {
    expect(timeSeriesSplit({ folds: 5 }).label).toBe("5 folds in time, expanding");
    expect(timeSeriesSplit({ folds: 5, maxTrainSize: 720, gap: 24 }).label).toBe("5 folds in time, rolling over 720, gap 24");
  });
});
