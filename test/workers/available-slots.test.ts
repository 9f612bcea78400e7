import { availableParallelism } from "node:os";
import { describe, expect, it } from "vitest";
import { availableSlots, grantedCores } from "#hpo/workers/available-slots";

function files(contents: Record<string, string>): (file: string) => string | null {
  return (file) => contents[file] ?? null;
}

describe("availableSlots", () => {
  it("is at least one and at most the cores of this process", () => {
    expect(availableSlots()).toBeGreaterThanOrEqual(1);
    expect(availableSlots()).toBeLessThanOrEqual(availableParallelism());
    expect(availableSlots(() => null)).toBe(availableParallelism());
  });

  it("is one where a control group grants a part of a core", () => {
    expect(availableSlots(files({ "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "10000 100000\n" }))).toBe(1);
  });
});

describe("grantedCores", () => {
  it("takes the smallest grant from a version 2 group up to the root", () => {
    const read = files({
      "/proc/self/cgroup": "0::/jobs/one\n",
      "/sys/fs/cgroup/jobs/one/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/jobs/cpu.max": "250000 100000\n",
      "/sys/fs/cgroup/cpu.max": "400000 100000\n",
    });
    expect(grantedCores(read)).toBe(2.5);
  });

  it("reads version 1 groups, where −1 is no limit", () => {
    const group = "4:memory:/a\n3:cpu,cpuacct:/a\n";
    const period = { "/sys/fs/cgroup/cpu/a/cpu.cfs_period_us": "100000\n" };
    expect(grantedCores(files({ "/proc/self/cgroup": group, "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "-1\n", ...period }))).toBe(Infinity);
    expect(grantedCores(files({ "/proc/self/cgroup": group, "/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us": "150000\n", ...period }))).toBe(1.5);
  });

  it("is without limit where nothing can be read or what is there is no number", () => {
    expect(grantedCores(() => null)).toBe(Infinity);
    expect(grantedCores(files({ "/proc/self/cgroup": "nonsense\n0::/\n", "/sys/fs/cgroup/cpu.max": "abc\n" }))).toBe(Infinity);
  });
});
