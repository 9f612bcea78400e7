// Runs the cases of a suite, a line of JSON for each run, so that a night that was killed goes on where it was.
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Figures, QualityCase } from "./quality-suite.ts";

/** One line of a results file. */
export interface RunLine {
  /** Of the code that ran; lines of other code are left alone and not read. */
  readonly version: string;
  readonly case: string;
  readonly trials: number;
  readonly seed: number;
  readonly cpuSeconds: number;
  readonly figures: Figures;
}

/** A hash of the built package and of the files from `root` that a suite's runs depend on. */
export function codeVersion(root: string, sources: readonly string[]): string {
  const built = readdirSync(path.join(root, "dist"), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(?:js|wasm)$/u.test(file))
    .map((file) => path.join("dist", file));
  const hash = createHash("sha256");
  for (const file of [...built.sort(), ...sources]) hash.update(`${file}\0`).update(readFileSync(path.join(root, file)));
  return hash.digest("hex").slice(0, 16);
}

/** The runs of this version in files of lines, each once; a line that was cut off by a kill is none. */
export function readRuns(files: readonly string[], version: string): readonly RunLine[] {
  const runs = new Map<string, RunLine>();
  for (const file of files.filter((one) => existsSync(one))) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const run = parsed(line);
      if (run?.version === version) runs.set(keyOf(run), run);
    }
  }
  return [...runs.values()];
}

/** The cases of shard `index` (from 1) of `count`: the costliest first, each to the shard with the least to do. */
export function shardOf<T extends { readonly cost: number }>(cases: readonly T[], index: number, count: number): readonly T[] {
  const load = Array.from({ length: count }, () => 0);
  const mine = new Set<T>();
  for (const one of [...cases].sort((a, b) => b.cost - a.cost)) {
    const to = load.indexOf(Math.min(...load));
    load[to] = (load[to] as number) + one.cost;
    if (to === index - 1) mine.add(one);
  }
  return cases.filter((one) => mine.has(one));
}

/** What to run, and where lines go. */
export interface RunPlan {
  readonly cases: readonly QualityCase[];
  readonly seeds: number;
  readonly version: string;
  /** Runs that need not be made again. */
  readonly done: readonly RunLine[];
  /** Takes each run that was made; null: none is made. */
  readonly keep: ((run: RunLine) => void) | null;
  /** Told of a run that threw; the night goes on without it. Default: the error is thrown on. */
  readonly broke?: (broken: BrokenRun) => void;
}

export interface BrokenRun {
  readonly case: string;
  readonly seed: number;
  readonly error: unknown;
}

/**
 * Makes every run that is not done yet, seed by seed, so that a short night has all cases with fewer seeds. Returns all runs of
 * these cases and seeds; those of `lacks` are left out.
 */
export async function runCases({ cases, seeds, version, done, keep, broke }: RunPlan): Promise<readonly RunLine[]> {
  const made = new Map(done.map((run) => [keyOf(run), run]));
  const wanted: RunLine[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    for (const one of cases) {
      if (one.lacks !== undefined) continue;
      const before = made.get(keyOf({ case: one.name, trials: one.trials, seed }));
      if (before !== undefined) {
        wanted.push(before);
        continue;
      }
      if (keep === null) continue;
      try {
        const cpu = process.cpuUsage();
        const figures = await one.run(seed);
        const { user, system } = process.cpuUsage(cpu);
        const run = { version, case: one.name, trials: one.trials, seed, cpuSeconds: (user + system) / 1e6, figures };
        keep(run);
        wanted.push(run);
      } catch (error) {
        if (broke === undefined) throw error;
        broke({ case: one.name, seed, error });
      }
    }
  }
  return wanted;
}

/** Appends a line in one write, so that shards may share a file; a torn last line of a killed night gets an end first. */
export function lineKeeper(file: string): (run: RunLine) => void {
  mkdirSync(path.dirname(file), { recursive: true });
  const torn = existsSync(file) && !/(?:^|\n)$/u.test(readFileSync(file, "utf8"));
  if (torn) appendFileSync(file, "\n");
  return (run) => appendFileSync(file, `${JSON.stringify(run, plain)}\n`);
}

/** JSON has no ∞ and NaN; a search without a value has an infinite regret. */
function plain(_key: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function parsed(line: string): RunLine | undefined {
  try {
    const run = JSON.parse(line) as Omit<RunLine, "figures"> & { readonly figures: Readonly<Record<string, number | string>> };
    return { ...run, figures: Object.fromEntries(Object.entries(run.figures).map(([name, value]) => [name, Number(value)])) };
  } catch {
    // A kill in the middle of a write leaves part of a line; its run is made again.
    return undefined;
  }
}

function keyOf({ case: name, trials, seed }: Pick<RunLine, "case" | "trials" | "seed">): string {
  return JSON.stringify([name, trials, seed]);
}
