// What the SVM table's runs amount to: lines for people, and one object.
import type { Ours } from "./svm-table-solve.ts";
import { type Cell, cellName, median } from "./table-cells.ts";
import type { TwoWorkers } from "./two-workers.ts";

/** What LIBSVM said and took, by "gamma:C". */
export type Peer = ReadonlyMap<string, { readonly predicted: readonly number[]; readonly seconds: readonly number[] }>;

export interface ReportInput {
  readonly data: string;
  readonly scaling: "all" | "fold";
  readonly folds: number;
  readonly cells: readonly Cell[];
  /** Class of each row. */
  readonly codes: Int32Array;
  /** At least one. */
  readonly ours: readonly Ours[];
  readonly peer: Peer;
  /** The peer's table over the sum of its cells. */
  readonly tableOverCells: number;
  readonly workers: TwoWorkers | null;
  /** The stated limit, or null where there is none. */
  readonly memoryBytes: number | null;
  /** A line for each cell. */
  readonly byCell: boolean;
  readonly say: (line: string) => void;
}

export interface TableReport {
  readonly [member: string]: unknown;
  /** Our process stayed within the stated limit. */
  readonly withinMemory: boolean | null;
}

export function tableReport(input: ReportInput): TableReport {
  const { data, cells, ours, peer, tableOverCells, workers, memoryBytes, say } = input;
  const oursCpuSeconds = median(ours.map(({ cpuSeconds }) => cpuSeconds));
  const seconds = [...peer.values()].map((one) => median(one.seconds));
  const measured = seconds.length > 0;
  const total = seconds.reduce((sum, one) => sum + one, 0);
  const peerCpuSeconds = measured ? total * tableOverCells : null;
  const ratio = peerCpuSeconds === null ? null : peerCpuSeconds / oursCpuSeconds;
  const likeness = compare(input);
  const memory = memoryOf(ours);
  const withinMemory = memoryBytes === null ? null : memory.peak <= memoryBytes + memory.base;
  const fastest = measured ? Math.min(...seconds) : null;

  const scaled = input.scaling === "fold" ? ", scaled by each fold's training rows" : "";
  const share = `${cells.length} ${cells.length === 1 ? "cell" : "cells"} × ${input.folds} folds`;
  say(`${data}: ours ${oursCpuSeconds.toFixed(2)} s CPU for ${share}${scaled}, one thread, median of ${ours.length}`);
  if (peerCpuSeconds !== null) {
    const estimate = tableOverCells === 1 ? "" : `, so about ${peerCpuSeconds.toFixed(0)} s for all ${cells.length}`;
    say(`LIBSVM: ${total.toFixed(1)} s for ${peer.size} cells${estimate}; fastest ${fastest?.toFixed(2)} s; ratio ${ratio?.toFixed(1)}`);
    say(
      `rows correct: at most ${likeness.maxRowDelta} more or fewer in a cell; predicted differently: ${(100 * likeness.disagreement).toFixed(4)} %`,
    );
  }
  if (workers !== null) {
    const gained = `${workers.speedup.toFixed(2)} as a study, ${workers.solveSpeedup.toFixed(2)} in its tasks alone`;
    say(`two workers over one: ${gained}; CPU seconds ${workers.cpuRatio.toFixed(2)}`);
    const others = workers.othersCores === null ? "" : `; others took ${workers.othersCores.toFixed(2)} cores meanwhile`;
    say(`the machine: two threads of arithmetic over one ${workers.capacity.toFixed(2)}${others}`);
  }
  const study = workers === null ? "" : `; of the study with two workers ${megabytes(workers.peakBytes).toFixed(0)} MB`;
  say(`memory: most ${megabytes(memory.peak).toFixed(0)} MB, of which ${megabytes(memory.base).toFixed(0)} MB before the solve${study}`);
  return {
    data,
    scaling: input.scaling,
    cells: cells.length,
    folds: input.folds,
    oursCpuSeconds,
    peerCpuSeconds,
    ratio,
    fastestPeerCellSeconds: fastest,
    maxRowDelta: measured ? likeness.maxRowDelta : null,
    disagreement: measured ? likeness.disagreement : null,
    twoWorkerSpeedup: workers?.speedup ?? null,
    twoWorkerSolveSpeedup: workers?.solveSpeedup ?? null,
    twoWorkerCpuRatio: workers?.cpuRatio ?? null,
    twoCoreCapacity: workers?.capacity ?? null,
    othersCores: workers?.othersCores ?? null,
    peakMegabytes: megabytes(memory.peak),
    baseMegabytes: megabytes(memory.base),
    twoWorkerPeakMegabytes: workers === null ? null : megabytes(workers.peakBytes),
    memoryLimitMegabytes: memoryBytes === null ? null : megabytes(memoryBytes),
    withinMemory,
    peerCells: peer.size,
    /** The peer's table is computed from the cells that were run. */
    peerEstimated: measured && tableOverCells !== 1,
    slowestPeerCellSeconds: measured ? Math.max(...seconds) : null,
    repeats: ours.length,
    counts: ours[0]?.counts,
  };
}

/** The peak of the run that took most over its base. */
function memoryOf(ours: readonly Ours[]): { readonly base: number; readonly peak: number } {
  const runs = ours.map(({ baseBytes, peakBytes }) => ({ base: baseBytes, peak: peakBytes }));
  return runs.reduce((most, run) => (run.peak - run.base > most.peak - most.base ? run : most));
}

function compare({ cells, codes, ours, peer, byCell, say }: ReportInput): { readonly maxRowDelta: number; readonly disagreement: number } {
  let compared = 0;
  let different = 0;
  let maxRowDelta = 0;
  for (const [index, cell] of cells.entries()) {
    const theirs = peer.get(cellName(cell));
    if (theirs === undefined) continue;
    const mine = ours[0]?.predicted[index] ?? [];
    let correct = 0;
    let peerCorrect = 0;
    let differentHere = 0;
    for (const [row, code] of codes.entries()) {
      correct += Number(mine[row] === code);
      peerCorrect += Number(theirs.predicted[row] === code);
      differentHere += Number(mine[row] !== theirs.predicted[row]);
    }
    compared += codes.length;
    different += differentHere;
    maxRowDelta = Math.max(maxRowDelta, Math.abs(correct - peerCorrect));
    if (byCell) {
      const rows = `${correct} rows correct, LIBSVM ${peerCorrect}, ${differentHere} predicted differently`;
      say(`γ:C = ${cellName(cell)}: ${rows}; LIBSVM ${median(theirs.seconds).toFixed(2)} s`);
    }
  }
  return { maxRowDelta, disagreement: compared === 0 ? 0 : different / compared };
}

function megabytes(bytes: number): number {
  return bytes / 1e6;
}
