import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Finds what a command left behind: every process that it started, and those that these started, inherit the mark. */
export interface ProcessMark {
  readonly environment: Readonly<Record<string, string>>;
  /** What of it lives, as "PID COMMAND"; zombies, which only wait for somebody to count them, do not. */
  living(): string[];
  /** Resolves when nothing of it lives; after 30 s with what does. */
  gone(): Promise<string[]>;
}

/** Why marks can't be read here; undefined where they can. */
export const noMarks: string | undefined = existsSync("/proc/self/environ")
  ? undefined
  : "needs Linux, whose /proc tells every process's environment";

/** A mark of its own, or one that several commands share. */
export function processMark(id: string = randomUUID()): ProcessMark {
  const mark = `HPO_PROCESS_MARK=${id}`;
  const [name, value] = mark.split("=") as [string, string];
  function living(): string[] {
    return readdirSync("/proc").flatMap((pid) => {
      if (!/^\d+$/.test(pid)) return [];
      try {
        if (!readFileSync(`/proc/${pid}/environ`, "latin1").includes(mark)) return [];
        const state = /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1];
        return state === "Z" || state === "X"
          ? []
          : [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim()}`];
      } catch {
        // It has ended, or is somebody else's.
        return [];
      }
    });
  }
  return {
    environment: { [name]: value },
    living,
    async gone() {
      for (let left = 600; left > 0 && living().length > 0; left--) await new Promise((resolve) => setTimeout(resolve, 50));
      return living();
    },
  };
}
