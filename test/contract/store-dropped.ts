import { describe, expect, it } from "vitest";
import type { Batch, Store } from "#hpo/core/store";
import { codeOf, sharedRow, trialRow } from "../store/rows.ts";

const study = "wine";

/** The part of the store contract about bytes that are no longer needed: in a store as for `describeCommit`. */
export function describeDropped(open: () => Store): void {
  const commit = (batch: Batch): void => open().commit(study, "a", batch);

  describe("dropped", () => {
    it("takes the bytes of single pieces away, and leaves their rows, seconds and counts", () => {
      commit({
        trials: [trialRow(0), trialRow(1, { group: 1 })],
        shared: [sharedRow("a", [0]), sharedRow("b", [0]), sharedRow("a", [1], { group: 1 })],
      });
      const before = open().snapshot(study);
      commit({ dropped: [{ group: 0, key: "a" }] });
      expect(
        open()
          .load(study)
          .parts.map(({ group, key }) => [group, key]),
      ).toStrictEqual([
        [0, "b"],
        [1, "a"],
      ]);
      expect(open().snapshot(study)).toStrictEqual(before);
      expect(codeOf(() => commit({ shared: [sharedRow("a", [0])] }))).toBe("STORE_FAILED");
    });

    it("reaches a row of its own batch, and finds nothing without an error", () => {
      const dropped = [
        { group: 0, key: "a" },
        { group: 0, key: "a" },
        { group: 3, key: "unknown" },
      ];
      commit({ trials: [trialRow(0)], shared: [sharedRow("a", [0])], dropped });
      expect(open().load(study).parts).toStrictEqual([]);
      expect(open().snapshot(study).shared).toHaveLength(1);
    });

    it("stands with its batch, or not at all", () => {
      commit({ trials: [trialRow(0)], shared: [sharedRow("a", [0])] });
      expect(codeOf(() => commit({ shared: [sharedRow("b", [0]), sharedRow("a", [0])], dropped: [{ group: 0, key: "a" }] }))).toBe(
        "STORE_FAILED",
      );
      expect(
        open()
          .load(study)
          .parts.map(({ key }) => key),
      ).toStrictEqual(["a"]);
    });
  });
}
