// The γ/C/ε table of support vector regression with 10 folds: ours on one thread, and LIBSVM's on the same folds in the same run.
//
//   npm run bench -- svr-table [--data energy|bostonhousing] [--repeats 5] [--json]
//
// γ ∈ {0.5, 2, 8} × C ∈ {1, 10, 100, 1000} × ε ∈ {0.1, 1}; features scaled to [0, 1] over all rows, the target as it is.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Estimator, FoldSolverFactory } from "#hpo/core/estimator";
import { rng } from "#hpo/math/rng";
import * as hpo from "hpo";
import { sharedData } from "../../test/shared-data.ts";
import { runSolver } from "../../test/solver-run.ts";
import { type ClassTable, foldPlan, readTable } from "../../test/table-data.ts";
import { compilePeer, pinnedOutput, root, runPeerRegression, writeRows } from "./libsvm-peer.ts";
import { cellName, median, readCount } from "./table-cells.ts";

const run = path.join(root, "scripts/bench/run.ts");
const epsilons = [0.1, 1];
const cells = [0.5, 2, 8].flatMap((gamma) => [1, 10, 100, 1000].map((C) => ({ gamma, C })));

interface NumberTable {
  readonly data: ClassTable["data"];
  readonly target: { readonly kind: "number"; readonly name: string; readonly values: Float64Array };
  readonly folds: Int32Array;
}

interface Solved {
  readonly cpuSeconds: number;
  /** By ε, then by cell: the value of each row in the order of the data. */
  readonly predicted: readonly (readonly (readonly number[])[])[];
}

export async function svrTable(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string", default: "energy" },
      repeats: { type: "string", default: "5" },
      json: { type: "boolean", default: false },
      once: { type: "boolean", default: false },
    },
  });
  regression();
  const table = load(values.data);
  if (values.once) {
    console.log(JSON.stringify(await solve(table)));
    return;
  }
  const say = (line: string): void => void (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  const repeats = readCount("repeats", values.repeats, 1);
  const program = compilePeer(say);
  const folder = mkdtempSync(path.join(tmpdir(), "svr-table-"));
  const ours: Solved[] = [];
  const peer: Solved[] = [];
  try {
    const input = writeRows(path.join(folder, "rows.txt"), table.data, table.folds, table.target.values);
    for (let repeat = 0; repeat < repeats; repeat++) {
      const text = pinnedOutput(process.execPath, ["--import", "tsx", run, "svr-table", "--once", "--data", values.data]);
      ours.push(JSON.parse(text) as Solved);
      say(`ours    ${ours.at(-1)?.cpuSeconds.toFixed(2)} s CPU`);
      if (program === undefined) continue;
      const said = epsilons.map((epsilon) => runPeerRegression(program, input, cells.map(cellName), epsilon));
      const cpuSeconds = said.flat().reduce((sum, cell) => sum + cell.cpuSeconds, 0);
      peer.push({ cpuSeconds, predicted: said.map((of) => of.map(({ predicted }) => predicted)) });
      say(`LIBSVM  ${cpuSeconds.toFixed(2)} s CPU`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (program !== undefined) rmSync(path.dirname(program), { recursive: true, force: true });
  }
  const report = compare(table, ours, peer);
  say(`${values.data}: ${JSON.stringify(report)}`);
  if (values.json) console.log(JSON.stringify({ data: values.data, ...report }));
}

function compare({ target }: NumberTable, ours: readonly Solved[], peer: readonly Solved[]) {
  const oursCpuSeconds = median(ours.map(({ cpuSeconds }) => cpuSeconds));
  const peerCpuSeconds = peer.length === 0 ? null : median(peer.map(({ cpuSeconds }) => cpuSeconds));
  const deltas = (peer[0]?.predicted ?? []).flatMap((of, at) =>
    of.map((theirs, cell) => Math.abs(r2(target.values, theirs) - r2(target.values, ours[0]?.predicted[at]?.[cell] ?? []))),
  );
  return {
    cells: cells.length * epsilons.length,
    oursCpuSeconds,
    peerCpuSeconds,
    ratio: peerCpuSeconds === null ? null : peerCpuSeconds / oursCpuSeconds,
    /** Largest difference of R² over all rows, each predicted by the fold that tests it. */
    maxR2Delta: deltas.length === 0 ? null : Math.max(...deltas),
    bestR2: Math.max(...(ours[0]?.predicted.flat() ?? []).map((predicted) => r2(target.values, predicted))),
    repeats: ours.length,
  };
}

function r2(truth: Float64Array, predicted: readonly number[]): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  let residual = 0;
  let total = 0;
  for (const [row, value] of truth.entries()) {
    residual += (value - (predicted[row] ?? NaN)) ** 2;
    total += (value - mean) ** 2;
  }
  return 1 - residual / total;
}

function load(name: string): NumberTable {
  if (name !== "energy" && name !== "bostonhousing") throw new RangeError(`bench: --data must be energy or bostonhousing; got ${name}.`);
  const file = sharedData(`regression/${name}.csv.gz`);
  if (file === undefined)
    throw new Error(`bench: the data of ${name} is not there; put ../shared/data beside the checkout or set HPO_SHARED_DATA.`);
  const { data, target } = readTable(file);
  const values = Float64Array.from(target.codes, (code) => Number(target.classes[code]));
  const folds = rng(0)
    .shuffle(Int32Array.from({ length: data.rows }, (_, row) => row))
    .map((row) => row % 10);
  const number = { kind: "number" as const, name: "y", values };
  return { data: { ...data, targets: [number] }, target: number, folds };
}

async function solve({ data, target, folds }: NumberTable): Promise<Solved> {
  const requests = epsilons.flatMap((epsilon) => cells.map(({ gamma, C }) => ({ kernel: "rbf", gamma, C, epsilon })));
  const estimators = requests.map(regression());
  const solver = estimators[0]?.solver;
  if (solver === undefined) throw new RangeError("svr-table: svr() must have a solver that shares work; it has none.");
  const factory = ((await import(solver.module)) as Record<string, FoldSolverFactory>)[solver.export] as FoldSolverFactory;
  const plan = foldPlan(folds);
  const cpu = process.cpuUsage();
  const { results } = runSolver(
    factory({ data, target, plan, weights: null, answer: "labels" }),
    data,
    estimators.map(({ options }, index) => ({ index, options })),
  );
  const { user, system } = process.cpuUsage(cpu);
  const predicted = results.map((of) => {
    const values = new Array<number>(data.rows).fill(NaN);
    for (const { fold, predicted: some } of of)
      for (const [at, row] of (plan.folds[fold]?.test ?? []).entries()) values[row] = some[at] as number;
    return values;
  });
  return {
    cpuSeconds: (user + system) / 1e6,
    predicted: epsilons.map((_, at) => predicted.slice(at * cells.length, (at + 1) * cells.length)),
  };
}

/** `svr()` of the package, which may not have it yet. */
function regression(): (options: Readonly<Record<string, unknown>>) => Estimator {
  const found = (hpo as Readonly<Record<string, unknown>>)["svr"];
  if (typeof found !== "function") throw new RangeError("svr-table: the package has no svr() yet.");
  return found as (options: Readonly<Record<string, unknown>>) => Estimator;
}
