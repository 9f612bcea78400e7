// What a second worker gains a study, and what a second core could have gained at that time.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { root } from "./libsvm-peer.ts";
import { median } from "./table-cells.ts";

const execute = promisify(execFile);

export interface TwoWorkers {
  /** Wall seconds of one worker over two, as a user sees them: start of Node, loading and closing included. */
  readonly speedup: number;
  /** The same, from the start of the first task to the end of the last trial. */
  readonly solveSpeedup: number;
  /** Pure arithmetic of two threads over one, measured before each pair of runs. */
  readonly capacity: number;
  /** CPU seconds of two workers over one: what sharing costs. */
  readonly cpuRatio: number;
  /** Cores that other processes and other guests of the host took meanwhile, of the runs' mean; null where Linux does not tell. */
  readonly othersCores: number | null;
  /** Most resident memory of the runs with two workers. */
  readonly peakBytes: number;
}

interface Wall {
  readonly seconds: number;
  readonly solveSeconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly othersCores: number | null;
}

/** Runs a study on one and on two workers, in turn, so often; each run in a process and a database of its own. Ratios are of medians. */
export async function twoWorkers(
  study: string,
  { pairs, environment, say }: { pairs: number; environment: Readonly<Record<string, string>>; say: (line: string) => void },
): Promise<TwoWorkers> {
  const walls: readonly [Wall[], Wall[]] = [[], []];
  const capacities: number[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const capacity = await twoCoreCapacity();
    capacities.push(capacity);
    for (const workers of [1, 2] as const) walls[workers - 1]?.push(await wall(study, workers, environment));
    const seen = walls.map((of) => `${of.at(-1)?.seconds.toFixed(2)} s (solve ${of.at(-1)?.solveSeconds.toFixed(2)} s)`);
    const others = walls.map((of) => of.at(-1)?.othersCores?.toFixed(2) ?? "unknown").join(" and ");
    say(
      `study   ${seen.join(" on one worker, ")} on two, wall; two threads of arithmetic gained ${capacity.toFixed(2)} before; others took ${others} cores`,
    );
  }
  const others = walls.flat().flatMap(({ othersCores }) => (othersCores === null ? [] : [othersCores]));
  const ratio = (of: (one: Wall) => number): number => median(walls[0].map(of)) / median(walls[1].map(of));
  return {
    speedup: ratio(({ seconds }) => seconds),
    solveSpeedup: ratio(({ solveSeconds }) => solveSeconds),
    capacity: median(capacities),
    cpuRatio: ratio(({ cpuSeconds }) => cpuSeconds),
    othersCores: others.length === 0 ? null : others.reduce((sum, cores) => sum + cores, 0) / others.length,
    peakBytes: Math.max(...walls[1].map(({ peakBytes }) => peakBytes)),
  };
}

async function wall(study: string, workers: number, environment: Readonly<Record<string, string>>): Promise<Wall> {
  const folder = mkdtempSync(path.join(tmpdir(), "svm-walls-"));
  try {
    const busyBefore = busySeconds();
    const start = performance.now();
    const { stdout } = await execute(
      process.execPath,
      [path.join(root, "scripts/bench/study-wall.mjs"), study, path.join(folder, "study.sqlite"), String(workers)],
      { cwd: root, env: { ...process.env, ...environment } },
    );
    const seconds = (performance.now() - start) / 1000;
    const busyAfter = busySeconds();
    const { state, ...rest } = JSON.parse(stdout) as { readonly state: string } & Pick<Wall, "solveSeconds" | "cpuSeconds" | "peakBytes">;
    if (state !== "complete") throw new Error(`bench: the study with ${workers} workers ended ${state}.`);
    const busy = busyBefore === null || busyAfter === null ? null : busyAfter - busyBefore;
    return { seconds, ...rest, othersCores: busy === null ? null : Math.max(0, busy - rest.cpuSeconds) / seconds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Core seconds that the machine was busy or away (steal) since it started; null where Linux does not tell. */
function busySeconds(): number | null {
  let stat = "";
  try {
    stat = readFileSync("/proc/stat", "utf8");
  } catch {
    return null;
  }
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (/^cpu +(.*)$/mu.exec(stat)?.[1] ?? "")
    .split(" ")
    .map(Number);
  // The kernel counts in hundredths of a second.
  return (user + nice + system + irq + softirq + steal) / 100;
}

/** Arithmetic for a second on one thread, then on two at once: how much more the two did. 2 on two idle cores. */
async function twoCoreCapacity(): Promise<number> {
  const alone = await spins(1);
  return (await spins(2)) / alone;
}

/** Steps of a generator of numbers that so many threads made in a second, once all were up. */
async function spins(threads: number): Promise<number> {
  const code = `
    const { parentPort } = require("node:worker_threads");
    parentPort.once("message", () => {
      const end = performance.now() + 1000;
      let steps = 0;
      for (let x = 1; performance.now() < end; steps++) for (let at = 0; at < 20000; at++) x = (Math.imul(x, 1664525) + 1013904223) | 0;
      parentPort.postMessage(steps);
      parentPort.close();
    });
    parentPort.postMessage(0);`;
  const workers = Array.from({ length: threads }, () => new Worker(code, { eval: true, execArgv: [] }));
  const next = (): Promise<number[]> =>
    Promise.all(workers.map((worker) => new Promise<number>((resolve, reject) => worker.once("message", resolve).once("error", reject))));
  await next();
  const made = next();
  for (const worker of workers) worker.postMessage(null);
  return (await made).reduce((sum, steps) => sum + steps, 0);
}
