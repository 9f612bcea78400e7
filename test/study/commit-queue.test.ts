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

  it("gathers rows until they are asked for, or those of so much work are there", async () => {
    const kept = recorder();
    const queue = new CommitQueue(kept.write, { gatherMs: () => 60_000 });
    const first = queue.add({ finishedGroups: [1] }, 20);
    const second = queue.add({ finishedGroups: [2] }, 30);
    await new Promise((resolve) => setImmediate(resolve));
    expect(kept.batches).toEqual([]);
    queue.flush();
    await Promise.all([first, second]);
    expect(kept.batches).toEqual([{ finishedGroups: [1, 2] }]);
    const small = queue.add({ finishedGroups: [3] }, 20);
    const large = queue.add({ finishedGroups: [4] }, 40);
    await Promise.all([small, large]);
    expect(kept.batches[1]).toEqual({ finishedGroups: [3, 4] });
    await queue.addNow({ finishedGroups: [5] });
    expect(kept.batches[2]).toEqual({ finishedGroups: [5] });
    kept.broken = true;
    await expect(queue.addNow({ finishedGroups: [6] })).rejects.toThrow("disk full");
  });
});
