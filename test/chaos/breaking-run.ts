// Runs of studies that break what they run in, disturbed from outside, too; what both forms of the suite "processes" use.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import type { ProcessMark } from "./marked-processes.ts";
import { runArguments } from "./run-arguments.ts";

export type Isolation = "thread" | "process";

export interface BreakingRun {
  readonly file: string;
  /** An empty folder for the database, and for what the trials remember. */
  readonly folder: string;
  readonly isolation: Isolation;
  /** Ways to break things, by name; empty: none. */
  readonly ways: readonly string[];
  readonly mark: ProcessMark;
  readonly workers?: number;
  readonly trials?: number;
}

/** A run under way. */
export interface StartedRun {
  /** SIGKILL to the coordinator alone. */
  kill(): void;
  /** What it ended with; null where a signal ended it. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>;
}

export function databaseOf({ folder }: Pick<BreakingRun, "folder">): string {
  return path.join(folder, "study.sqlite");
}

/** `hpo run FILE`, in a process of its own. */
export function startBreaking(run: BreakingRun): StartedRun {
  const { file, folder, isolation, ways, mark, workers = 2, trials } = run;
  mkdirSync(folder, { recursive: true });
  const limit = isolation === "process" ? ["--trial-memory", "300MB"] : [];
  const args = [...runArguments(file, { database: databaseOf(run), workers, isolation }), ...limit];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      ...mark.environment,
      CI: "1",
      ...(ways.length === 0 ? {} : { BREAKS_FOLDER: path.join(folder, "attempts"), BREAKS_WAYS: JSON.stringify(ways) }),
      ...(trials === undefined ? {} : { BREAKS_TRIALS: String(trials) }),
    },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-20_000)));
  return {
    kill: () => void child.kill("SIGKILL"),
    ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, stderr }))),
  };
}

/** What belongs to a database. */
const own = new Set(["study.sqlite", "study.sqlite-wal", "study.sqlite-shm", "study.sqlite.artefacts", "attempts", ".hpo"]);

/** Files that a run left beside its database: checkpoints are named by their SHA-256, bundles by theirs, and nothing else stays. */
export function filesLeft({ folder }: Pick<BreakingRun, "folder">): string[] {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return files.filter((file) => {
    const [first = "", ...below] = file.split(path.sep);
    if (!own.has(first)) return true;
    const name = below.at(-1);
    return name !== undefined && first !== "attempts" && /tmp|temp|part|~/i.test(name);
  });
}
