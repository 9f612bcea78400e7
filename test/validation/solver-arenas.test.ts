import { solverArenas } from "#hpo/validation/solver-arenas";
import { describe, expect, it } from "vitest";
import { irisData } from "./iris.ts";

describe("solverArenas()", () => {
  it("lends aligned memory behind the data, to one solve at a time", async () => {
    const data = await irisData();
    const arenas = solverArenas(data, 3, 1e9);
    const lease = arenas.take({ stages: [], sharedBytes: 1001, slotBytes: 100 });
    if (lease === undefined) throw new Error("not lent");
    expect(lease.sharedOffset).toBeGreaterThanOrEqual(data.dataEnd);
    expect(lease.slotsOffset).toBeGreaterThanOrEqual(lease.sharedOffset + 1001);
    expect([lease.sharedOffset % 64, lease.slotsOffset % 64, lease.slotBytes % 64]).toEqual([0, 0, 0]);
    expect(lease.slotBytes).toBeGreaterThanOrEqual(100);
    expect(data.memory.buffer.byteLength).toBeGreaterThanOrEqual(lease.slotsOffset + 3 * lease.slotBytes);
    const plan = { stages: [], sharedBytes: 1, slotBytes: 1 };
    expect(arenas.take(plan)).toBeUndefined();
    lease.release();
    const next = arenas.take(plan);
    expect(next).toBeDefined();
    // A second release of the first lease does not free the other's.
    lease.release();
    expect(arenas.take(plan)).toBeUndefined();
    next?.release();
  });

  it("never promises more than can be addressed", async () => {
    const data = await irisData();
    expect(solverArenas(data, 2, 1e15).limits).toEqual({ memoryBytes: 4 * 1024 ** 3 - Math.ceil(data.dataEnd / 64) * 64, slots: 2 });
    expect(solverArenas(data, 1, 1e6).limits).toEqual({ memoryBytes: 1e6, slots: 1 });
  });

  it("says what is needed where memory can't be had, and stays free", async () => {
    const data = await irisData();
    const arenas = solverArenas(data, 64, 1e9);
    expect(() => arenas.take({ stages: [], sharedBytes: 64, slotBytes: 1024 ** 3 })).toThrow(
      /^The shared solve of iris.* needs 65537 MB of memory, which could not be had; use fewer workers or fewer rows\.$/,
    );
    expect(arenas.take({ stages: [], sharedBytes: 64, slotBytes: 64 })).toBeDefined();
  });
});
