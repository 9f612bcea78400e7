// The γ/C table of support vector machines: ours on one thread, and LIBSVM on the same folds in the same run.
//
//   npm run bench -- svm-table [--data satellite|vowel|vehicle|letter|repeated] [--folds 10] [--cells 8:10,2:1] [--scaling all|fold]
//                              [--memory 1GB] [--repeats 5] [--full] [--save-peer FILE | --peer-file FILE] [--walls 3] [--json]
//
// Each repeat runs ours in a fresh process, pinned to one core where taskset is there, then LIBSVM (libsvm-cells.cpp, compiled
// here; needs libsvm-dev). At the end the table runs as a study (test/fixtures/svm-table.ts) on one and on two workers, in turn.
// Options and figures are described in docs/performance.md.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { compilePeer, type PeerCell, pinnedOutput, readPeerFile, root, runPeer, savePeerFile, writePeerInputs } from "./libsvm-peer.ts";
import { readBytes } from "./peak-memory.ts";
import { type BenchTable, loadTable, type Source, sources, studyFile } from "./svm-table-data.ts";
import { tableReport } from "./svm-table-report.ts";
import { type Ours, type SolveOptions, solveTable } from "./svm-table-solve.ts";
import { cellName, readCells, readCount } from "./table-cells.ts";
import { twoWorkers, type TwoWorkers } from "./two-workers.ts";

const run = path.join(root, "scripts/bench/run.ts");

/** What a solver may take where no limit is stated. */
const freeBytes = 4e9;

interface Asked extends SolveOptions {
  readonly data: string;
  readonly source: Source;
  readonly folds: number;
  readonly repeats: number;
  /** Pairs of studies on one and on two workers. */
  readonly walls: number;
  /** The peer's cells that are run, and its table over their sum; none where a file has them. */
  readonly peerCells: readonly string[];
  readonly tableOverCells: number;
  readonly peerFile: string | undefined;
  readonly savePeer: string | undefined;
  readonly say: (line: string) => void;
}

