import { expect, it, describe } from "vitest";
import type { Batch, Store } from "#hpo/core/store";
import { studyHeader } from "../store/random-study.ts";
import { codeOf, holder, outcomeRow, trialRow } from "../store/rows.ts";

const study = "wine";

/** The part of the store contract about the model that a study keeps: in a store as for `describeCommit`. */
export function describeModel(open: () => Store): void {
  const commit = (batch: Batch): void => open().commit(study, "a", batch);
  const first = { trial: 0, json: '{"kind":"λ"}' };

  describe("model", () => {
    it("is the last one that was stored, until it is taken away; a batch that says nothing leaves it", () => {
      expect(open().model(study)).toBeUndefined();
      commit({ trials: [trialRow(0), trialRow(1)], outcomes: [outcomeRow(0)], model: first });
      expect(open().model(study)).toStrictEqual(first);
      commit({ outcomes: [outcomeRow(1)] });
      expect(open().model(study)).toStrictEqual(first);
      const second = { trial: 1, json: `"${"x".repeat(2_000_000)}"` };
      commit({ model: second });
      expect(open().model(study)).toStrictEqual(second);
      commit({ model: null });
      commit({ model: null });
      expect(open().model(study)).toBeUndefined();
    });

    it("is one a study, and goes with it", () => {
      commit({ trials: [trialRow(0)], model: first });
      open().create(studyHeader("beer"));
      expect(open().model("beer")).toBeUndefined();
      open().release(study, "a");
      open().rename(study, "red");
      expect(open().model("red")).toStrictEqual(first);
      open().remove("red");
      open().create(studyHeader(study));
      expect(open().model(study)).toBeUndefined();
      open().acquire(study, holder("a"));
    });

    it("is of a trial that is stored, and stands with its batch or not at all", () => {
      commit({ trials: [trialRow(0)], model: first });
      expect(codeOf(() => commit({ outcomes: [outcomeRow(0)], model: { trial: 7, json: "{}" } }))).toBe("STORE_FAILED");
      expect(codeOf(() => commit({ trials: [trialRow(0)], model: null }))).toBe("STORE_FAILED");
      expect(open().model(study)).toStrictEqual(first);
      expect(open().snapshot(study).trials[0]?.state).toBe("waiting");
    });
  });
}
