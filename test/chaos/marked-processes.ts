import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** In the environment of all that a run starts, and of what those start. */
export const markName = "HPO_KILL_MARK";

/** "pid command" of each process with this mark; zombies, which are over, have no environment. Linux only: elsewhere none. */
function markedProcesses(mark: string): string[] {
  let entries: string[];
  try {
    entries = readdirSync("/proc");
  } catch {
    return [];
  }
  return entries
    .filter((name) => /^\d+$/u.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(`${markName}=${mark}`)) return [];
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim()}`];
      } catch {
        // It has ended meanwhile, or is another user's.
        return [];
      }
    });
}

/** What still runs when all has had the time to see that its parent is gone: half a minute, which a busy machine may need. */
export async function leftProcesses(mark: string): Promise<string[]> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const left = markedProcesses(mark);
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(50);
  }
}
