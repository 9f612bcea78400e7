// One start of a command that works on a study, killed by SIGKILL at an instant that is told by what it has done so far, or not at all.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { processMark } from "./marked-processes.ts";
import { runArguments } from "./run-arguments.ts";

const program = fileURLToPath(new URL("kill-program.mjs", import.meta.url));

/** How a study is run: by `hpo run`, or in a program by threads, inline, or by asking and telling. */
export type Manner = "cli" | "run" | "inline" | "ask";

/** The kill comes so many milliseconds after this is seen. */
export interface Instant {
  readonly after: "start" | "bundle" | "database" | "work" | "end";
  /** For "work": so many begun pieces of work in this start. */
  readonly count: number;
  readonly ms: number;
}

/** A folder with a study file, its database, and a temporary folder of its own. */
export interface StudyPlace {
  readonly folder: string;
  readonly kind: string;
  readonly manner: Manner;
  readonly workers: number;
  /** What each worker is; not for "inline" and "ask". */
  readonly isolation: "thread" | "process";
  /** Of all processes of this place. */
  readonly mark: string;
}

export interface CommandEnd {
  readonly killed: boolean;
  readonly wallMs: number;
  /** Worker processes that were killed. */
  readonly workersKilled: number;
  /** Pieces of work that it began, in order: "trial 3". */
  readonly begun: readonly string[];
}

export interface Kills {
  readonly coordinator?: Instant | undefined;
  /** After so many pieces of work, the worker process that began the last one. */
  readonly worker?: { readonly count: number; readonly ms: number } | undefined;
}

export const placed = {
  study: (folder: string): string => path.join(folder, "study.ts"),
  database: (folder: string): string => path.join(folder, "hpo.sqlite"),
  log: (folder: string): string => path.join(folder, "begun.log"),
  temporary: (folder: string): string => path.join(folder, "tmp"),
};

/** Runs it until it ends or is killed. Throws where it fails by itself. */
export async function runKilled(place: StudyPlace, { coordinator: kill, worker }: Kills = {}): Promise<CommandEnd> {
  const { folder, kind, manner, workers, isolation, mark } = place;
  const [study, database, log] = [placed.study(folder), placed.database(folder), placed.log(folder)];
  const args =
    manner === "cli"
      ? runArguments(study, { database, workers, isolation })
      : [program, manner, study, database, String(workers), isolation];
  const before = begunIn(log).length;
  const written = sizes(database);
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      HPO_KILL_KIND: kind,
      HPO_KILL_LOG: log,
      ...processMark(mark).environment,
      TMPDIR: placed.temporary(folder),
      CI: "1",
    },
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (errors += chunk));
  const seen: Readonly<Record<Instant["after"], () => boolean>> = {
    start: () => true,
    bundle: () => existsSync(path.join(folder, ".hpo", "bundles")),
    database: () => sizes(database) !== written,
    work: () => begunIn(log).length - before >= (kill?.count ?? 0),
    end: () => /ended|complete after/u.test(errors),
  };
  let timer: NodeJS.Timeout | undefined;
  const look = (due: Instant): void => {
    timer = seen[due.after]() ? setTimeout(() => child.kill("SIGKILL"), due.ms) : setTimeout(look, 1, due);
  };
  if (kill !== undefined) look(kill);
  let workersKilled = 0;
  let workerTimer: NodeJS.Timeout | undefined;
  const killWorker = (): void => {
    const pid = pidsIn(log).at(-1);
    // It may have ended, and the coordinator itself is no worker.
    if (pid !== undefined && pid !== child.pid && killed9(pid)) workersKilled++;
  };
  const lookAtWork = (due: { readonly count: number; readonly ms: number }): void => {
    const seenWork = begunIn(log).length - before >= due.count;
    workerTimer = seenWork ? setTimeout(killWorker, due.ms) : setTimeout(lookAtWork, 1, due);
  };
  if (worker !== undefined && isolation === "process") lookAtWork(worker);
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal })),
  );
  clearTimeout(timer);
  clearTimeout(workerTimer);
  const killed = kill !== undefined && signal === "SIGKILL";
  if (code !== 0 && !killed) throw new Error(`${kind}, ${manner}: ended with code ${code}, signal ${signal}: ${errors}`);
  return { killed, wallMs: performance.now() - start, workersKilled, begun: begunIn(log).slice(before) };
}

/** Changes with the first byte that is written. */
function sizes(database: string): string {
  return [database, `${database}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? -1).join(" ");
}

/** Pieces of work that were begun, in order. */
export function begunIn(log: string): string[] {
  return linesOf(log).map((line) => line.slice(line.indexOf(" ") + 1));
}

function pidsIn(log: string): number[] {
  return linesOf(log).map((line) => Number.parseInt(line, 10));
}

function linesOf(log: string): string[] {
  return existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(0, -1) : [];
}

/** Whether there was such a process. */
function killed9(pid: number): boolean {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    return false;
  }
}
