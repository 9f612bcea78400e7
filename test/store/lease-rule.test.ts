import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { leaseHolds, leaseOf, processMark } from "#hpo/store/lease-rule";
import { holder } from "./rows.ts";

describe("leaseHolds", () => {
  const lease = leaseOf(holder("a"), 1_000_000);
  const far = { ...lease, host: "elsewhere.invalid", process: lease.process?.replace(/^[^/]+/, "another boot") ?? null };

  it("holds on this machine while the process runs, however long it is silent", () => {
    expect(leaseHolds(lease, 1e15)).toBe(true);
    expect(lease).toMatchObject({ holder: "a", pid: process.pid, host: hostname() });
  });

  it("ends on this machine with the process", () => {
    // No system gives out a pid above 2²² (Linux) or 99999 (macOS).
    expect(leaseHolds({ ...lease, pid: 2 ** 30, process: null }, 1_000_000)).toBe(false);
  });

  it.skipIf(processMark(process.pid) === null)("is not fooled by a later process with the same pid (needs /proc)", () => {
    expect(leaseHolds({ ...lease, process: lease.process?.replace(/\d+$/, "1") ?? null }, 1_000_000)).toBe(false);
  });

  it.skipIf(processMark(process.pid) === null)("ends on this machine with a restart of it, whoever has the pid now (needs /proc)", () => {
    expect(leaseHolds({ ...far, host: hostname() }, 1_000_000)).toBe(false);
  });

  it("holds elsewhere until it was silent for long enough", () => {
    expect(leaseHolds(far, 1_059_999)).toBe(true);
    expect(leaseHolds(far, 1_060_000)).toBe(false);
    expect(leaseHolds(far, 1_060_000, 61)).toBe(true);
  });

  it.skipIf(processMark(process.pid) === null)("treats another container of the same name as elsewhere (needs /proc)", () => {
    const container = { ...lease, pid: 2 ** 30, process: lease.process?.replace(/pid:\[\d+\]/, "pid:[1]") ?? null };
    expect(leaseHolds(container, 1_000_000)).toBe(true);
    expect(leaseHolds(container, 1_060_000)).toBe(false);
  });

  it("holds elsewhere when a clock was set back a little, and is free when its last word lies far ahead", () => {
    expect(leaseHolds(far, 940_001)).toBe(true);
    // A holder that lives speaks again within seconds, by the new clock; one that does not would hold for an hour.
    expect(leaseHolds(far, 940_000)).toBe(false);
  });

  it("holds on this machine whatever clocks say", () => {
    for (const now of [0, 1_000_000 - 3_600_000, 1_000_000 + 3_600_000]) expect(leaseHolds(lease, now)).toBe(true);
  });

  it.skipIf(processMark(process.pid) === null)("is not fooled by a machine that was given another name (needs /proc)", () => {
    expect(leaseHolds({ ...lease, host: "before.invalid" }, 1e15)).toBe(true);
    expect(leaseHolds({ ...lease, host: "before.invalid", pid: 2 ** 30 }, 1_000_000)).toBe(false);
  });
});
