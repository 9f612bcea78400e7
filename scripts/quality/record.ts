// The figures of a night that was accepted, by seed: what later nights are held against.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { QualityCase, Samples } from "./quality-suite.ts";
import type { RunLine } from "./suite-runs.ts";

interface RecordLine {
  readonly case: string;
  readonly trials: number;
  readonly figures: Readonly<Record<string, readonly (number | string)[]>>;
}

/** Where the record of a suite lies. */
export function recordFile(root: string, suite: string): string {
  return path.join(root, "scripts/quality/recorded", `${suite}.jsonl`);
}

export function samplesOf(runs: readonly RunLine[]): Samples {
  const samples = new Map<string, Record<string, number[]>>();
  for (const run of [...runs].sort((a, b) => a.seed - b.seed)) {
    const own = samples.get(run.case) ?? {};
    samples.set(run.case, own);
    for (const [figure, value] of Object.entries(run.figures)) (own[figure] ??= []).push(value);
  }
  return samples;
}

/** Empty where there is no record. */
export function readRecord(file: string): Samples {
  return new Map(
    [...readLines(file)].map(([name, { figures }]) => {
      const samples = Object.entries(figures).map(([figure, values]) => [figure, values.map(Number)] as const);
      return [name, Object.fromEntries(samples)] as const;
    }),
  );
}

/** Replaces the lines of the cases that have samples and keeps the others of these cases; one line a case, four digits a value. */
export function writeRecord(file: string, cases: readonly QualityCase[], samples: Samples): void {
  const before = readLines(file);
  const lines = cases.flatMap(({ name, trials, judged }): RecordLine[] => {
    const own = samples.get(name);
    const kept = before.get(name);
    if (own === undefined) return kept === undefined ? [] : [kept];
    const figures = judged.flatMap((figure) => (own[figure] === undefined ? [] : [[figure, own[figure].map(short)] as const]));
    return [{ case: name, trials, figures: Object.fromEntries(figures) }];
  });
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

function readLines(file: string): ReadonlyMap<string, RecordLine> {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as RecordLine);
  return new Map(lines.map((line) => [line.case, line]));
}

function short(value: number): number | string {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : String(value);
}
