// LIBSVM beside ours: its driver compiled, fed and read.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Dataset } from "#hpo/core/dataset";
import { type BenchTable, denseFeatures, scaledByFold } from "./svm-table-data.ts";

export const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

export interface PeerCell {
  /** "gamma:C". */
  readonly cell: string;
  readonly predicted: readonly number[];
  readonly cpuSeconds: number;
}

/** The peer's program in a folder of its own, or undefined (said) where it can't be built. */
export function compilePeer(say: (line: string) => void): string | undefined {
  const program = path.join(mkdtempSync(path.join(tmpdir(), "svm-peer-")), "libsvm-cells");
  const { status, error } = spawnSync("g++", ["-O3", "-o", program, path.join(root, "scripts/bench/libsvm-cells.cpp"), "-lsvm"], {
    stdio: "ignore",
  });
  if (status === 0) return program;
  rmSync(path.dirname(program), { recursive: true, force: true });
  say(`LIBSVM is left out: its driver does not compile (${error === undefined ? "is libsvm-dev installed?" : "g++ is not there"}).`);
  return undefined;
}

/** The peer's files: one for all folds, or one a fold where each fold has its own scaling (other rows are only trained on). */
export function writePeerInputs(folder: string, data: BenchTable, scaling: "all" | "fold"): string[] {
  const write = (name: string, folds: Int32Array): string =>
    writeRows(path.join(folder, name), data.table.data, folds, data.table.target.codes);
  if (scaling === "all") return [write("rows.txt", data.folds)];
  const { fill } = scaledByFold(data);
  return Array.from({ length: Math.max(...data.folds) + 1 }, (_, fold) => {
    fill(fold);
    return write(
      `fold-${fold}.txt`,
      data.folds.map((own) => (own === fold ? 0 : -1)),
    );
  });
}

/** A file for the peer; returns its path. */
export function writeRows(file: string, data: Dataset, folds: Int32Array, targets: ArrayLike<number>): string {
  const { values, stride, width } = denseFeatures(data);
  const lines = Array.from(
    targets,
    (target, row) => `${folds[row]} ${target} ${values.subarray(row * stride, row * stride + width).join(" ")}`,
  );
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}

/** Runs the peer of regression, with half the tube's width. */
export function runPeerRegression(program: string, input: string, asked: readonly string[], epsilon: number): PeerCell[] {
  return readOutput(pinnedOutput(program, [input, asked.join(","), String(epsilon)]));
}

/** Runs the peer on the cells asked for, over all its files; `folds` says which file each row is taken from where there are several. */
export function runPeer(program: string, inputs: readonly string[], asked: readonly string[], folds: Int32Array): PeerCell[] {
  const byInput = inputs.map((input) => readOutput(pinnedOutput(program, [input, asked.join(",")])));
  const [first = []] = byInput;
  return first.map(({ cell, predicted }, at) => ({
    cell,
    predicted: inputs.length === 1 ? predicted : Array.from(folds, (fold, row) => byInput[fold]?.[at]?.predicted[row] ?? -1),
    cpuSeconds: byInput.reduce((sum, cells) => sum + (cells[at]?.cpuSeconds ?? 0), 0),
  }));
}

/** Keeps what the peer said, as its program prints it. */
export function savePeerFile(file: string, cells: readonly PeerCell[]): void {
  const lines = cells.map(({ cell, cpuSeconds, predicted }) => [cell.replace(":", " "), cpuSeconds.toFixed(3), ...predicted].join(" "));
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** What a run of the peer's program printed to a file, for a data set of so many rows. */
export function readPeerFile(file: string, rows: number): PeerCell[] {
  if (!existsSync(file)) throw new RangeError(`bench: --peer-file must be what --save-peer kept; there is no file ${file}.`);
  const cells = readOutput(readFileSync(file, "utf8"));
  const wrong = cells.find(({ predicted }) => predicted.length !== rows);
  if (wrong === undefined && cells.length > 0) return cells;
  const got = wrong === undefined ? "no line" : `${wrong.predicted.length} for γ:C = ${wrong.cell}`;
  throw new RangeError(`bench: each line of ${file} must have a label for each of the ${rows} rows; got ${got}. Is it of this data set?`);
}

function readOutput(text: string): PeerCell[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [gamma, C, cpuSeconds, ...predicted] = line.split(" ").map(Number);
      return { cell: `${gamma}:${C}`, predicted, cpuSeconds: cpuSeconds as number };
    });
}

/** Runs a program on one core where that can be had, and returns what it prints on its standard output. */
export function pinnedOutput(program: string, args: readonly string[]): string {
  const taskset = spawnSync("taskset", ["-c", "0", "true"], { stdio: "ignore" }).status === 0;
  const [command, ...rest] = taskset ? ["taskset", "-c", "0", program, ...args] : [program, ...args];
  const { status, stdout, error } = spawnSync(command, rest, {
    encoding: "utf8",
    cwd: root,
    maxBuffer: 2 ** 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new RangeError(`bench: ${path.basename(program)} ended with ${status ?? "a signal"}; what it said stands above.`);
  return stdout;
}
