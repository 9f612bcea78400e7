// The γ/C table of support vector machines with 10 folds: ours on one thread, and LIBSVM on the same folds in the same run.
//
//   npm run bench -- svm-table [--data satellite|vowel|vehicle|letter] [--repeats 3] [--full] [--json]
//
// Each repeat runs ours in a fresh process, pinned to one core where taskset is there, then LIBSVM (libsvm-cells.cpp, compiled
// here; needs libsvm-dev): by default on the cells that are its fastest and its slowest, with --full on all 25. At the end the table runs
// as a study (test/fixtures/svm-table.ts) on one and on two workers. What the figures mean stands in docs/performance.md.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { svm } from "#hpo/models/svm/svm";
import { openStudy } from "hpo";
import { runSolver } from "../../test/solver-run.ts";
import { compilePeer, pinnedOutput, programOutput, runPeer, writePeerInput } from "./libsvm-peer.ts";
import { sharedData } from "../../test/shared-data.ts";
import { type ClassTable, foldPlan, readFolds, readTable } from "../../test/table-data.ts";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const run = path.join(root, "scripts/bench/run.ts");
const gammas = [2, 4, 8, 16, 32];
const costs = [1, 10, 100, 1000, 10000];
const cells = gammas.flatMap((gamma) => costs.map((C) => ({ gamma, C })));

interface Source {
  readonly file: string;
  /** Columns that are not features. */
  readonly left: readonly string[];
  /** LIBSVM's fastest and slowest cells (letter: five that span the table), as measured with --full. */
  readonly peerCells: readonly string[];
  /** LIBSVM's whole table over the sum of those cells, as measured with --full (letter: by the number of cells). */
  readonly tableOverCells: number;
}

const sources: Readonly<Record<string, Source>> = {
  satellite: { file: "satellite", left: ["split"], peerCells: ["2:10", "32:10"], tableOverCells: 9.76 },
  vowel: { file: "vowel", left: ["V1"], peerCells: ["2:10", "32:1"], tableOverCells: 11.2 },
  vehicle: { file: "vehicle", left: [], peerCells: ["2:10", "16:10"], tableOverCells: 13.7 },
  letter: {
    file: "letterrecognition",

    left: ["split"],
    peerCells: ["2:1", "2:10000", "8:100", "32:1", "32:10000"],
    tableOverCells: 5,
  },
};

interface Ours {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** By cell, the class of each row in the order of the data. */
  readonly predicted: readonly (readonly number[])[];
  readonly counts: Readonly<Record<string, number>>;
  /** Most resident memory of the process. */
  readonly peakMegabytes: number;
}

/** What LIBSVM said and took, by "gamma:C". */
type Peer = ReadonlyMap<string, { readonly predicted: readonly number[]; readonly seconds: readonly number[] }>;