export async function svmTable(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string", default: "satellite" },
      folds: { type: "string", default: "10" },
      cells: { type: "string" },
      scaling: { type: "string", default: "all" },
      memory: { type: "string" },
      repeats: { type: "string", default: "5" },
      full: { type: "boolean", default: false },
      "peer-file": { type: "string" },
      "save-peer": { type: "string" },
      walls: { type: "string", default: "3" },
      json: { type: "boolean", default: false },
      once: { type: "boolean", default: false },
    },
  });
  const { data: name, scaling, memory } = values;
  if (scaling !== "all" && scaling !== "fold") throw new RangeError(`bench: --scaling must be all or fold; got ${scaling}.`);
  const folds = readCount("folds", values.folds, 2);
  const data = loadTable(name, folds);
  const source = sources[name] as Source;
  const cells = readCells(values.cells);
  const memoryBytes = memory === undefined ? freeBytes : readBytes(memory);
  if (values.once) {
    console.log(JSON.stringify(solveTable(data, { cells, scaling, memoryBytes })));
    return;
  }
  // The cells that stand for the table do so with ten folds; with others they are all run.
  const everyCell = values.full || values.cells !== undefined || folds !== 10 || source.copies > 1;
  const asked: Asked = {
    data: name,
    source,
    folds,
    cells,
    scaling,
    memoryBytes,
    repeats: readCount("repeats", values.repeats, 1),
    walls: scaling === "fold" ? 0 : readCount("walls", values.walls, 0),
    peerCells: everyCell ? cells.map(cellName) : source.peerCells,
    tableOverCells: everyCell ? 1 : source.tableOverCells,
    peerFile: values["peer-file"],
    savePeer: values["save-peer"],
    say: (line) => void (values.json ? process.stderr : process.stdout).write(`${line}\n`),
  };
  const folder = mkdtempSync(path.join(tmpdir(), "svm-table-"));
  try {
    const { ours, peer } = asked.peerFile === undefined ? besidePeer(data, asked, folder) : besideFile(data, asked, asked.peerFile);
    const workers = asked.walls === 0 ? null : await studies(data, asked, folder);
    const listed = cells.filter((cell) => peer.has(cellName(cell))).length;
    const report = tableReport({
      ...asked,
      codes: data.table.target.codes,
      ours,
      peer,
      // A file may hold a part of the table; then the mean of its cells stands for the others.
      tableOverCells: asked.peerFile === undefined ? asked.tableOverCells : cells.length / listed,
      workers,
      memoryBytes: memory === undefined ? null : memoryBytes,
      byCell: everyCell || asked.peerFile !== undefined,
    });
    if (values.json) console.log(JSON.stringify(report));
    if (report.withinMemory === false) {
      console.error(
        `svm-table: the process must stay within --memory ${memory} over what it takes before the solve; see the peak above. Part of the plan's memory is not counted, or something grows beside it.`,
      );
      process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Timed = Map<string, { readonly predicted: readonly number[]; readonly seconds: number[] }>;

/** Ours and the peer in turn. */
function besidePeer(data: BenchTable, asked: Asked, folder: string): { readonly ours: readonly Ours[]; readonly peer: Timed } {
  const program = compilePeer(asked.say);
  const ours: Ours[] = [];
  const peer: Timed = new Map();
  try {
    const inputs = program === undefined ? [] : writePeerInputs(folder, data, asked.scaling);
    for (let repeat = 0; repeat < asked.repeats; repeat++) {
      ours.push(solveApart(asked));
      if (program === undefined) continue;
      const said = runPeer(program, inputs, asked.peerCells, data.folds);
      if (asked.savePeer !== undefined) savePeerFile(asked.savePeer, said);
      for (const cell of said) {
        note(peer, cell);
        asked.say(`LIBSVM  ${cell.cpuSeconds.toFixed(2)} s CPU for γ:C = ${cell.cell}`);
      }
    }
  } finally {
    if (program !== undefined) rmSync(path.dirname(program), { recursive: true, force: true });
  }
  return { ours, peer };
}

/** Ours, beside what the peer's program printed to a file before. */
function besideFile(data: BenchTable, asked: Asked, file: string): { readonly ours: readonly Ours[]; readonly peer: Timed } {
  const peer: Timed = new Map();
  const names = new Set(asked.cells.map(cellName));
  for (const cell of readPeerFile(file, data.table.data.rows)) if (names.has(cell.cell)) note(peer, cell);
  if (peer.size === 0) throw new RangeError(`bench: ${file} must hold cells of this table; it has none of ${[...names].join(", ")}.`);
  const ours = Array.from({ length: asked.repeats }, () => solveApart(asked));
  return { ours, peer };
}

function note(peer: Timed, { cell, predicted, cpuSeconds }: PeerCell): void {
  const known = peer.get(cell) ?? { predicted, seconds: [] };
  known.seconds.push(cpuSeconds);
  peer.set(cell, known);
}

/** Our table in a process of its own. */
function solveApart({ data, folds, cells, scaling, memoryBytes, say }: Asked): Ours {
  const options = { data, folds, cells: cells.map(cellName).join(","), scaling, memory: memoryBytes };
  const given = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const text = pinnedOutput(process.execPath, ["--expose-gc", "--import", "tsx", run, "svm-table", "--once", ...given]);
  const ours = JSON.parse(text) as Ours;
  const memory = `${(ours.peakBytes / 1e6).toFixed(0)} MB at most, ${(ours.baseBytes / 1e6).toFixed(0)} MB before`;
  say(`ours    ${ours.cpuSeconds.toFixed(2)} s CPU for ${cells.length} cells (${ours.wallSeconds.toFixed(2)} s wall; ${memory})`);
  return ours;
}

function studies(data: BenchTable, { data: name, source, folds, cells, walls, say }: Asked, folder: string): Promise<TwoWorkers> {
  const file = studyFile(name, data, folder);
  const table = { file, left: source.copies === 1 ? source.left : [], folds, cells: cells.map(cellName) };
  return twoWorkers(path.join(root, "test/fixtures/svm-table.ts"), {
    pairs: walls,
    environment: { SVM_TABLE: JSON.stringify(table) },
    say,
  });
}
