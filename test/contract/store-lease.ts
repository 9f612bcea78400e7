import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import type { Batch, Store } from "#hpo/core/store";
import { codeOf, holder, time, trialRow } from "../store/rows.ts";

const study = "wine";

/** The part of the store contract about who may write: in a store as for `describeCommit`. */
export function describeLease(open: () => Store): void {
  const commit = (batch: Batch): void => open().commit(study, "a", batch);

  describe("lease", () => {
    it("refuses a second holder, in the same process too, and says who holds it", () => {
      expect(() => open().acquire(study, holder("b"))).toThrow(
        `The study "wine" is already being run by process ${process.pid} on ${hostname()} since ${time}; wait until that run ends or stop it`,
      );
      open().acquire(study, holder("a"));
      open().release(study, "b");
      expect(codeOf(() => open().acquire(study, holder("b")))).toBe("STUDY_BUSY");
      open().release(study, "a");
      open().acquire(study, holder("b"));
    });

    it("lets only the holder commit and renew", () => {
      open().renew(study, "a");
      expect(codeOf(() => open().renew(study, "b"))).toBe("STUDY_BUSY");
      expect(codeOf(() => open().commit(study, "b", { trials: [trialRow(0)] }))).toBe("STUDY_BUSY");
      open().release(study, "a");
      expect(codeOf(() => commit({ trials: [trialRow(0)] }))).toBe("STUDY_BUSY");
      expect(codeOf(() => open().renew(study, "a"))).toBe("STUDY_BUSY");
      expect(open().load(study).trials).toStrictEqual([]);
    });

    it("takes over from another machine that was silent for long enough, and from no other", () => {
      open().release(study, "a");
      open().acquire(study, holder("far", { host: "elsewhere.invalid", pid: 1 }));
      expect(codeOf(() => open().acquire(study, holder("a")))).toBe("STUDY_BUSY");
      expect(open().snapshot(study).state).toBe("running");
      open().acquire(study, holder("a"), 0);
      expect(codeOf(() => open().commit(study, "far", {}))).toBe("STUDY_BUSY");
      expect(codeOf(() => open().acquire(study, holder("b"), 0))).toBe("STUDY_BUSY");
    });
  });
}
