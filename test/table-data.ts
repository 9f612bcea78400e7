import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import type { Dataset, Target } from "#hpo/core/dataset";
import { sharedMemory } from "#hpo/core/shared-memory";

export interface ClassTable {
  readonly data: Dataset;
  readonly target: Extract<Target, { kind: "class" }>;
}

function csvRows(file: string): Record<string, string>[] {
  const bytes = readFileSync(file);
  return parse(file.endsWith(".gz") ? gunzipSync(bytes) : bytes, { columns: true, skip_empty_lines: true });
}

/** The `fold` column of a file of folds. */
export function readFolds(file: string): Int32Array {
  return Int32Array.from(csvRows(file), (row) => Number(row["fold"]));
}

/** LIBSVM's correctly classified rows, by "gamma,C". */
export function readOracle(file: string): Map<string, number> {
  return new Map(csvRows(file).map((row) => [`${row["gamma"]},${row["C"]}`, Number(row["correct"])]));
}

/** A table whose last column is the class; features scaled to [0, 1] over all rows and rounded to f32, as the SVM oracles. */
export function readTable(file: string, left: readonly string[] = []): ClassTable {
  const rows = csvRows(file);
  const names = Object.keys(rows[0] ?? {});
  const features = names.slice(0, -1).filter((name) => !left.includes(name));
  const values = features.map((name) => rows.map((row) => Number(row[name])));
  const scaled = values.map((column) => {
    let low = Infinity;
    let high = -Infinity;
    for (const value of column) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return column.map((value) => (high > low ? (value - low) / (high - low) : 0));
  });
  const label = names.at(-1) as string;
  return classTable(
    rows.map((_, row) => scaled.map((column) => column[row] as number)),
    rows.map((row) => row[label] as string),
  );
}

/** A data set in memory from rows of numbers and class names. `precision` is what features are kept in. */
export function classTable(rows: readonly (readonly number[])[], labels: readonly string[], precision: "f32" | "f64" = "f32"): ClassTable {
  const width = rows[0]?.length ?? 0;
  const stride = Math.ceil(width / 4) * 4;
  const offset = 64;
  const bytes = rows.length * stride * (precision === "f32" ? 4 : 8);
  const dataEnd = Math.ceil((offset + bytes) / 64) * 64;
  const memory = sharedMemory(dataEnd);
  const values =
    precision === "f32"
      ? new Float32Array(memory.buffer, offset, rows.length * stride)
      : new Float64Array(memory.buffer, offset, rows.length * stride);
  for (const [at, row] of rows.entries()) values.set(row, at * stride);
  const classes = [...new Set(labels)].sort();
  const target = { kind: "class" as const, name: "y", classes, codes: Int32Array.from(labels, (label) => classes.indexOf(label)) };
  const data: Dataset = {
    name: "table",
    rows: rows.length,
    features: { kind: "dense", width, stride, values, offset },
    columns: Array.from({ length: width }, (_, at) => ({ kind: "number", name: `x${at + 1}`, missing: 0, mask: null })),
    targets: [target],
    roles: { weight: null, group: null, fold: null, time: null, coordinates: null },
    scaling: "none",
    fingerprint: createHash("sha256")
      .update(JSON.stringify([rows, labels]))
      .digest("hex"),
    memory,
    dataEnd,
  };
  return { data, target };
}

/** Train and test rows of each fold number. */
export function foldPlan(folds: Int32Array): { folds: { train: Uint32Array; test: Uint32Array }[] } {
  const count = folds.reduce((most, fold) => Math.max(most, fold), -1) + 1;
  const rows = [...folds.keys()];
  return {
    folds: Array.from({ length: count }, (_, fold) => ({
      train: Uint32Array.from(rows.filter((row) => folds[row] !== fold)),
      test: Uint32Array.from(rows.filter((row) => folds[row] === fold)),
    })),
  };
}