export async function svmTable(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string", default: "satellite" },
      repeats: { type: "string", default: "3" },
      full: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      once: { type: "boolean", default: false },
      walls: { type: "boolean", default: false },
    },
  });
  const source = sources[values.data];
  if (source === undefined)
    throw new RangeError(`svm-table: --data must be one of ${Object.keys(sources).join(", ")}; got ${values.data}.`);
  const { table, folds } = load(values.data, source);
  if (values.once) {
    console.log(JSON.stringify(solve(table, folds)));
    return;
  }
  if (values.walls) {
    console.log(JSON.stringify(await walls(tableFile(values.data, source), source)));
    return;
  }
  const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const peer = compilePeer(say);
  const folder = mkdtempSync(path.join(tmpdir(), "svm-table-"));
  const ours: Ours[] = [];
  const theirs = new Map<string, { predicted: readonly number[]; seconds: number[] }>();
  try {
    const input = path.join(folder, "rows.txt");
    if (peer !== undefined) writePeerInput(input, table, folds);
    const asked = values.full ? cells.map(({ gamma, C }) => `${gamma}:${C}`) : source.peerCells;
    for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
      ours.push(JSON.parse(pinnedOutput(process.execPath, ["--import", "tsx", run, "svm-table", "--once", "--data", values.data])) as Ours);
      say(`ours    ${ours.at(-1)?.cpuSeconds.toFixed(2)} s CPU for 25 cells`);
      if (peer === undefined) continue;
      for (const { cell, predicted, cpuSeconds } of runPeer(peer, input, asked)) {
        const known = theirs.get(cell) ?? { predicted, seconds: [] };
        known.seconds.push(cpuSeconds);
        theirs.set(cell, known);
        say(`LIBSVM  ${cpuSeconds.toFixed(2)} s CPU for γ:C = ${cell}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (peer !== undefined) rmSync(path.dirname(peer), { recursive: true, force: true });
  }
  const again = JSON.parse(
    programOutput(process.execPath, ["--import", "tsx", run, "svm-table", "--walls", "--data", values.data]),
  ) as number[];
  const twoWorkerSpeedup = (again[0] as number) / (again[1] as number);
  say(`as a study: ${again.map((seconds) => `${seconds.toFixed(1)} s`).join(" on one worker, ")} on two, wall, loading and start included`);
  report({
    data: values.data,
    codes: table.target.codes,
    ours,
    theirs,
    twoWorkerSpeedup,
    full: values.full,
    tableOverCells: source.tableOverCells,
    json: values.json,
    say,
  });
}

function report(input: {
  readonly data: string;
  readonly codes: Int32Array;
  readonly ours: readonly Ours[];
  readonly theirs: Peer;
  readonly twoWorkerSpeedup: number;
  readonly full: boolean;
  readonly tableOverCells: number;
  readonly json: boolean;
  readonly say: (line: string) => void;
}): void {
  const { data, codes, ours, theirs, twoWorkerSpeedup, full, json, say, tableOverCells } = input;
  const oursCpuSeconds = median(ours.map(({ cpuSeconds }) => cpuSeconds));
  const peerSeconds = [...theirs.values()].map(({ seconds }) => median(seconds));
  const measured = peerSeconds.length > 0;
  const total = peerSeconds.reduce((sum, seconds) => sum + seconds, 0);
  const peerCpuSeconds = !measured ? null : full ? total : total * tableOverCells;
  let compared = 0;
  let different = 0;
  let maxRowDelta = 0;
  for (const [cell, { predicted }] of theirs) {
    const mine = ours[0]?.predicted[cells.findIndex(({ gamma, C }) => `${gamma}:${C}` === cell)] ?? [];
    let net = 0;
    for (const [row, code] of codes.entries()) {
      compared++;
      if (mine[row] !== predicted[row]) different++;
      net += Number(mine[row] === code) - Number(predicted[row] === code);
    }
    maxRowDelta = Math.max(maxRowDelta, Math.abs(net));
  }
  const result = {
    data,
    oursCpuSeconds,
    peerCpuSeconds,
    ratio: peerCpuSeconds === null ? null : peerCpuSeconds / oursCpuSeconds,
    fastestPeerCellSeconds: measured ? Math.min(...peerSeconds) : null,
    maxRowDelta: measured ? maxRowDelta : null,
    disagreement: measured ? different / compared : null,
    twoWorkerSpeedup,
    peakMegabytes: Math.max(...ours.map(({ peakMegabytes }) => peakMegabytes)),
    /** The peer's table is computed from the cells that were run. */
    peerEstimated: measured && !full,
    slowestPeerCellSeconds: measured ? Math.max(...peerSeconds) : null,
    repeats: ours.length,
    counts: ours[0]?.counts,
  };
  say(`${data}: ours ${oursCpuSeconds.toFixed(2)} s CPU for the table of 25 cells × 10 folds, one thread, median of ${ours.length}`);
  if (measured) {
    const estimate = full ? "" : `, so about ${peerCpuSeconds?.toFixed(0)} s for the table`;
    say(`LIBSVM: ${total.toFixed(1)} s for ${theirs.size} cells${estimate}; fastest ${result.fastestPeerCellSeconds?.toFixed(2)} s`);
    say(`ratio ${result.ratio?.toFixed(1)}`);
    say(
      `rows correct: at most ${maxRowDelta} more or fewer in a cell; predicted differently: ${((100 * different) / compared).toFixed(3)} %`,
    );
  }
  say(`two workers over one: ${twoWorkerSpeedup.toFixed(2)}; most memory ${result.peakMegabytes.toFixed(0)} MB`);
  if (json) console.log(JSON.stringify(result));
}

/** Wall seconds of the table as a study, on one worker and on two, each in a database of its own. */
async function walls(file: string, { left }: Source): Promise<number[]> {
  process.env["SVM_TABLE"] = JSON.stringify({ file, left });
  const folder = mkdtempSync(path.join(tmpdir(), "svm-walls-"));
  const seconds: number[] = [];
  try {
    for (const workers of [1, 2]) {
      const start = performance.now();
      const study = await openStudy(path.join(root, "test/fixtures/svm-table.ts"), {
        database: path.join(folder, `${workers}.sqlite`),
      });
      const { state } = await study.run({ workers });
      await study.close();
      if (state !== "complete") throw new Error(`svm-table: the study with ${workers} workers ended ${state}.`);
      seconds.push((performance.now() - start) / 1000);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return seconds;
}

function tableFile(name: string, source: Source): string {
  const file =
    sharedData(`tabular/${source.file}.csv.gz`) ?? (name === "satellite" ? path.join(root, "studies/data/landsat.csv.gz") : undefined);
  if (file === undefined)
    throw new Error(`svm-table: ${source.file}.csv.gz is not there; put ../shared/data beside the checkout or set HPO_SHARED_DATA.`);
  return file;
}

function load(name: string, source: Source): { readonly table: ClassTable; readonly folds: Int32Array } {
  const table = readTable(tableFile(name, source), source.left);
  const split =
    name === "satellite" ? path.join(root, "test/oracle/svm_folds10_satellite.csv.gz") : sharedData(`oracles/svm_folds10_${name}.csv.gz`);
  return { table, folds: split === undefined ? dealtFolds(table) : readFolds(split) };
}

/** The rows of each class dealt to ten folds in turn. */
function dealtFolds({ target }: ClassTable): Int32Array {
  const next = new Int32Array(target.classes.length);
  return target.codes.map((code) => (next[code] as number)++ % 10);
}

function solve({ data, target }: ClassTable, folds: Int32Array): Ours {
  const plan = foldPlan(folds);
  const requests = cells.map(({ gamma, C }, index) => ({ index, options: svm({ kernel: "rbf", gamma, C }).options }));
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { results, counts } = runSolver(svmFoldSolver({ data, target, plan, weights: null, answer: "labels" }), data, requests);
  const { user, system } = process.cpuUsage(cpu);
  return {
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: (performance.now() - start) / 1000,
    predicted: results.map((cell) => {
      const labels = new Array<number>(data.rows).fill(-1);
      for (const { fold, predicted } of cell)
        for (const [at, row] of (plan.folds[fold]?.test ?? []).entries()) labels[row] = predicted[at] as number;
      return labels;
    }),
    counts,
    peakMegabytes: process.resourceUsage().maxRSS / 1024,
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
