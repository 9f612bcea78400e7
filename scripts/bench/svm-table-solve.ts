// Our side of the SVM table, run in a process of its own.
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { svm } from "#hpo/models/svm/svm";
import type { FoldPlan, FoldResult } from "#hpo/core/estimator";
import { runSolver } from "../../test/solver-run.ts";
import { foldPlan } from "../../test/table-data.ts";
import { peakBytes, startPeak } from "./peak-memory.ts";
import { type BenchTable, scaledByFold } from "./svm-table-data.ts";
import type { Cell } from "./table-cells.ts";

export interface Ours {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  /** By cell, the class of each row in the order of the data. */
  readonly predicted: readonly (readonly number[])[];
  readonly counts: Readonly<Record<string, number>>;
  /** Resident before the solve (Node with the data), and most since. */
  readonly baseBytes: number;
  readonly peakBytes: number;
}

export interface SolveOptions {
  readonly cells: readonly Cell[];
  /** Over all rows, or over each fold's training rows: then a fold is a data set of its own. */
  readonly scaling: "all" | "fold";
  readonly memoryBytes: number;
}

/** Solves the table, from data in memory to predictions of every row. */
export function solveTable(data: BenchTable, { cells, scaling, memoryBytes }: SolveOptions): Ours {
  const { folds } = foldPlan(data.folds);
  const requests = cells.map(({ gamma, C }, index) => ({ index, options: svm({ kernel: "rbf", gamma, C }).options }));
  const { table, fill } = scaling === "fold" ? scaledByFold(data) : { table: data.table, fill: undefined };
  const solve = (plan: FoldPlan) =>
    runSolver(svmFoldSolver({ ...table, plan, weights: null, answer: "labels" }), table.data, requests, { memoryBytes, copied: false });
  const baseBytes = startPeak();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const runs =
    fill === undefined
      ? [solve({ folds })]
      : folds.map((fold, index) => {
          fill(index);
          return solve({ folds: [fold] });
        });
  const { user, system } = process.cpuUsage(cpu);
  const wallSeconds = (performance.now() - start) / 1000;
  const most = peakBytes();
  const counts: Record<string, number> = {};
  for (const run of runs) for (const [name, count] of Object.entries(run.counts)) counts[name] = (counts[name] ?? 0) + count;
  return {
    cpuSeconds: (user + system) / 1e6,
    wallSeconds,
    predicted: cells.map((_, cell) => {
      const results: readonly FoldResult[] = runs.flatMap((run, index) =>
        (run.results[cell] ?? []).map((result) => ({ ...result, fold: index + result.fold })),
      );
      const labels = new Array<number>(table.data.rows).fill(-1);
      for (const { fold, predicted } of results)
        for (const [at, row] of (folds[fold]?.test ?? []).entries()) labels[row] = predicted[at] as number;
      return labels;
    }),
    counts,
    baseBytes,
    peakBytes: most,
  };
}
