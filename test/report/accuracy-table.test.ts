import { describe, expect, it } from "vitest";
import type { StudySnapshot, TrialSnapshot } from "#hpo/core/snapshot";
import { accuracyTable } from "#hpo/report/accuracy-table";
import { bestReport } from "#hpo/report/best-report";
import { bestTrial, paretoFront } from "#hpo/report/best-trial";
import { runSummary } from "#hpo/report/run-summary";
import { fitsTable } from "#hpo/report/table-axes";
import { tableText } from "#hpo/report/table-text";
import { trialsCsv } from "#hpo/report/trials-table";
import { branches, empty, landsat, regression, snapshotOf, trialSnapshot } from "../golden/snapshots.ts";

function studyOf(trials: readonly TrialSnapshot[], changes: Partial<StudySnapshot> = {}): StudySnapshot {
  return snapshotOf("made", { trials, ...changes });
}

describe("accuracyTable", () => {
  it("puts the first declared parameter on the rows and the second on the columns", () => {
    const { rows, columns } = accuracyTable(landsat);
    expect([rows?.param, columns?.param]).toEqual(["gamma", "C"]);
    const turned = accuracyTable(landsat, { rows: "C" });
    expect([turned.rows?.param, turned.columns?.param]).toEqual(["C", "gamma"]);
  });

  it("keeps the declared order where a store has sorted the members of what it kept", () => {
    const sorted: StudySnapshot = {
      ...landsat,
      trials: landsat.trials.map((trial) => ({
        ...trial,
        params: { C: trial.params["C"] as number, gamma: trial.params["gamma"] as number },
      })),
    };
    expect(tableText(sorted, accuracyTable(sorted))).toBe(tableText(landsat, accuracyTable(landsat)));
    expect(bestReport(sorted)).toBe(bestReport(landsat));
    expect(trialsCsv(sorted)).toBe(trialsCsv(landsat));
  });

  it("leaves out parameters that do not vary", () => {
    const { rows, columns } = accuracyTable(landsat, { where: { gamma: "4" } });
    expect([rows?.param, columns]).toEqual(["C", null]);
  });

  it("shows the best trial over the other parameters, ties to the lowest number", () => {
    const snapshot = studyOf([
      trialSnapshot(0, { a: 1, b: 1, c: 1 }, { accuracy: 0.5 }),
      trialSnapshot(1, { a: 1, b: 1, c: 2 }, { accuracy: Number.NaN }),
      trialSnapshot(2, { a: 1, b: 1, c: 3 }, { accuracy: 0.6 }),
      trialSnapshot(3, { a: 1, b: 1, c: 4 }, { accuracy: 0.6 }),
      trialSnapshot(4, { a: 2, b: 2, c: 1 }, { accuracy: 0.1 }),
    ]);
    const table = accuracyTable(snapshot);
    expect(table.cells[0]?.[0]?.trial).toBe(2);
    expect(table.cells[0]?.[1]).toBeNull();
    expect(table.over.map((axis) => axis.param)).toEqual(["c"]);
    expect(tableText(snapshot, table)).toContain("each cell the best over c (4 values)");
  });

  it("takes the smallest value where the metric is to be made small, NaN never", () => {
    const table = accuracyTable(regression);
    expect(table.best).toEqual({ row: 1, column: 0 });
    expect(accuracyTable(regression, { metric: "r2" }).best).toEqual({ row: 0, column: 0 });
  });

  it("compares filters of numbers as numbers", () => {
    expect(accuracyTable(regression, { where: { lambda: "1e-3" } }).cells[0]?.[0]?.trial).toBe(0);
  });

  it("keeps 1 and the text 1 apart and gives a branch without the parameter a place of its own", () => {
    const snapshot = studyOf([
      trialSnapshot(0, { a: 1 }, { accuracy: 0.1 }),
      trialSnapshot(1, { a: "1" }, { accuracy: 0.2 }),
      trialSnapshot(2, {}, { accuracy: 0.3 }),
    ]);
    expect(accuracyTable(snapshot).rows?.values).toEqual([1, "1", undefined]);
  });

  it("is one cell without parameters and empty without trials", () => {
    const single = accuracyTable(studyOf([trialSnapshot(0, {}, { accuracy: 0.5 })]));
    expect(single.cells).toHaveLength(1);
    expect(single.cells[0]?.[0]?.value).toBe(0.5);
    expect(
      accuracyTable(empty)
        .cells.flat()
        .every((cell) => cell === null),
    ).toBe(true);
  });

  it("finds parameters and values that a plain object would confuse", () => {
    const snapshot = studyOf([
      trialSnapshot(0, { constructor: 1 }, { accuracy: 0.5 }),
      trialSnapshot(1, { toString: 2 }, { accuracy: 0.6 }),
    ]);
    expect(accuracyTable(snapshot).rows?.values).toEqual([1, undefined]);
  });

  it("names the parameters, metrics and values there are where one is asked for that is not", () => {
    expect(() => accuracyTable(landsat, { rows: "gama" })).toThrow('rows must name a parameter; the study has gamma, C, got "gama".');
    expect(() => accuracyTable(landsat, { rows: "C", columns: "C" })).toThrow("rows and columns must be two different parameters");
    expect(() => accuracyTable(landsat, { metric: "f1" })).toThrow('metric must be one of accuracy, macroF1; got "f1".');
    expect(() => accuracyTable(landsat, { where: { C: "7" } })).toThrow("C=7 fits none: C has 1, 10, 100, 1000, 10000.");
  });

  it("fits 100 columns for five by five cells, and breaks wider tables into blocks", () => {
    const slow = { ...landsat, trials: landsat.trials.map((trial) => ({ ...trial, wallSeconds: 12.3 * (trial.number + 1) })) };
    for (const line of tableText(slow, accuracyTable(slow)).split("\n")) expect(line.length).toBeLessThanOrEqual(100);
    const wide = studyOf(Array.from({ length: 40 }, (_, i) => trialSnapshot(i, { a: i % 2, b: i >> 1 }, { accuracy: i / 40 })));
    const text = tableText(wide, accuracyTable(wide), { width: 80 });
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(text.match(/a \\ b/g)).toHaveLength(4);
  });
});

