import { solverArenas } from "#hpo/validation/solver-arenas";
import { describe, expect, it } from "vitest";
import type { ArenaRegion, SolverPlan } from "#hpo/core/estimator";
import { irisData } from "./iris.ts";

describe("solverArenas()", () => {
  it("lends aligned memory behind the data, to one solve at a time", async () => {
    const data = await irisData();
    const arenas = solverArenas(data, 3, 1e9);
    const lease = arenas.take({ stages: [], sharedBytes: 1001, slotBytes: 100 }, "a");
    if (lease === undefined) throw new Error("not lent");
    expect(lease.sharedOffset).toBeGreaterThanOrEqual(data.dataEnd);
    expect(lease.slotsOffset).toBeGreaterThanOrEqual(lease.sharedOffset + 1001);
    expect([lease.sharedOffset % 64, lease.slotsOffset % 64, lease.slotBytes % 64]).toEqual([0, 0, 0]);
    expect(lease.slotBytes).toBeGreaterThanOrEqual(100);
    expect(data.memory.buffer.byteLength).toBeGreaterThanOrEqual(lease.slotsOffset + 3 * lease.slotBytes);
    const plan = { stages: [], sharedBytes: 1, slotBytes: 1 };
    expect(arenas.take(plan, "a")).toBeUndefined();
    lease.release();
    const next = arenas.take(plan, "a");
    expect(next).toBeDefined();
    // A second release of the first lease does not free the other's.
    lease.release();
    expect(arenas.take(plan, "a")).toBeUndefined();
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
    expect(() => arenas.take({ stages: [], sharedBytes: 64, slotBytes: 1024 ** 3 }, "a")).toThrow(
      /^The shared solve of iris.* needs 65537 MB of memory, which could not be had; use fewer workers or fewer rows\.$/,
    );
    expect(arenas.take({ stages: [], sharedBytes: 64, slotBytes: 64 }, "a")).toBeDefined();
  });

  it("keeps in mind which regions are filled until something else is written there", async () => {
    const arenas = solverArenas(await irisData(), 2, 1e9);
    const region = (key: string, offset: number, bytes: number): ArenaRegion => ({ key, offset, bytes });
    const plan = (sharedBytes: number, ...fills: ArenaRegion[]): SolverPlan => ({
      stages: fills.map((one) => ({ name: one.key, parts: [], needs: [], fills: one })),
      sharedBytes,
      slotBytes: 64,
    });
    const [low, high] = [region("low", 0, 128), region("high", 512, 64)];
    const first = arenas.take(plan(576, low, high), "a");
    expect(first?.holds(low)).toBe(false);
    first?.filling(low);
    expect(first?.holds(low)).toBe(false);
    first?.filled(low);
    first?.filled(high);
    first?.release();
    // The second plan ends before the upper region and names the lower one.
    const second = arenas.take(plan(128, low), "a");
    expect([second?.holds(low), second?.holds(high)]).toEqual([true, true]);
    // Another key, place, size or solver is another region.
    for (const other of [region("x", 0, 128), region("low", 64, 128), region("low", 0, 64)]) expect(second?.holds(other)).toBe(false);
    // What is begun is not held, nor what it overlaps.
    second?.filling(region("x", 64, 128));
    expect([second?.holds(low), second?.holds(high)]).toEqual([false, true]);
    second?.release();
    // A plan whose slots reach the region, and does not name it.
    arenas.take(plan(448), "a")?.release();
    const last = arenas.take(plan(576, high), "a");
    expect(last?.holds(high)).toBe(false);
    last?.filled(high);
    last?.release();
    expect(arenas.take(plan(576, high), "b")?.holds(high)).toBe(false);
  });
});
