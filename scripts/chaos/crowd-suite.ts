// Many processes on one database, and several coordinators of one study.
//
//   npm run chaos -- crowd
//
// Eight writers at full speed and a reader that polls, first beside four processes that do nothing but burn CPU, then alone; twenty processes that start at the
// same instant, on fresh files and on files of every older schema; takeovers after kills and suspensions, and by a second command.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { readStudy } from "hpo";
import { crowd, type MemberEnd, type MemberKind } from "../../test/chaos/crowd.ts";
import {
  olderDatabases,
  startEach,
  startOne,
  takeOverContainer,
  takeOverKilled,
  takeOverReused,
  takeOverSuspended,
} from "../../test/chaos/takeovers.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";

const kinds: readonly MemberKind[] = ["ask", "ask", "ask", "ask", "run", "run", "tpe", "svm"];
const together = 20;
/** Milliseconds that a call of the store may take, waiting included, on a machine whose CPUs are all taken. */
const longestWait = 10_000;
const mostWal = 64 * 2 ** 20;

export async function crowdSuite({ scale, say }: ChaosLimits): Promise<ChaosResult> {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-crowd-"));
  const problems: string[] = [];
  let files = 0;
  const file = (): string => path.join(folder, `${files++}.sqlite`);
  const times = (count: number): number => Math.max(1, Math.round(count * scale));
  try {
    const seconds = Math.max(5, 30 * scale);
    const starved = await fullSpeed(file(), { seconds, burners: 4, problems });
    say(starved.line);
    const alone = await fullSpeed(file(), { seconds, burners: 0, problems });
    say(alone.line);

    let starts = 0;
    for (let round = 0; round < times(5); round++) {
      problems.push(...(await startOne(file(), together)), ...(await startEach(file(), { processes: together })));
      starts += 2 * together;
      say(`${starts} starts; ${problems.length} problems`);
    }
    for (const older of olderDatabases.slice(0, times(olderDatabases.length))) {
      problems.push(...(await startEach(file(), { processes: together, older })));
      starts += together;
    }
    say(`${starts} starts, files of older schemas included`);

    let takeovers = 0;
    for (let round = 0; round < times(10); round++) {
      problems.push(...(await takeOverKilled(file())), ...(await takeOverSuspended(file())));
      takeovers += 2;
      const reused = await takeOverReused(file());
      if (reused !== undefined) takeovers++;
      problems.push(...(reused ?? []));
    }
    say(`${takeovers} takeovers`);
    const container = await takeOverContainer(file());
    if (container !== undefined) takeovers++;
    problems.push(...(container ?? []), ...(await secondCommand(file())));
    return {
      counts: {
        "durable trials": starved.trials + alone.trials,
        commits: starved.commits + alone.commits,
        "snapshots read": starved.reads + alone.reads,
        starts,
        takeovers,
      },
      figures: [
        starved.line,
        alone.line,
        ...(container === undefined ? ["no takeover from a container: unshare is not allowed here"] : []),
      ],
      problems,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface FullSpeed {
  readonly trials: number;
  readonly commits: number;
  readonly reads: number;
  readonly line: string;
}

async function fullSpeed(
  database: string,
  { seconds, burners, problems }: { readonly seconds: number; readonly burners: number; readonly problems: string[] },
): Promise<FullSpeed> {
  const burning: ChildProcess[] = Array.from({ length: burners }, () => spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }));
  let wal = 0;
  const look = setInterval(() => {
    wal = Math.max(wal, statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0);
  }, 50);
  const members = kinds.map((kind, at) => ({ kind, database, name: `${kind} ${at}`, seconds }));
  let ends: readonly MemberEnd[];
  try {
    ends = await crowd([...members, { kind: "read", database, name: "", seconds }]);
  } finally {
    clearInterval(look);
    for (const one of burning) one.kill("SIGKILL");
  }
  const writers = ends.slice(0, -1);
  const reader = ends.at(-1);
  for (const [at, { kind, name }] of members.entries()) {
    const { message, trials = 0, longestMs = 0 } = writers[at] as MemberEnd;
    if (message !== undefined) problems.push(`${name}: ${message}`);
    if (longestMs > longestWait) problems.push(`${name} waited ${(longestMs / 1000).toFixed(1)} s`);
    if (kind === "svm" || message !== undefined) continue;
    const stored = readStudy(name, { database }).trials.filter(({ state }) => state === "complete").length;
    if (stored !== trials) problems.push(`${name} counted ${trials} trials, ${stored} are stored`);
  }
  if (reader?.message !== undefined) problems.push(`the reader: ${reader.message}`);
  if (wal > mostWal) problems.push(`the write-ahead log grew to ${(wal / 2 ** 20).toFixed(1)} MB`);
  const sum = (of: (end: MemberEnd) => number | undefined): number => writers.reduce((total, end) => total + (of(end) ?? 0), 0);
  const trials = sum((end) => end.trials);
  const perSecond = Math.round(sum((end) => (end.trials ?? 0) / (end.seconds ?? 1)));
  const waits = members.map(({ name }, at) => `${name} ${((writers[at]?.longestMs ?? 0) / 1000).toFixed(2)}`).join(", ");
  return {
    trials,
    commits: sum((end) => end.commits),
    reads: reader?.reads ?? 0,
    line:
      `eight writers and a reader beside ${burners} busy loops (load ${loadavg()[0]?.toFixed(0)}): ${perSecond} durable trials and ` +
      `${Math.round(sum((end) => end.commits) / seconds)} commits a second in sum; longest wait, s: ${waits}; ` +
      `longest read ${((reader?.longestMs ?? 0) / 1000).toFixed(2)} s of ${reader?.reads ?? 0}; largest log ${(wal / 2 ** 20).toFixed(1)} MB`,
  };
}

/** `hpo run` of a study that another `hpo run` works on. */
async function secondCommand(database: string): Promise<string[]> {
  const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
  const study = path.join(root, "test/fixtures/slow-quadratic.ts");
  const command = (): { child: ChildProcess; end: Promise<{ code: number | null; errors: string }> } => {
    const child = spawn(process.execPath, [path.join(root, "dist/cli/main.js"), "run", study, "--db", database, "--reporter", "plain"], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    return { child, end: new Promise((resolve) => child.on("close", (code) => resolve({ code, errors }))) };
  };
  const both = await Promise.all([command().end, command().end, command().end]);
  const problems: string[] = [];
  if (!both.some(({ code }) => code === 0)) problems.push("no command ran the study");
  for (const { code, errors } of both) {
    if (code !== 0 && !(code === 1 && errors.includes("is already being run by process")))
      problems.push(`a command ended with ${code}: ${errors}`);
  }
  return problems;
}
