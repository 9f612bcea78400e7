// A suite's result as lines, and their place in docs/reliability.md.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { ChaosResult } from "./chaos-suite.ts";

export interface Circumstances {
  readonly seconds: number;
  readonly scale: number;
  readonly seed: number;
}

/** Markdown that reads well in a terminal, too. */
export function resultLines(result: ChaosResult, { seconds, scale, seed }: Circumstances): string[] {
  if (result.skipped !== undefined) return [`Skipped: ${result.skipped}`];
  const counts = Object.entries(result.counts).map(([name, count]) => `${count.toLocaleString("en")} ${name}`);
  const verdict = result.problems.length === 0 ? "every promise held" : `**${result.problems.length} problems**`;
  const part = scale === 1 ? "" : `, ${scale} of the full size`;
  return [
    `${counts.join(", ")}: ${verdict} (${seconds.toFixed(0)} s, seed ${seed}${part}, Node ${process.versions.node}, ${cpus().length} cores).`,
    ...result.figures.map((line) => `- ${line}`),
    ...result.problems.map((line) => `- PROBLEM: ${line}`),
  ];
}

/** Replaces what stands between the marks of a suite. */
export function recordResult(file: string, suite: string, lines: readonly string[]): void {
  const text = readFileSync(file, "utf8");
  const [open, close] = [`<!-- result ${suite} -->`, `<!-- end ${suite} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  if (from < 0 || to < from) throw new RangeError(`chaos: ${file} has no place for ${suite}: it must hold ${open} and ${close}.`);
  writeFileSync(file, `${text.slice(0, from)}${open}\n${lines.join("\n")}\n${text.slice(to)}`);
}
