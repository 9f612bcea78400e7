// One start of a command that works on a study, killed or asked to end at an instant that is told by what it has done so far, or not at all.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { processMark } from "./marked-processes.ts";
import { runArguments } from "./run-arguments.ts";

const program = fileURLToPath(new URL("kill-program.mjs", import.meta.url));

/** How a study is run: by `hpo run`, or in a program by threads, inline, or by asking and telling. */
export type Manner = "cli" | "run" | "inline" | "ask";

/** The kill comes so many milliseconds after this is seen. */
export interface Instant {
  /** "held": user code is held from a piece of work on; "disk": a call of the disk is (disk-shim.c, in `environment`). They end once the signals are heard. */
  readonly after: "start" | "bundle" | "database" | "work" | "held" | "disk" | "end";
  /** Begun pieces of work: of this start for "work", of all starts for "held". */
  readonly count: number;
  readonly ms: number;
  /** Each is sent when the one before was heard; to a held disk, where nothing is heard, all at once. SIGKILL if left out. */
  readonly signals?: readonly NodeJS.Signals[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** The kill of a worker comes so many milliseconds after it began the `count`-th piece of work of a start. */
export interface WorkerInstant {
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
  /** It did not come to its own end. */
  readonly killed: boolean;
  /** It was asked to end, and ended by itself: exit code 130. */
  readonly stopped: boolean;
  readonly wallMs: number;
  /** How many of the instant's signals were sent. */
  readonly sent: number;
  /** Worker processes that were killed. */
  readonly workersKilled: number;
  /** What these had begun last: pieces take 2 ms at least, so that no more than two come to a worker at a time. */
  readonly lastOfKilled: readonly string[];
  /** Pieces of work that it began, in order: "trial 3". */
  readonly begun: readonly string[];
}

export interface Kills {
  readonly coordinator?: Instant | undefined;
  /** After so many pieces of work, the worker process that began the last one. */
  readonly worker?: WorkerInstant | undefined;
}

export const placed = {
  study: (folder: string): string => path.join(folder, "study.ts"),
  database: (folder: string): string => path.join(folder, "hpo.sqlite"),
  log: (folder: string): string => path.join(folder, "begun.log"),
  temporary: (folder: string): string => path.join(folder, "tmp"),
};

/** What the command says of a first and of a second signal. */
const heard = [/stopping:/u, /cutting off/u];

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
  const go = { work: `${log}.go`, disk: path.join(folder, "go") };
  const start = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    env: {
      ...process.env,
      HPO_KILL_KIND: kind,
      HPO_KILL_LOG: log,
      ...(kill?.after === "held" ? { HPO_KILL_HOLD: String(kill.count) } : {}),
      ...kill?.environment,
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
    held: () => begunIn(log).length >= (kill?.count ?? 0),
    disk: () => errors.includes("a call is held"),
    end: () => /ended|complete after/u.test(errors),
  };
  const over = new AbortController();
  /** Whether it was seen before the command ended. */
  async function sees(what: () => boolean, ms = 0): Promise<boolean> {
    while (!over.signal.aborted && !what()) await sleep(1);
    await sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);
    return !over.signal.aborted;
  }
  let sent = 0;
  async function end({ after, ms, signals = ["SIGKILL"] }: Instant): Promise<void> {
    if (!(await sees(seen[after], ms))) return;
    for (const [at, name] of signals.entries()) {
      if (child.kill(name)) sent++;
      const told = heard[at];
      if (after !== "disk" && told !== undefined && name !== "SIGKILL" && !(await sees(() => told.test(errors)))) return;
    }
    // Who was asked once finishes what it does.
    if (after === "disk") writeFileSync(go.disk, "");
    else if (signals.length === 1) writeFileSync(go.work, "");
  }
  const workersKilled: number[] = [];
  const killWorker = (): void => {
    const pid = pidsIn(log).at(-1);
    // It may have ended, and the coordinator itself is no worker.
    if (pid !== undefined && pid !== child.pid && killed9(pid)) workersKilled.push(pid);
  };
  const ends = kill === undefined ? [] : [end(kill)];
  if (worker !== undefined && isolation === "process") {
    ends.push(sees(() => begunIn(log).length - before >= worker.count, worker.ms).then((running) => (running ? killWorker() : undefined)));
  }
  const { code, signal } = await new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal })),
  );
  over.abort();
  await Promise.all(ends);
  for (const file of Object.values(go)) rmSync(file, { force: true });
  const stopped = kill?.signals !== undefined && code === 130;
  const killed = stopped || (kill !== undefined && signal !== null && (kill.signals ?? ["SIGKILL"]).includes(signal as NodeJS.Signals));
  if (code !== 0 && !killed) throw new Error(`${kind}, ${manner}: ended with code ${code}, signal ${signal}: ${errors}`);
  const lastOfKilled = workersKilled.flatMap((pid) =>
    linesOf(log)
      .filter((line) => pidOf(line) === pid)
      .slice(-2)
      .map(pieceOf),
  );
  const wallMs = performance.now() - start;
  return { killed, stopped, sent, wallMs, workersKilled: workersKilled.length, lastOfKilled, begun: begunIn(log).slice(before) };
}

/** Changes with the first byte that is written. */
function sizes(database: string): string {
  return [database, `${database}-wal`].map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? -1).join(" ");
}

/** Pieces of work that were begun, in order. */
export function begunIn(log: string): string[] {
  return linesOf(log).map(pieceOf);
}

function pidsIn(log: string): number[] {
  return linesOf(log).map(pidOf);
}

function pieceOf(line: string): string {
  return line.slice(line.indexOf(" ") + 1);
}

function pidOf(line: string): number {
  return Number.parseInt(line, 10);
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
