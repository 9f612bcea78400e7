import { describe, expect, it } from "vitest";
import { cpuSecondsSince, threadCpuSeconds } from "#hpo/workers/thread-cpu";

describe("threadCpuSeconds", () => {
  it("grows while the thread computes, by no more than the wall time", () => {
    const cpu = threadCpuSeconds();
    const wall = performance.now();
    for (let sum = 0; performance.now() - wall < 60; ) sum += Math.sqrt(sum);
    const used = cpuSecondsSince(cpu);
    if (used === null) return;
    expect(used).toBeGreaterThan(0.005);
    expect(used).toBeLessThanOrEqual((performance.now() - wall) / 1000 + 0.005);
  });

  it("stays null where nothing was measured before", () => {
    expect(cpuSecondsSince(null)).toBeNull();
  });
});
