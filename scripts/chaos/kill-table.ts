// A table of about a minute of CPU, killed by SIGKILL at ten instants spread over it and resumed by the same command each time.
//
//   npm run chaos -- kill-table
//
// The letter table (20,000 rows, 26 classes, 45 cells × 10 folds), ten runs of it killed once each, at another instant each, with an undisturbed run before and
// after each two. A kill must cost at most 1.1 times the CPU of an undisturbed run: each killed run is compared with the undisturbed ones just before and after
// it, for shared machines grow slower and faster by a fifth within minutes, and the median of the ten says; nor may an instant cost more than 1.1 times the
// dearest undisturbed run. Then one run is killed ten times in a row, of which it is told what it cost. All must end with equal bits, no row lost and none double.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { max, median, min } from "simple-statistics";
import { databaseRows, lostRows } from "../../test/chaos/database-rows.ts";
import { sharedData, sharedDataReason } from "../../test/shared-data.ts";
import { databaseAnswers } from "../../test/study-answers.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";
import { type CommandRun, runCommand } from "./run-command.ts";
import { partCounter, storedParts } from "./stored-parts.ts";

const study = fileURLToPath(new URL("../../test/fixtures/svm-table.ts", import.meta.url));
const name = "svm-table";
const bar = 1.1;

/** To be killed so many milliseconds after so many durable parts were seen. */
interface Instant {
  readonly parts: number;
  readonly delay: number;
}

const workers = 2;