describe("fitsTable", () => {
  it("is true where at most two parameters vary, each over a list of values", () => {
    expect(fitsTable(landsat)).toBe(true);
    expect(fitsTable(regression)).toBe(true);
    expect(fitsTable(branches)).toBe(false);
  });
});

describe("bestTrial", () => {
  it("is the lowest number of the best values, and never NaN", () => {
    const values = [Number.NaN, 0.5, 0.7, 0.7];
    expect(bestTrial(studyOf(values.map((accuracy, i) => trialSnapshot(i, {}, { accuracy }))))?.number).toBe(2);
    expect(bestTrial(studyOf([trialSnapshot(0, {}, { accuracy: Number.NaN })]))).toBeNull();
    expect(bestTrial(studyOf([{ ...trialSnapshot(0, {}, { accuracy: 1 }), state: "failed" }]))).toBeNull();
  });
});

describe("paretoFront", () => {
  it("holds what no other trial beats in every objective, and is null for one objective", () => {
    expect(paretoFront(branches)?.map((trial) => trial.number)).toEqual([0, 3, 4, 5]);
    expect(paretoFront(landsat)).toBeNull();
  });
});

describe("runSummary", () => {
  it("has the members that programs rely on, with null for NaN", () => {
    expect(runSummary(landsat)).toEqual({
      study: "landsat-svm",
      state: "complete",
      objectives: [{ metric: "accuracy", direction: "maximize" }],
      trials: { complete: 25, pruned: 0, failed: 0 },
      best: {
        trial: 6,
        params: { gamma: 4, C: 10 },
        value: 5948 / 6435,
        standardError: 0.0031,
        values: {
          accuracy: { value: 5948 / 6435, standardError: 0.0031 },
          macroF1: { value: 5948 / 6435 - 0.021, standardError: 0.0031 },
        },
      },
      front: null,
      estimate: {
        metric: "accuracy",
        trial: 6,
        candidates: 25,
        value: 0.92261,
        low: 0.91402,
        high: 0.93147,
        resamples: 621,
        adaptive: false,
        why: null,
      },
      wallSeconds: 3.1,
      cpuSeconds: 5.6,
      database: "/home/ada/satellite/.hpo/hpo.sqlite",
    });
    expect(runSummary(empty)).toMatchObject({ state: "stopped", best: null, cpuSeconds: null });
  });
});
