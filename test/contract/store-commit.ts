import { describe, expect, it } from "vitest";
import type { Batch, Store } from "#hpo/core/store";
import { codeOf, evaluationRow, everything, outcomeRow, runRow, sharedRow, time, trialRow } from "../store/rows.ts";

const study = "wine";

/** The part of the store contract about `commit`: into a store with a new study "wine" whose lease "a" holds. */
export function describeCommit(open: () => Store): void {
  const commit = (batch: Batch): void => open().commit(study, "a", batch);

  describe("commit", () => {
    const rows: Batch = {
      trials: [trialRow(0), trialRow(1)],
      shared: [sharedRow("k", [0])],
      evaluations: [evaluationRow(0, 0)],
      predictions: [
        {
          trial: 0,
          repeat: 0,
          fold: 0,
          rows: Uint32Array.of(1, 5),
          predicted: Float64Array.of(0, 2),
          truth: Float64Array.of(1, 2),
          scores: null,
        },
      ],
      outcomes: [outcomeRow(0)],
      attempts: [
        {
          task: "t",
          trials: [1],
          attempt: 1,
          incident: { kind: "crash", message: "It crashed.", code: null, stack: null },
          wallSeconds: 1,
          codeHash: "c0de",
          endedAt: time,
        },
      ],
      run: runRow("r"),
    };

    it.each(["trials", "shared", "evaluations", "predictions", "outcomes", "attempts"] as const)(
      "refuses a second row of %s and stores nothing of its batch",
      (kind) => {
        commit(rows);
        const before = everything(open(), study);
        const again: Batch = {
          trials: [trialRow(7)],
          evaluations: [evaluationRow(1, 3)],
          finishedGroups: [0],
          run: runRow("r", { wallSeconds: 9 }),
        };
        const repeated = { ...again, [kind]: [...(kind in again ? (again[kind] as unknown[]) : []), ...(rows[kind] as unknown[])] };
        expect(codeOf(() => commit(repeated))).toBe("STORE_FAILED");
        expect(everything(open(), study)).toStrictEqual(before);
        expect(open().list()[0]?.trials).toBe(2);
        commit(again);
      },
    );

    it("refuses a key that stands twice in one batch, naming the row", () => {
      commit({ trials: [trialRow(3)] });
      expect(() => commit({ evaluations: [evaluationRow(3, 2), evaluationRow(3, 2)] })).toThrow(
        'The evaluation of trial 3 (repeat 0, fold 2, rung 0) of the study "wine" is stored already and is never overwritten; nothing of this batch was stored.',
      );
      expect(open().evaluations(study, 3)).toStrictEqual([]);
    });

    it("refuses rows of a trial that is not stored", () => {
      const batches: Batch[] = [
        { started: [{ trial: 9, at: time }] },
        { evaluations: [evaluationRow(9, 0)] },
        { outcomes: [outcomeRow(9)] },
        { shared: [sharedRow("k", [9])] },
        {
          predictions: [
            {
              trial: 9,
              repeat: 0,
              fold: 0,
              rows: new Uint32Array(0),
              predicted: new Float64Array(0),
              truth: new Float64Array(0),
              scores: null,
            },
          ],
        },
      ];
      for (const batch of batches)
        expect(() => commit({ trials: [trialRow(0)], ...batch })).toThrow("belongs to a trial that is not stored");
      expect(open().load(study).trials).toStrictEqual([]);
    });

    it("keeps NaN, ±∞ and −0 of scores, and tells NaN from nothing", () => {
      const values = { nan: NaN, up: Infinity, down: -Infinity, zero: -0, tiny: 5e-324 };
      const outcome = {
        a: { value: NaN, standardError: NaN, pooled: null },
        b: { value: -0, standardError: null, pooled: NaN },
        c: { value: -Infinity, standardError: Infinity, pooled: -0 },
      };
      commit({
        trials: [trialRow(0), trialRow(1)],
        evaluations: [evaluationRow(1, 0, { values })],
        outcomes: [outcomeRow(0, { values: outcome })],
      });
      expect(open().evaluations(study, 1)[0]?.values).toStrictEqual(values);
      expect(open().snapshot(study).trials[0]?.values).toStrictEqual(outcome);
      expect(open().load(study).trials[0]?.outcome?.values).toStrictEqual(outcome);
    });

    it("keeps the first start of a trial", () => {
      commit({ trials: [trialRow(0)], started: [{ trial: 0, at: time }] });
      commit({ started: [{ trial: 0, at: "2027-01-01T00:00:00.000Z" }] });
      expect(open().snapshot(study).trials[0]?.startedAt).toBe(time);
    });

    it("takes a batch of nothing", () => {
      const before = everything(open(), study);
      commit({});
      expect(everything(open(), study)).toStrictEqual(before);
    });

    it("counts work that each process repeats each time it is stored", () => {
      const work = sharedRow("distances", [0, 1], { bytes: null });
      commit({ trials: [trialRow(0), trialRow(1)], shared: [work] });
      commit({ shared: [work] });
      const { shared, wallSeconds: _, counts, trials } = open().snapshot(study);
      expect(shared).toHaveLength(2);
      expect(counts).toStrictEqual({ solves: 4 });
      expect(trials.map((trial) => trial.wallSeconds)).toStrictEqual([6, 6]);
    });

    it("keeps rows, true values and predicted codes exactly, predicted values as 32-bit floats", () => {
      const wide = Float64Array.of(0, 65_535, 256);
      const values = Float64Array.of(0.1, NaN, -Infinity);
      const base = { trial: 0, repeat: 0, rows: Uint32Array.of(0, 1, 0xffffffff), truth: wide };
      const other = { ...base, truth: Float64Array.of(0.1, -0, 2 ** 53) };
      commit({
        trials: [trialRow(0)],
        predictions: [
          { ...other, fold: 1, predicted: values, scores: Float64Array.of(0.25, -0, 1, 2, 3, 4) },
          { ...base, fold: 0, predicted: wide, scores: null },
        ],
      });
      expect(open().predictions(study, 0)).toStrictEqual([
        { ...base, fold: 0, predicted: wide, scores: null },
        { ...other, fold: 1, predicted: Float64Array.from(Float32Array.from(values)), scores: Float64Array.of(0.25, -0, 1, 2, 3, 4) },
      ]);
      expect(open().predictions(study, 1)).toStrictEqual([]);
    });
  });
}
