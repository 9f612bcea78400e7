import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";

/**
 * How many tasks can really run at once: the cores that this process may use (its affinity), but no more than the CPU
 * time that its control group and those above it grant, rounded up. At least 1.
 */
export function availableSlots(read: (file: string) => string | null = readOrNull): number {
  return Math.max(1, Math.min(availableParallelism(), Math.ceil(grantedCores(read))));
}

/** Cores' worth of CPU time granted by Linux control groups (version 2 or 1); Infinity where nothing limits it. */
export function grantedCores(read: (file: string) => string | null): number {
  let cores = Infinity;
  for (const line of (read("/proc/self/cgroup") ?? "").split("\n")) {
    const [, controllers, group] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || group === undefined) continue;
    if (controllers === "") {
      for (const folder of upwards("/sys/fs/cgroup", group)) {
        const [quota, period] = (read(path.posix.join(folder, "cpu.max")) ?? "").trim().split(" ");
        cores = Math.min(cores, ratio(quota, period));
      }
    } else if (controllers.split(",").includes("cpu")) {
      for (const folder of upwards("/sys/fs/cgroup/cpu", group)) {
        const quota = read(path.posix.join(folder, "cpu.cfs_quota_us"))?.trim();
        const period = read(path.posix.join(folder, "cpu.cfs_period_us"))?.trim();
        cores = Math.min(cores, ratio(quota, period));
      }
    }
  }
  return cores;
}

/** The group's folder and all above it, down to the root: inside a container the root is often the only one there. */
function* upwards(root: string, group: string): Generator<string> {
  for (let at = path.posix.normalize(`/${group}`); ; at = path.posix.dirname(at)) {
    yield path.posix.join(root, at);
    if (at === "/") return;
  }
}

/** "max" and −1 mean no limit; so does what can't be read. */
function ratio(quota: string | undefined, period: string | undefined): number {
  const cores = Number(quota) / Number(period);
  return cores > 0 ? cores : Infinity;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, "latin1");
  } catch {
    // Not Linux, or another version of control groups: nothing there limits us.
    return null;
  }
}
