import { describe, expect, it } from "vitest";
import type { Batch, Store } from "#hpo/core/store";
import { checkpointBytes } from "#hpo/store/checkpoint-bytes";
import { studyHeader } from "../store/random-study.ts";
import { codeOf, holder, outcomeRow, trialRow } from "../store/rows.ts";

const study = "wine";

/** The part of the store contract about what trials left: in a store as for `describeCommit`. */
export function describeCheckpoint(open: () => Store): void {
  const commit = (batch: Batch): void => open().commit(study, "a", batch);
  const read = (trial: number): Uint8Array | undefined => {
    const stored = open().checkpoint(study, trial);
    return stored && checkpointBytes(stored);
  };

  describe("checkpoint", () => {
    it("is given back bit for bit, also an empty one, until it is dropped; a copy each time", () => {
      const bytes = Uint8Array.from({ length: 300 }, (_, i) => i);
      expect(read(0)).toBeUndefined();
      commit({
        trials: [0, 1, 2].map((n) => trialRow(n)),
        outcomes: [outcomeRow(0), outcomeRow(1)],
        checkpoints: [
          { trial: 1, bytes: new Uint8Array(0) },
          { trial: 0, bytes },
        ],
      });
      const before = bytes.slice();
      bytes.fill(9);
      expect(read(0)).toStrictEqual(before);
      read(0)?.fill(7);
      expect(read(0)).toStrictEqual(before);
      expect(read(1)).toStrictEqual(new Uint8Array(0));
      expect(open().load(study).checkpoints).toStrictEqual([0, 1]);
      expect(open().checkpoint(study, 0)).toMatchObject({ trial: 0, size: 300, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
      commit({ droppedCheckpoints: [0, 5] });
      commit({ droppedCheckpoints: [0] });
      expect([read(0), read(1)?.length]).toStrictEqual([undefined, 0]);
      expect(open().load(study).checkpoints).toStrictEqual([1]);
    });

    it("that equals another one stays when the other is dropped", () => {
      const bytes = Uint8Array.of(1, 2, 3);
      const checkpoints = [0, 1].map((trial) => ({ trial, bytes }));
      commit({ trials: [trialRow(0), trialRow(1)], outcomes: [outcomeRow(0), outcomeRow(1)], checkpoints });
      commit({ droppedCheckpoints: [0] });
      expect(read(1)).toStrictEqual(bytes);
    });

    it("may be stored and dropped in one batch", () => {
      commit({
        trials: [trialRow(0)],
        outcomes: [outcomeRow(0)],
        checkpoints: [{ trial: 0, bytes: Uint8Array.of(1) }],
        droppedCheckpoints: [0],
      });
      expect(read(0)).toBeUndefined();
    });

    it("is of a trial that has ended, stands with its batch or not at all, and is never overwritten", () => {
      const one = { trial: 0, bytes: Uint8Array.of(1) };
      commit({ trials: [trialRow(0), trialRow(1)] });
      expect(codeOf(() => commit({ checkpoints: [one] }))).toBe("STORE_FAILED");
      expect(codeOf(() => commit({ trials: [trialRow(1)], outcomes: [outcomeRow(0)], checkpoints: [one] }))).toBe("STORE_FAILED");
      expect(read(0)).toBeUndefined();
      commit({ outcomes: [outcomeRow(0)], checkpoints: [one] });
      expect(() => commit({ checkpoints: [{ trial: 0, bytes: Uint8Array.of(2) }] })).toThrow(
        'The checkpoint of trial 0 of the study "wine" is stored already and is never overwritten; nothing of this batch was stored.',
      );
      expect(read(0)).toStrictEqual(one.bytes);
    });

    it("goes with its study, and stays when that is renamed", () => {
      commit({ trials: [trialRow(0)], outcomes: [outcomeRow(0)], checkpoints: [{ trial: 0, bytes: Uint8Array.of(4) }] });
      const store = open();
      store.release(study, "a");
      store.rename(study, "red");
      const stored = store.checkpoint("red", 0);
      expect(stored && checkpointBytes(stored)).toStrictEqual(Uint8Array.of(4));
      store.remove("red");
      store.create(studyHeader(study));
      expect(store.checkpoint(study, 0)).toBeUndefined();
      store.acquire(study, holder("a"));
    });
  });
}
