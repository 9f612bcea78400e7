// What a coordinator holds over 100,000 trials: bytes a trial and open files.
//
//   npm run chaos -- limits
//
// Each way of working is a process of its own, as many at a time as there are cores: no time is judged. Asking and telling one trial after the other takes one
// sync of the disk a trial, and beside it 0.13 ms of CPU.
import { existsSync } from "node:fs";
import { flat, flatCommand, type FlatFigures } from "../../test/chaos/flat.ts";
import type { ChaosLimits, ChaosResult } from "./chaos-suite.ts";
import { inLanes } from "./in-lanes.ts";

const samples = 20;
/** A trial's parameters and values are kept for whatever looks back on them; stacks, texts and times are not. */
const mostHeapBytes = 700;
/** The store in memory keeps all rows. */
const mostInMemory = 2048;

type Held = Omit<FlatFigures, "heapBytes"> & Partial<Pick<FlatFigures, "heapBytes">>;

interface Way {
  readonly name: string;
  readonly mostHeapBytes: number;
  readonly work: () => Promise<Held>;
}

export async function limitsSuite({ scale, say }: ChaosLimits): Promise<ChaosResult> {
  if (!existsSync("/proc/self/fd")) return { counts: {}, figures: [], problems: [], skipped: "needs /proc" };
  const trials = Math.max(1000, Math.round(100_000 * scale));
  const ways: readonly Way[] = [
    { name: "ask() and tell() on a file", mostHeapBytes, work: () => flat({ how: "ask", trials, samples }) },
    { name: "run() on a file", mostHeapBytes, work: () => flat({ how: "run", trials, samples }) },
    { name: "run() in memory", mostHeapBytes: mostInMemory, work: () => flat({ how: "run", trials, samples, inMemory: true }) },
    // Seen from outside, where no heap is told.
    { name: "hpo run with 2 workers", mostHeapBytes: 0, work: () => flatCommand(trials) },
  ];
  const judged = await inLanes(ways, async (way) => {
    const held = await way.work();
    say(figure(way.name, held));
    return { figure: figure(way.name, held), problems: problemsOf(way, held) };
  });
  return {
    counts: { trials: trials * ways.length },
    figures: judged.map((one) => one.figure),
    problems: judged.flatMap((one) => one.problems),
  };
}

function figure(name: string, { heapBytes, residentBytes, files, seconds, trials }: Held): string {
  const heap = heapBytes === undefined ? "" : `${heapBytes.toFixed(0)} bytes of heap and `;
  return `${name}: ${heap}${residentBytes.toFixed(0)} bytes resident a trial, ${files} files more (${trials} trials in ${seconds.toFixed(0)} s)`;
}

function problemsOf({ name, mostHeapBytes: most }: Way, { heapBytes = 0, files }: Held): string[] {
  return [
    ...(heapBytes > most ? [`${name}: ${heapBytes.toFixed(0)} bytes of heap a trial, must be at most ${most}`] : []),
    ...(files > 0 ? [`${name}: ${files} files more are open`] : []),
  ];
}
