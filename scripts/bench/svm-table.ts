// The γ/C table of support vector machines with 10 folds: ours on one thread, and LIBSVM on the same folds in the same run.
//
//   npm run bench -- svm-table [--data satellite|vowel|vehicle|letter] [--repeats 3] [--full] [--json]
//
// Each repeat runs ours in a fresh process, pinned to one core where taskset is there, then LIBSVM (../shared/peers/libsvm_table.cpp,
// compiled here; needs libsvm-dev): by default on the cells that are its fastest and its slowest, with --full on all 25.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { svm } from "#hpo/models/svm/svm";
import { correctRows, runSolver } from "../../test/solver-run.ts";
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
  letter: { file: "letterrecognition", left: ["split"], peerCells: ["2:1", "2:10000", "8:100", "32:1", "32:10000"], tableOverCells: 5 },
};

interface Ours {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly correct: readonly number[];
  readonly counts: Readonly<Record<string, number>>;
}

interface PeerCell {
  readonly cell: string;
  readonly correct: number;
  readonly cpuSeconds: number;
}

export async function svmTable(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string", default: "satellite" },
      repeats: { type: "string", default: "3" },
      full: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      once: { type: "boolean", default: false },
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
  const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const peer = values.full || source.peerCells.length > 0 ? compilePeer(say) : undefined;
  const folder = mkdtempSync(path.join(tmpdir(), "svm-table-"));
  const ours: Ours[] = [];
  const theirs = new Map<string, { correct: number; seconds: number[] }>();
  try {
    const input = path.join(folder, "rows.txt");
    if (peer !== undefined) writePeerInput(input, table, folds);
    const asked = values.full ? cells.map(({ gamma, C }) => `${gamma}:${C}`) : source.peerCells;
    for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
      ours.push(JSON.parse(pinned(process.execPath, ["--import", "tsx", run, "svm-table", "--once", "--data", values.data])) as Ours);
      say(`ours    ${ours.at(-1)?.cpuSeconds.toFixed(2)} s CPU for 25 cells`);
      if (peer === undefined) continue;
      for (const { cell, correct, cpuSeconds } of runPeer(peer, input, asked)) {
        const known = theirs.get(cell) ?? { correct, seconds: [] };
        known.seconds.push(cpuSeconds);
        theirs.set(cell, known);
        say(`LIBSVM  ${cpuSeconds.toFixed(2)} s CPU for γ:C = ${cell}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (peer !== undefined) rmSync(path.dirname(peer), { recursive: true, force: true });
  }
  report({ data: values.data, ours, theirs, full: values.full, tableOverCells: source.tableOverCells, json: values.json, say });
}

function report(input: {
  readonly data: string;
  readonly ours: readonly Ours[];
  readonly theirs: ReadonlyMap<string, { readonly correct: number; readonly seconds: readonly number[] }>;
  readonly full: boolean;
  readonly tableOverCells: number;
  readonly json: boolean;
  readonly say: (line: string) => void;
}): void {
  const { data, ours, theirs, full, json, say, tableOverCells } = input;
  const oursCpuSeconds = median(ours.map(({ cpuSeconds }) => cpuSeconds));
  const peerSeconds = [...theirs.values()].map(({ seconds }) => median(seconds));
  const measured = peerSeconds.length > 0;
  const total = peerSeconds.reduce((sum, seconds) => sum + seconds, 0);
  const peerCpuSeconds = !measured ? null : full ? total : total * tableOverCells;
  const deltas = [...theirs].map(([cell, { correct }]) => {
    const at = cells.findIndex(({ gamma, C }) => `${gamma}:${C}` === cell);
    return Math.abs((ours[0]?.correct[at] as number) - correct);
  });
  const result = {
    data,
    oursCpuSeconds,
    peerCpuSeconds,
    /** The peer's table is computed from the cells that were run. */
    peerEstimated: measured && !full,
    ratio: peerCpuSeconds === null ? null : peerCpuSeconds / oursCpuSeconds,
    fastestPeerCellSeconds: measured ? Math.min(...peerSeconds) : null,
    slowestPeerCellSeconds: measured ? Math.max(...peerSeconds) : null,
    maxRowDelta: measured ? Math.max(...deltas) : null,
    repeats: ours.length,
    counts: ours[0]?.counts,
  };
  say(`${data}: ours ${oursCpuSeconds.toFixed(2)} s CPU for the table of 25 cells × 10 folds, one thread, median of ${ours.length}`);
  if (measured) {
    say(
      `LIBSVM: ${total.toFixed(1)} s for ${theirs.size} cells${full ? "" : `, so about ${peerCpuSeconds?.toFixed(0)} s for the table`}; cells ${result.fastestPeerCellSeconds?.toFixed(2)} to ${result.slowestPeerCellSeconds?.toFixed(2)} s`,
    );
    if (result.ratio !== null) say(`ratio ${result.ratio.toFixed(1)}`);
    say(`rows classified otherwise, net, at most: ${result.maxRowDelta}`);
  }
  if (json) console.log(JSON.stringify(result));
}

function load(name: string, source: Source): { readonly table: ClassTable; readonly folds: Int32Array } {
  const file =
    sharedData(`tabular/${source.file}.csv.gz`) ?? (name === "satellite" ? path.join(root, "studies/data/landsat.csv.gz") : undefined);
  if (file === undefined)
    throw new Error(`svm-table: ${source.file}.csv.gz is not there; put ../shared/data beside the checkout or set HPO_SHARED_DATA.`);
  const table = readTable(file, source.left);
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
    correct: results.map((cell) => correctRows(cell, target.codes, plan.folds)),
    counts,
  };
}

/** The peer's program in a folder of its own, or undefined (said) where it can't be built. */
function compilePeer(say: (line: string) => void): string | undefined {
  const source = path.join(
    path.dirname(sharedData("README.md") ?? path.join(root, "../shared/data/README.md")),
    "../peers/libsvm_table.cpp",
  );
  if (!existsSync(source)) {
    say("LIBSVM is left out: ../shared/peers/libsvm_table.cpp is not beside this checkout.");
    return undefined;
  }
  const program = path.join(mkdtempSync(path.join(tmpdir(), "svm-peer-")), "libsvm_table");
  const { status, error } = spawnSync("g++", ["-O3", "-o", program, source, "-lsvm"], { stdio: "ignore" });
  if (status === 0) return program;
  rmSync(path.dirname(program), { recursive: true, force: true });
  say(`LIBSVM is left out: its driver does not compile (${error === undefined ? "is libsvm-dev installed?" : "g++ is not there"}).`);
  return undefined;
}

function writePeerInput(file: string, { data, target }: ClassTable, folds: Int32Array): void {
  if (data.features.kind !== "dense") return;
  const { values, stride, width } = data.features;
  const lines = Array.from(
    { length: data.rows },
    (_, row) => `${folds[row]} ${target.codes[row]} ${values.subarray(row * stride, row * stride + width).join(" ")}`,
  );
  writeFileSync(file, `${lines.join("\n")}\n`);
}

function runPeer(program: string, input: string, asked: readonly string[]): PeerCell[] {
  return pinned(program, [input, asked.join(",")])
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => {
      const [gamma, C, correct, , seconds] = line.split(",").map(Number);
      return { cell: `${gamma}:${C}`, correct: correct as number, cpuSeconds: seconds as number };
    });
}

/** Runs a program on one core where that can be had, and returns what it prints. */
function pinned(program: string, args: readonly string[]): string {
  const taskset = spawnSync("taskset", ["-c", "0", "true"], { stdio: "ignore" }).status === 0;
  const command = taskset ? ["taskset", "-c", "0", program, ...args] : [program, ...args];
  return execFileSync(command[0] as string, command.slice(1), {
    encoding: "utf8",
    cwd: root,
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