/** Kills ten runs of the table once, and one ten times. */
export async function killTable({ scale, say }: ChaosLimits): Promise<ChaosResult> {
  const data = sharedData("tabular/letterrecognition.csv.gz");
  if (data === undefined) return { counts: {}, figures: [], problems: [], skipped: sharedDataReason };
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-kill-table-"));
  try {
    return await killed(folder, { file: data, kills: Math.max(1, Math.round(10 * scale)), say });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface TableKills {
  readonly file: string;
  readonly kills: number;
  readonly say: (line: string) => void;
}

async function killed(folder: string, { file, kills, say }: TableKills): Promise<ChaosResult> {
  const gammas = [2, 2.8, 4, 5.6, 8, 11, 16, 22, 32];
  const cells = gammas.flatMap((gamma) => [1, 10, 100, 1000, 10000].map((C) => `${gamma}:${C}`));
  const environment = { SVM_TABLE: JSON.stringify({ file, left: ["split"], folds: 10, cells }) };
  /** Killed, where `after` is given, once so many parts are stored: seconds of the clock would say little on a busy machine. */
  const run = async (database: string, after?: { readonly parts: number; readonly delay: number }): Promise<CommandRun> => {
    const stored = partCounter(database);
    const kill = after && { due: () => stored.count() >= after.parts, delay: after.delay };
    try {
      return await runCommand(["run", study, "--db", database, "--workers", String(workers), "--reporter", "plain"], { environment, kill });
    } finally {
      stored.close();
    }
  };

  const first = path.join(folder, "whole.sqlite");
  const undisturbed = [await run(first)];
  const answers = databaseAnswers(first, name);
  const parts = storedParts(first);
  // The same command again has nothing to do but to start.
  const start = await run(first);
  say(`undisturbed: ${told(undisturbed[0] as CommandRun)}; a start alone ${told(start)}; ${parts.length} durable parts`);
  const problems: string[] = [];

  /** Runs until it ends, killed at each of `instants`. */
  async function disturbed(database: string, instants: readonly Instant[]): Promise<{ cpuSeconds: number; killed: number }> {
    let [cpuSeconds, killed, reused] = [0, 0, 0];
    const rows: ReturnType<typeof databaseRows>[] = [];
    for (let at = 0; ; at++) {
      const one = await run(database, instants[at]);
      cpuSeconds += one.cpuSeconds;
      const after = storedParts(database);
      const waiting = after.filter(({ bytes }) => bytes).length;
      const line = `  ${one.killed ? `killed after ${told(one)}` : `ended after ${told(one)}`}; ${after.length} of ${parts.length} parts stored, ${waiting} with bytes`;
      say(`${line}, ${reused} of them by runs before`);
      if (!one.killed) break;
      killed++;
      reused = after.length;
      // Passing parts keep their bytes until all that read them are stored; what reads them is stored with the trials' rows.
      const lost = after.filter(({ key, bytes }) => key.includes("/solve ") && !bytes);
      if (!after.some(({ key }) => key.includes("/vote ")) && lost.length > 0)
        problems.push(`${lost.length} parts lost their bytes before they were read`);
      rows.push(databaseRows(database));
    }
    const ended = databaseRows(database);
    for (const before of rows)
      problems.push(
        ...lostRows(before, ended)
          .slice(0, 3)
          .map((row) => `lost: ${row}`),
      );
    if (databaseAnswers(database, name).join("\n") !== answers.join("\n")) problems.push("the answers have other bits");
    const after = storedParts(database);
    if (after.map(({ key }) => key).join("\n") !== parts.map(({ key }) => key).join("\n"))
      problems.push("other parts are stored, or one twice");
    return { cpuSeconds, killed };
  }

  // Spread evenly, the last one before the end; each at another point of the parts that run then.
  const instants = Array.from({ length: kills }, (_, kill) => ({
    parts: Math.round(((kill + 0.5) * parts.length) / kills),
    delay: (kill * 37) % 150,
  }));
  let databases = 0;
  const wholeAgain = async (): Promise<void> => {
    const one = await run(path.join(folder, `whole-${databases++}.sqlite`));
    undisturbed.push(one);
    say(`undisturbed again: ${told(one)}`);
  };
  const killedOnce = async (instant: Instant): Promise<number> => {
    const one = await disturbed(path.join(folder, `once-${databases++}.sqlite`), [instant]);
    if (one.killed === 0) problems.push(`a kill after ${instant.parts} parts fell after the end`);
    return one.cpuSeconds;
  };
  const single: number[] = [];
  for (const [at, instant] of instants.entries()) {
    single.push(await killedOnce(instant));
    if (at % 2 === 1 || at === kills - 1) await wholeAgain();
  }
  const total = await disturbed(path.join(folder, "killed.sqlite"), instants);
  const whole = undisturbed.map(({ cpuSeconds }) => cpuSeconds);
  const base = median(whole);
  const of = (cpuSeconds: number): string => (cpuSeconds / base).toFixed(3);
  if (total.killed < kills) problems.push(`only ${total.killed} of ${kills} kills fell before the end`);
  const ratios = single.map((seconds, at) => (2 * seconds) / ((whole[at >> 1] ?? 0) + (whole[(at >> 1) + 1] ?? 0)));
  const ratio = median(ratios);
  if (ratio > bar) problems.push(`a kill cost ${ratio.toFixed(3)} times an undisturbed run's CPU, must be at most ${bar}`);
  for (const [at, seconds] of single.entries())
    if (seconds > bar * max(whole))
      problems.push(`a kill after ${instants[at]?.parts} parts cost ${of(seconds)}, the dearest undisturbed run ${of(max(whole))}`);
  const each = (total.cpuSeconds - base) / Math.max(1, total.killed);
  return {
    counts: {
      "runs killed once": single.length,
      "kills of one run": total.killed,
      cells: cells.length,
      "durable parts": parts.length,
    },
    figures: [
      `CPU over that of the undisturbed runs beside it: median ${ratio.toFixed(3)}, ${min(ratios).toFixed(3)} to ${max(ratios).toFixed(3)}, where a run is killed once (${whole.length} undisturbed runs: median ${base.toFixed(1)} s, ${of(min(whole))} to ${of(max(whole))} of that)`,
      `${of(total.cpuSeconds)} where one is killed ${total.killed} times: ${each.toFixed(2)} s a kill, of which a start alone takes ${start.cpuSeconds.toFixed(2)} s`,
    ],
    problems,
  };
}

function told({ wallSeconds, cpuSeconds }: CommandRun): string {
  return `${wallSeconds.toFixed(1)} s (CPU ${cpuSeconds.toFixed(1)} s)`;
}
