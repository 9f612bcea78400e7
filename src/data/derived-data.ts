import type { Column, Dataset, Target } from "../core/dataset.ts";
import type { FitInput, RowSet } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { SharedMemory } from "../core/shared-memory.ts";
import { fingerprint } from "./fingerprint.ts";

/** A column of a derived data set; `levels` null for numbers. */
export interface DerivedColumn {
  readonly name: string;
  readonly levels: readonly string[] | null;
}

/** All of a derived data set, as plain data whose arrays are shared: it is posted to a slot without a copy. */
export type DerivedParts = Pick<Dataset, "name" | "rows" | "features" | "columns" | "targets" | "roles" | "scaling">;

export interface DerivedInput {
  /** What errors name, such as "standardize". */
  readonly by: string;
  readonly source: Dataset;
  readonly rows: number;
  readonly columns: readonly DerivedColumn[];
  /** Writes row `at` (from 0) into `to`, one value a column; NaN is missing. `to` holds the row before. */
  readonly fill: (at: number, to: Float64Array) => void;
}

/**
 * A data set computed from another, in shared memory of its own and in the other's precision, without target and roles. O(rows × width).
 * @throws HpoError DATA_UNSUPPORTED where a value is infinite, or too large for the precision
 */
export function derivedData({ by, source, rows, columns, fill }: DerivedInput): Dataset {
  const width = columns.length;
  const stride = Math.ceil(width / 4) * 4;
  const single = source.features.kind !== "dense" || source.features.values.BYTES_PER_ELEMENT === 4;
  const buffer = new SharedArrayBuffer(rows * stride * (single ? 4 : 8));
  const values = single ? new Float32Array(buffer) : new Float64Array(buffer);
  const missing = new Uint32Array(width);
  const row = new Float64Array(width);
  for (let at = 0; at < rows; at++) {
    fill(at, row);
    for (let j = 0; j < width; j++) {
      const value = row[j] as number;
      // −0 becomes 0, as where data is read.
      values[at * stride + j] = value + 0;
      const kept = values[at * stride + j] as number;
      if (kept !== kept) missing[j] = (missing[j] as number) + 1;
      else if (kept === Infinity || kept === -Infinity) {
        throw new HpoError(
          "DATA_UNSUPPORTED",
          `${by}(): values must stay finite in ${single ? "single" : "double"} precision; column ${columns[j]?.name ?? ""} of ${source.name} gives ${value}. Scale it down first.`,
          { data: { data: source.name, column: j, value } },
        );
      }
    }
  }
  return openDerived({
    name: source.name,
    rows,
    features: { kind: "dense", width, stride, values, offset: 0 },
    columns: columns.map((column, j) => derivedColumn(column, missing[j] as number, { values, stride, rows, at: j })),
    targets: [],
    roles: { weight: null, group: null, fold: null },
    scaling: source.scaling,
  });
}

/** The same data with what a fit knows of its rows: row i has the target, weight and group of `origins[i]`, a place in `input.rows`. */
export function withOrigins(data: Dataset, { data: source, rows, target, weights }: FitInput, origins: Uint32Array): Dataset {
  const group = source.roles.group;
  const rowOf = (at: number): number => rows[at] as number;
  return openDerived({
    ...derivedParts(data),
    targets: [gathered(target, origins, rowOf)],
    roles: {
      weight: weights === null ? null : sharedFloats(origins, (at) => weights[at] as number),
      group: group === null ? null : { codes: sharedInts(origins, (at) => group.codes[rowOf(at)] as number), names: group.names },
      fold: null,
    },
  });
}

/** A data set again of its parts, in any thread. */
export function openDerived(parts: DerivedParts): Dataset {
  const { features } = parts;
  if (features.kind !== "dense") throw new TypeError("openDerived: features are dense.");
  const buffer = features.values.buffer as SharedArrayBuffer;
  const memory: SharedMemory = {
    buffer,
    grow() {
      throw new RangeError("A derived data set has no room behind it.");
    },
  };
  return Object.freeze({
    ...parts,
    // Read by nothing on the way of a fit, and O(rows × width): computed when it is asked for.
    get fingerprint() {
      return fingerprint({ ...parts, features });
    },
    memory,
    dataEnd: buffer.byteLength,
  });
}

/** What is posted of a derived data set. */
export function derivedParts({ name, rows, features, columns, targets, roles, scaling }: Dataset): DerivedParts {
  return { name, rows, features, columns, targets, roles, scaling };
}

/** Bytes of the features of a derived data set; the rest is small beside them. */
export function derivedBytes({ features }: DerivedParts): number {
  return features.kind === "dense" ? features.values.byteLength : 0;
}

/** All rows of a data set. */
export function everyRow(data: Dataset): RowSet {
  return { data, rows: Uint32Array.from({ length: data.rows }, (_, row) => row) };
}

/** All rows of a derived data set that has a target, to fit to. */
export function fitInput(data: Dataset): FitInput {
  return { ...everyRow(data), target: data.targets[0] as Target, weights: data.roles.weight };
}

interface Place {
  readonly values: Float32Array | Float64Array;
  readonly stride: number;
  readonly rows: number;
  readonly at: number;
}

function derivedColumn({ name, levels }: DerivedColumn, missing: number, { values, stride, rows, at }: Place): Column {
  let mask: Uint8Array | null = null;
  if (missing > 0) {
    mask = new Uint8Array(new SharedArrayBuffer(rows));
    for (let row = 0; row < rows; row++) if (Number.isNaN(values[row * stride + at])) mask[row] = 1;
  }
  return levels === null ? { kind: "number", name, missing, mask } : { kind: "category", name, levels, missing, mask };
}

function gathered(target: Target, origins: Uint32Array, rowOf: (at: number) => number): Target {
  const { name } = target;
  return target.kind === "class"
    ? { kind: "class", name, classes: target.classes, codes: sharedInts(origins, (at) => target.codes[rowOf(at)] as number) }
    : { kind: "number", name, values: sharedFloats(origins, (at) => target.values[rowOf(at)] as number) };
}

function sharedInts(origins: Uint32Array, valueOf: (at: number) => number): Int32Array {
  const values = new Int32Array(new SharedArrayBuffer(origins.length * 4));
  for (let i = 0; i < values.length; i++) values[i] = valueOf(origins[i] as number);
  return values;
}

function sharedFloats(origins: Uint32Array, valueOf: (at: number) => number): Float64Array {
  const values = new Float64Array(new SharedArrayBuffer(origins.length * 8));
  for (let i = 0; i < values.length; i++) values[i] = valueOf(origins[i] as number);
  return values;
}
