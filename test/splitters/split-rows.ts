import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { SplitInput, Splitter } from "#hpo/core/splitter";
import { rng } from "#hpo/math/rng";
import { sharedData } from "../shared-data.ts";

/** Rows with the given classes and groups. */
export function rowsOf(given: {
  classes?: readonly number[];
  groups?: readonly number[];
  folds?: readonly number[];
  times?: readonly number[];
  coordinates?: readonly (readonly number[])[];
  rows?: number;
}): SplitInput {
  const codes = (values: readonly number[] | undefined): Int32Array | null => (values === undefined ? null : Int32Array.from(values));
  const rows = given.rows ?? (given.classes ?? given.groups ?? given.folds ?? given.times ?? given.coordinates?.[0] ?? []).length;
  return {
    rows,
    classes: codes(given.classes),
    groups: codes(given.groups),
    folds: codes(given.folds),
    times: given.times === undefined ? null : Float64Array.from(given.times),
    coordinates: given.coordinates?.map((axis) => Float64Array.from(axis)) ?? null,
  };
}

/** The test fold of every row, −1 where none. */
export function testFolds(splitter: Splitter, input: SplitInput, seed = 0): number[] {
  const foldOf = Array.from({ length: input.rows }, () => -1);
  let fold = 0;
  for (const { test } of splitter.split(input, rng(seed))) {
    for (const row of test) foldOf[row] = fold;
    fold++;
  }
  return foldOf;
}

interface SplitsOracle {
  readonly folds: readonly {
    readonly folds: number;
    readonly classes: readonly number[];
    readonly groups: readonly number[];
    readonly expected: Readonly<Record<string, string | null>>;
  }[];
  readonly argsort: readonly { readonly values: readonly number[]; readonly order: readonly number[] }[];
}

/** scikit-learn's folds of random rows; see splits_oracle.py. */
export const splitsOracle: SplitsOracle = JSON.parse(readFileSync(new URL("../oracle/splits_oracle.json", import.meta.url), "utf8"));

/** Sets with folds by scikit-learn: name, data file, column of groups. */
export const oracleSets = [
  { name: "satellite", file: "tabular/satellite.csv.gz", group: null },
  { name: "soybean", file: "tabular/soybean.csv.gz", group: null },
  { name: "vowel", file: "tabular/vowel.csv.gz", group: "V1" },
  { name: "plankton_by_day", file: "plankton/meta.csv.gz", group: "day" },
] as const;

/** The rows of a set, and the test fold of each by scikit-learn; undefined where the data is absent. */
export function oracleRows(set: (typeof oracleSets)[number], column: string): { input: SplitInput; expected: number[] } | undefined {
  const file = sharedData(set.file);
  const folds = sharedData(`oracles/folds_${set.name}.csv.gz`);
  if (file === undefined || folds === undefined) return undefined;
  const data = readColumns(file);
  const classes = codes(data("y"));
  const groups = set.group === null ? undefined : codes(data(set.group));
  return { input: rowsOf({ classes, ...(groups && { groups }) }), expected: readColumns(folds)(column).map(Number) };
}

export function readColumns(file: string): (name: string) => string[] {
  const lines = gunzipSync(readFileSync(file)).toString("utf8").trimEnd().split("\n");
  const [head = [], ...rows] = lines.map((line) => line.split(","));
  return (name) => rows.map((row) => row[head.indexOf(name)] ?? "");
}

/** Codes in the order of the sorted values: by number where all are numbers, else by text. */
function codes(values: readonly string[]): number[] {
  const numeric = values.every((value) => Number.isFinite(Number(value)));
  const sorted = [...new Set(values)].sort(numeric ? (a, b) => Number(a) - Number(b) : undefined);
  const numbers = new Map(sorted.map((value, code) => [value, code]));
  return values.map((value) => numbers.get(value) as number);
}
