import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Dataset, Target } from "#hpo/core/dataset";
import { classTable } from "../../table-data.ts";

export interface RegressionTable {
  readonly data: Dataset;
  readonly target: Extract<Target, { kind: "number" }>;
}

export function regressionTable(rows: readonly (readonly number[])[], values: readonly number[]): RegressionTable {
  const { data } = classTable(
    rows,
    rows.map(() => "row"),
  );
  const target = { kind: "number" as const, name: "y", values: Float64Array.from(values) };
  return { data: { ...data, targets: [target] }, target };
}

/** A gzipped table of numbers whose last column is the target; features scaled to [0, 1] over all rows. */
export function readRegression(file: string): RegressionTable {
  const lines = gunzipSync(readFileSync(file)).toString().trim().split("\n").slice(1);
  const rows = lines.map((line) => line.split(",").map(Number));
  const width = (rows[0]?.length ?? 1) - 1;
  const ranges = Array.from({ length: width }, (_, k) => {
    const column = rows.map((row) => row[k] as number);
    return { low: Math.min(...column), high: Math.max(...column) };
  });
  return regressionTable(
    rows.map((row) => ranges.map(({ low, high }, k) => ((row[k] as number) - low) / (high - low))),
    rows.map((row) => row[width] as number),
  );
}

/** R² of one fold. */
export function rSquared(truth: readonly number[], predicted: Float64Array): number {
  const mean = truth.reduce((sum, value) => sum + value, 0) / truth.length;
  const [residual, total] = truth.reduce<[number, number]>(
    ([r, t], value, at) => [r + (value - (predicted[at] as number)) ** 2, t + (value - mean) ** 2],
    [0, 0],
  );
  return 1 - residual / total;
}
