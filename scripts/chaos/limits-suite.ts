// What a coordinator holds over 100,000 trials: bytes a trial and open files.
//
//   npm run chaos -- limits
import { existsSync } from "node:fs";
import { flat, flatCommand, type FlatFigures } from "../../test/chaos/flat.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";

const samples = 20;
/** A trial's parameters and values are kept for whatever looks back on them; stacks, texts and times are not. */
const mostHeapBytes = 700;
/** The store in memory keeps all rows. */
const mostInMemory = 2048;

export async function limitsSuite({ scale, say }: ChaosLimits): Promise<ChaosResult> {
  if (!existsSync("/proc/self/fd")) return { counts: {}, figures: [], problems: [], skipped: "needs /proc" };
  const trials = Math.max(1000, Math.round(100_000 * scale));
  const figures: string[] = [];
  const problems: string[] = [];
  let sum = 0;
  const told = (
    name: string,
    { heapBytes, residentBytes, files, seconds }: Omit<FlatFigures, "heapBytes"> & { heapBytes?: number },
    most: number,
  ): void => {
    const heap = heapBytes === undefined ? "" : `${heapBytes.toFixed(0)} bytes of heap and `;
    figures.push(
      `${name}: ${heap}${residentBytes.toFixed(0)} bytes resident a trial, ${files} files more (${trials} trials in ${seconds.toFixed(0)} s)`,
    );
    say(figures.at(-1) ?? "");
    if ((heapBytes ?? 0) > most) problems.push(`${name}: ${heapBytes?.toFixed(0)} bytes of heap a trial, must be at most ${most}`);
    if (files > 0) problems.push(`${name}: ${files} files more are open`);
    sum += trials;
  };
  told("run() on a file", await flat({ how: "run", trials, samples }), mostHeapBytes);
  told("ask() and tell() on a file", await flat({ how: "ask", trials, samples }), mostHeapBytes);
  told("run() in memory", await flat({ how: "run", trials, samples, inMemory: true }), mostInMemory);
  told("hpo run with 2 workers", await flatCommand(trials), 0);
  return { counts: { trials: sum }, figures, problems };
}
