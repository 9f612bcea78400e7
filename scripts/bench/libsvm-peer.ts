// LIBSVM beside ours: its driver compiled, fed and read.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { ClassTable } from "../../test/table-data.ts";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

export interface PeerCell {
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

export function writePeerInput(file: string, { data, target }: ClassTable, folds: Int32Array): void {
  if (data.features.kind !== "dense") return;
  const { values, stride, width } = data.features;
  const lines = Array.from(
    { length: data.rows },
    (_, row) => `${folds[row]} ${target.codes[row]} ${values.subarray(row * stride, row * stride + width).join(" ")}`,
  );
  writeFileSync(file, `${lines.join("\n")}\n`);
}

export function runPeer(program: string, input: string, asked: readonly string[]): PeerCell[] {
  return pinnedOutput(program, [input, asked.join(",")])
    .trim()
    .split("\n")
    .map((line) => {
      const [gamma, C, cpuSeconds, ...predicted] = line.split(" ").map(Number);
      return { cell: `${gamma}:${C}`, predicted, cpuSeconds: cpuSeconds as number };
    });
}

/** Runs a program on one core where that can be had, and returns what it prints. */
export function pinnedOutput(program: string, args: readonly string[]): string {
  const taskset = spawnSync("taskset", ["-c", "0", "true"], { stdio: "ignore" }).status === 0;
  const command = taskset ? ["taskset", "-c", "0", program, ...args] : [program, ...args];
  return programOutput(command[0] as string, command.slice(1));
}

/** What a program prints on its standard output. */
export function programOutput(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: "utf8", cwd: root, maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "inherit"] });
}
