// The data sets of the SVM table with their folds, and what scaling by a fold's training rows makes of them.
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Dataset, DenseBlock } from "#hpo/core/dataset";
import { rng } from "#hpo/math/rng";
import { sharedData } from "../../test/shared-data.ts";
import { type ClassTable, classTable, foldPlan, readFolds, readTable } from "../../test/table-data.ts";

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

export interface Source {
  readonly file: string;
  /** Columns that are not features. */
  readonly left: readonly string[];
  /** LIBSVM's fastest and slowest cells (letter: five that span the table), as measured with --full. */
  readonly peerCells: readonly string[];
  /** LIBSVM's whole table over the sum of those cells, as measured with --full (letter: by the number of cells). */
  readonly tableOverCells: number;
  /** How often the rows stand in the data, copies with noise. */
  readonly copies: number;
}

const satellite: Source = { file: "satellite", left: ["split"], peerCells: ["2:10", "32:10"], tableOverCells: 9.76, copies: 1 };

export const sources: Readonly<Record<string, Source>> = {
  satellite,
  vowel: { file: "vowel", left: ["V1"], peerCells: ["2:10", "32:1"], tableOverCells: 11.2, copies: 1 },
  vehicle: { file: "vehicle", left: [], peerCells: ["2:10", "16:10"], tableOverCells: 13.7, copies: 1 },
  letter: {
    file: "letterrecognition",
    left: ["split"],
    peerCells: ["2:1", "2:10000", "8:100", "32:1", "32:10000"],
    tableOverCells: 5,
    copies: 1,
  },
  repeated: { ...satellite, copies: 8 },
};

/** Standard deviation of the copies' noise, in parts of a feature's range. */
const noise = 0.01;

/** A data set by its name, with the fold that tests each row. */
export interface BenchTable {
  readonly table: ClassTable;
  readonly folds: Int32Array;
}

/** Features are scaled to [0, 1] over all rows. Ten folds are the oracle's where it has some; others are dealt. */
export function loadTable(name: string, foldCount: number): BenchTable {
  const source = sources[name];
  if (source === undefined) throw new RangeError(`bench: --data must be one of ${Object.keys(sources).join(", ")}; got ${name}.`);
  const rows = readTable(tableFile(name, source), source.left);
  const folds = (foldCount === 10 ? oracleFolds(name) : undefined) ?? dealtFolds(rows, foldCount);
  if (source.copies === 1) return { table: rows, folds };
  const every = Array.from({ length: source.copies * rows.data.rows }, (_, row) => folds[row % rows.data.rows] as number);
  return { table: repeated(rows, source.copies), folds: Int32Array.from(every) };
}

/** The file of a data set, for a study; `folder` takes what is made of other rows. */
export function studyFile(name: string, { table }: BenchTable, folder: string): string {
  const source = sources[name] as Source;
  if (source.copies === 1) return tableFile(name, source);
  const { values, stride, width } = denseFeatures(table.data);
  const lines = Array.from(table.target.codes, (code, row) =>
    [...values.subarray(row * stride, row * stride + width), table.target.classes[code]].join(","),
  );
  const file = path.join(folder, `${name}.csv`);
  writeFileSync(file, [[...Array.from({ length: width }, (_, at) => `x${at + 1}`), "y"].join(","), ...lines, ""].join("\n"));
  return file;
}

export function denseFeatures({ features }: Dataset): DenseBlock {
  if (features.kind !== "dense") throw new TypeError("bench: the features must be dense.");
  return features;
}

/**
 * One data set for all folds, whose features `fill(fold)` scales by the training rows of that fold (test rows may leave [0, 1]),
 * in the same memory each time. What a solver was given of another fold is void then.
 */
export function scaledByFold({ table, folds }: BenchTable): { readonly table: ClassTable; readonly fill: (fold: number) => void } {
  const { values, stride, width } = denseFeatures(table.data);
  const source = values.slice();
  const { folds: plan } = foldPlan(folds);
  return {
    table: { ...table, data: { ...table.data, name: "scaled by fold" } },
    fill(fold) {
      for (let feature = 0; feature < width; feature++) {
        let low = Infinity;
        let high = -Infinity;
        for (const row of plan[fold]?.train ?? []) {
          const value = source[row * stride + feature] as number;
          if (value < low) low = value;
          if (value > high) high = value;
        }
        const range = high > low ? high - low : Infinity;
        for (let at = feature; at < source.length; at += stride) values[at] = ((source[at] as number) - low) / range;
      }
    },
  };
}

function tableFile(name: string, source: Source): string {
  const file =
    sharedData(`tabular/${source.file}.csv.gz`) ??
    (source.file === "satellite" ? path.join(root, "studies/data/landsat.csv.gz") : undefined);
  if (file !== undefined) return file;
  throw new Error(`bench: the data of ${name} is not there; put ../shared/data beside the checkout or set HPO_SHARED_DATA.`);
}

function oracleFolds(name: string): Int32Array | undefined {
  const file =
    name === "satellite" || name === "repeated"
      ? path.join(root, "test/oracle/svm_folds10_satellite.csv.gz")
      : sharedData(`oracles/svm_folds10_${name}.csv.gz`);
  return file === undefined ? undefined : readFolds(file);
}

/** The rows of each class dealt to the folds in turn. */
function dealtFolds({ target }: ClassTable, count: number): Int32Array {
  const next = new Int32Array(target.classes.length);
  return target.codes.map((code) => (next[code] as number)++ % count);
}

/** The rows again and again, with noise from the second time on, scaled to [0, 1] over all of them. Copies of a row share its fold. */
function repeated(table: ClassTable, copies: number): ClassTable {
  const { values, stride, width } = denseFeatures(table.data);
  const { rows } = table.data;
  const random = rng(0);
  const low = new Float64Array(width).fill(Infinity);
  const high = new Float64Array(width).fill(-Infinity);
  const all = Array.from({ length: copies * rows }, (_, at) =>
    Array.from({ length: width }, (__, feature) => {
      const value = (values[(at % rows) * stride + feature] as number) + (at < rows ? 0 : noise * random.normal());
      low[feature] = Math.min(low[feature] as number, value);
      high[feature] = Math.max(high[feature] as number, value);
      return value;
    }),
  );
  const scaled = all.map((row) =>
    row.map((value, feature) => (value - (low[feature] as number)) / ((high[feature] as number) - (low[feature] as number))),
  );
  const { classes, codes } = table.target;
  return classTable(
    scaled,
    scaled.map((_, at) => classes[codes[at % rows] as number] as string),
  );
}
