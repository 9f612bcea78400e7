import { CommitQueue } from "#hpo/study/commit-queue";
import { describe, expect, it } from "vitest";
import type { Batch } from "#hpo/core/store";

/** A write that keeps batches, and that can be made to fail. */
function recorder(): { readonly write: (batch: Batch) => void; readonly batches: Batch[]; broken: boolean } {
  const kept = { batches: [] as Batch[], broken: false };
  const write = (batch: Batch): void => {
    if (kept.broken) throw new Error("disk full");
    kept.batches.push(batch);
  };
  return Object.assign(kept, { write });
}

describe("CommitQueue", () => {
  it("writes the rows of one tick in one transaction, in order", async () => {
    const kept = recorder();
    const queue = new CommitQueue(kept.write);
    await Promise.all([queue.add({ finishedGroups: [1] }), queue.add({ finishedGroups: [2] }), queue.add({ finishedGroups: [3] })]);
    expect(kept.batches).toEqual([{ finishedGroups: [1, 2, 3] }]);
    expect(queue.commits).toBe(1);
  });

  it("resolves only after the write", async () => {
    const kept = recorder();
    const queue = new CommitQueue(kept.write);
    const added = queue.add({ finishedGroups: [1] });
    expect(kept.batches).toEqual([]);
    await added;
    expect(kept.batches).toHaveLength(1);
  });

  it("fails every later add with the error of the failed write", async () => {
    const kept = recorder();
    const queue = new CommitQueue(kept.write);
    kept.broken = true;
    await expect(queue.add({ finishedGroups: [1] })).rejects.toThrow("disk full");
    kept.broken = false;
    await expect(queue.add({ finishedGroups: [2] })).rejects.toThrow("disk full");
    expect(kept.batches).toEqual([]);
  });
});
