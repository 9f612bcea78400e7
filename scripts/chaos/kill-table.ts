// A table of about a minute, killed by SIGKILL at ten instants spread over it and resumed by the same command each time.
//
//   npm run chaos [-- --workers 2] [--kills 10] [--each] [--json]
//
// The letter table (20,000 rows, 26 classes, 45 cells × 10 folds) runs undisturbed before and after; then one run is killed again and again,
// with --each so many runs are killed once. It must end with equal bits, no row lost and none double, and cost at most 1.1 times the CPU.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { databaseRows, lostRows } from "../../test/chaos/database-rows.ts";
import { sharedData, sharedDataReason } from "../../test/shared-data.ts";
import { databaseAnswers } from "../../test/study-answers.ts";
import { readCount } from "../bench/table-cells.ts";
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

const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "2" },
    kills: { type: "string", default: "10" },
    each: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const workers = readCount("workers", values.workers, 1);
const kills = readCount("kills", values.kills, 1);
const data = sharedData("tabular/letterrecognition.csv.gz");
if (data === undefined) console.log(`chaos: skipped, ${sharedDataReason}`);
else {
  const folder = mkdtempSync(path.join(tmpdir(), "hpo-kill-table-"));
  try {
    await killTable(folder, data);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function killTable(folder: string, file: string): Promise<void> {
  const gammas = [2, 2.8, 4, 5.6, 8, 11, 16, 22, 32];
  const cells = gammas.flatMap((gamma) => [1, 10, 100, 1000, 10000].map((C) => `${gamma}:${C}`));
  const environment = { SVM_TABLE: JSON.stringify({ file, left: ["split"], folds: 10, cells }) };
  const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
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

  const whole = path.join(folder, "whole.sqlite");
  const undisturbed = [await run(whole)];
  const answers = databaseAnswers(whole, name);
  const parts = storedParts(whole);
  // The same command again has nothing to do but to start.
  const start = await run(whole);
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
  const ratios: number[] = [];
  let killed = 0;
  const runs = values.each ? instants.map((instant) => [instant]) : [instants];
  const totals: number[] = [];
  for (const [at, own] of runs.entries()) {
    const total = await disturbed(path.join(folder, `killed-${at}.sqlite`), own);
    totals.push(total.cpuSeconds);
    killed += total.killed;
  }
  undisturbed.push(await run(path.join(folder, "whole-again.sqlite")));
  const base = undisturbed.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / undisturbed.length;
  for (const total of totals) ratios.push(total / base);
  const ratio = ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
  // What the kills cost without the starts of the command that they ask for.
  const apart = ratio - (killed / runs.length) * (start.cpuSeconds / base);
  say(`undisturbed again: ${told(undisturbed[1] as CommandRun)}`);
  say(
    `CPU over an undisturbed run's (${base.toFixed(1)} s): ${ratio.toFixed(3)}, ${apart.toFixed(3)} without ${start.cpuSeconds.toFixed(2)} s a start; ${killed} kills in ${runs.length} run${runs.length === 1 ? "" : "s"}`,
  );
  if (killed < kills) problems.push(`only ${killed} of ${kills} kills fell before the end`);
  if (ratio > bar) problems.push(`the CPU ratio is above ${bar}`);
  for (const problem of problems) say(`problem: ${problem}`);
  if (values.json)
    console.log(
      JSON.stringify({
        workers,
        kills: killed,
        runs: runs.length,
        undisturbedCpuSeconds: base,
        startCpuSeconds: start.cpuSeconds,
        ratio,
        ratioWithoutStarts: apart,
        problems,
      }),
    );
  if (problems.length > 0) process.exitCode = 1;
}

function told({ wallSeconds, cpuSeconds }: CommandRun): string {
  return `${wallSeconds.toFixed(1)} s (CPU ${cpuSeconds.toFixed(1)} s)`;
}
