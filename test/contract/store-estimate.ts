import { describe, expect, it } from "vitest";
import type { EstimateRecord } from "#hpo/core/records";
import type { Batch, Store } from "#hpo/core/store";
import { studyHeader } from "../store/random-study.ts";
import { outcomeRow, trialRow } from "../store/rows.ts";

const study = "wine";

const estimate: EstimateRecord = {
  metric: "accuracy",
  trial: 0,
  candidates: 2,
  value: 0.1 + 0.2,
  low: 0.25,
  high: 0.5,
  resamples: 1000,
  adaptive: true,
  why: null,
};

/** The part of the store contract about what the best trial is likely to be worth: in a store as for `describeCommit`. */
export function describeEstimate(open: () => Store): void {
  const commit = (batch: Batch): void => open().commit(study, "a", batch);

  describe("estimate", () => {
    it("is what was stored last, to every bit, for reports and for the next run", () => {
      expect(open().snapshot(study).estimate).toBeNull();
      expect(open().load(study).estimate).toBeNull();
      commit({ trials: [trialRow(0), trialRow(1)], outcomes: [outcomeRow(0), outcomeRow(1)], estimate });
      expect(open().snapshot(study).estimate).toStrictEqual(estimate);
      const none = { ...estimate, value: null, low: null, high: null, resamples: 0, why: "λ: no rows" };
      commit({ estimate: none });
      expect(open().load(study).estimate).toStrictEqual(none);
    });

    it("goes when a trial is proposed or ends, and with its study", () => {
      commit({ trials: [trialRow(0)], estimate });
      commit({ outcomes: [outcomeRow(0)] });
      expect(open().snapshot(study).estimate).toBeNull();
      commit({ estimate });
      commit({ trials: [trialRow(1)] });
      expect(open().snapshot(study).estimate).toBeNull();
      commit({ estimate });
      open().create(studyHeader("beer"));
      expect(open().snapshot("beer").estimate).toBeNull();
    });
  });
}
