import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { AttemptRecord } from "#hpo/core/records";
import type { LogRecord } from "#hpo/core/task-log";
import type { StudySnapshot, TrialSnapshot } from "#hpo/core/snapshot";
import { openStore } from "#hpo/store/open-store";
import { noMarks, processMark } from "../marked-processes.ts";
import { runArguments } from "../run-arguments.ts";

const study = fileURLToPath(new URL("../../fixtures/user-code.ts", import.meta.url));

/** Below the time limit of the tests' hooks. */
const longestMs = 240_000;

export interface WaysOptions {
  /** Trial n behaves as entry n says: "patching.push", or "well". */
  readonly ways: readonly string[];
  readonly isolation: "thread" | "process";
  readonly workers: number;
  readonly timeoutSeconds?: number;
  /** Flags of Node for the command. */
  readonly nodeFlags?: readonly string[];
  /** Flags of the command. */
  readonly flags?: readonly string[];
  /** Watch what the process takes. */
  readonly memory?: boolean;
}

export interface WayTrial {
  readonly way: string;
  readonly trial: TrialSnapshot;
  readonly attempts: readonly AttemptRecord[];
  readonly logs: readonly LogRecord[];
}

export interface WaysRun {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly snapshot: StudySnapshot;
  readonly trials: readonly WayTrial[];
  /** Processes that it left, and files beside its database. */
  readonly left: readonly string[];
  /** The most that the process took, all its threads together; null where it was not watched. */
  readonly peakMegabytes: number | null;
}

/** Runs the study of `ways` by the command line, in a folder of its own. */
export async function runWays({
  ways,
  isolation,
  workers,
  timeoutSeconds,
  nodeFlags = [],
  flags = [],
  memory = false,
}: WaysOptions): Promise<WaysRun> {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-user-code-"));
  const database = path.join(folder, "ways.sqlite");
  const mark = noMarks === undefined ? processMark() : undefined;
  try {
    const args = [...runArguments(study, { database, workers, isolation }), "--json", ...flags];
    const child = spawn(process.execPath, [...nodeFlags, ...args], {
      cwd: folder,
      env: { ...process.env, ...mark?.environment, HPO_USER_CODE: JSON.stringify({ ways, timeoutSeconds: timeoutSeconds ?? null }) },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    let peak = 0;
    const watch = setInterval(() => (peak = Math.max(peak, memory ? residentPeak(child.pid) : 0)), 100);
    let hung = false;
    const late = setTimeout(() => (hung = child.kill("SIGKILL")), longestMs);
    const exitCode = await new Promise<number | null>((resolve) => child.once("close", resolve));
    clearInterval(watch);
    clearTimeout(late);
    if (hung) throw new Error(`The run of ${ways.length} trials had not ended after ${longestMs} ms: ${unended(stored(database, ways))}.`);
    const living = (await mark?.gone()) ?? [];
    const left = [...living, ...readdirSync(folder).filter((name) => name !== "ways.sqlite")];
    return { exitCode, stdout, stderr, ...stored(database, ways), left, peakMegabytes: peak === 0 ? null : peak };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For the message of a run that hung. */
function unended({ snapshot }: Pick<WaysRun, "snapshot">): string {
  const left = snapshot.trials.filter(({ state }) => state === "waiting");
  return `${snapshot.trials.length - left.length} trials have ended, not ${left.map(({ number }) => number).join(", ")}`;
}

/** In MB; 0 where the system does not tell. */
function residentPeak(pid: number | undefined): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round(Number(kilobytes ?? 0) / 1000);
  } catch {
    return 0;
  }
}

function stored(database: string, ways: readonly string[]): Pick<WaysRun, "snapshot" | "trials"> {
  const store = openStore(database, { readonly: true });
  try {
    const snapshot = store.snapshot("user-code");
    const trials = snapshot.trials.map((trial) => ({
      way: ways[trial.params["at"] as number] ?? "well",
      trial,
      attempts: snapshot.attempts.filter((attempt) => attempt.trials.includes(trial.number)),
      logs: store.logs("user-code", trial.number),
    }));
    return { snapshot, trials };
  } finally {
    store.close();
  }
}
