import type { SharedMemory } from "./shared-memory.ts";

/**
 * A data set in shared memory. It is plain data: it survives `postMessage` without copying, since every typed array is
 * a view of `memory`, a shared WebAssembly memory, so that kernels work on the features in place.
 */
export interface Dataset {
  readonly name: string;
  /** Number of rows, n. */
  readonly rows: number;
  readonly features: FeatureBlock;
  /** One entry a feature column, in the block's order. */
  readonly columns: readonly Column[];
  readonly targets: readonly Target[];
  readonly roles: Roles;
  /** How features were scaled over all rows before any split; the target is never looked at. */
  readonly scaling: "none" | "min-max";
  /** SHA-256 (hex) over everything above, independent of where the data was read from. */
  readonly fingerprint: string;
  /** Holds all arrays of this data set; of one that transformers made, its features, with no room behind them. Pages after `dataEnd` are free for solvers. */
  readonly memory: SharedMemory;
  /** First byte after the data, 64-byte aligned. */
  readonly dataEnd: number;
}

/** Dense features, row-major, `rows × width`. Missing values are NaN here and set in `missing`. */
export type FeatureBlock = DenseBlock | SparseBlock | TensorBlock;

export interface DenseBlock {
  readonly kind: "dense";
  readonly width: number;
  /** Elements from one row to the next: `width` rounded up to a multiple of 4; the padding is 0. */
  readonly stride: number;
  readonly values: Float32Array | Float64Array;
  /** Byte offset of `values` in the memory. */
  readonly offset: number;
}

/** Declared for the contract; refused with a sentence until it is implemented. */
export interface SparseBlock {
  readonly kind: "sparse";
  readonly width: number;
}

/** Declared for the contract; refused with a sentence until it is implemented. */
export interface TensorBlock {
  readonly kind: "tensor";
  readonly width: number;
  readonly shape: readonly number[];
}

/** What a feature column holds: numbers, or categories with their levels. */
export type Column = NumberColumn | CategoryColumn;

export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  /** How many rows have no value. */
  readonly missing: number;
  /** One byte a row, 1 where the value is missing; null where none is. */
  readonly mask: Uint8Array | null;
}

/** A category column stands in the feature block as its level's index (NaN where missing). */
export interface CategoryColumn {
  readonly kind: "category";
  readonly name: string;
  readonly levels: readonly string[];
  readonly missing: number;
  readonly mask: Uint8Array | null;
}

/** A class target (codes index into `classes`, which are sorted) or a numeric one. */
export type Target =
  | { readonly kind: "class"; readonly name: string; readonly classes: readonly string[]; readonly codes: Int32Array }
  | { readonly kind: "number"; readonly name: string; readonly values: Float64Array };

/** What a row is besides its features. null where the data has no such role. */
export interface Roles {
  readonly weight: Float64Array | null;
  /** Dense group numbers from 0, indexes into the groups' names, which are sorted as classes are. */
  readonly group: { readonly codes: Int32Array; readonly names: readonly string[] } | null;
  /** A predefined test fold a row, from 0; -1 = never tested. */
  readonly fold: Int32Array | null;
}

/** A recipe: importing a study reads nothing; the coordinator loads it. `description` is plain data for people and hashes. */
export interface DataRecipe {
  readonly kind: "data";
  readonly description: { readonly [key: string]: unknown };
  /**
   * `folder`: what relative paths are relative to (the study file's folder).
   * `task`: how a target of numbers is to be read, where the recipe does not say it itself.
   */
  load(context: { readonly folder: string; readonly task: "classification" | "regression" }): Promise<Dataset>;
}
