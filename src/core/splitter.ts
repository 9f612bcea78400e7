import type { Rng } from "../math/rng.ts";

/** What a splitter may look at: never the features. */
export interface SplitInput {
  readonly rows: number;
  /** Class codes; null without a class target. */
  readonly classes: Int32Array | null;
  readonly groups: Int32Array | null;
  /** The predefined test fold of every row, −1 = never tested. */
  readonly folds: Int32Array | null;
}

/** One division of the rows; rows in neither part are left out of it. */
export interface Split {
  /** Ascending row indexes; disjoint from `test`. */
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** Divides rows into train and test sets, by roles and classes alone. Equal input and stream give equal splits. */
export interface Splitter {
  readonly name: string;
  /** For people: "10-fold stratified". */
  readonly label: string;
  /** Plain data for the fingerprint. */
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
  readonly needs: readonly ("classes" | "groups" | "folds")[];
  /** Rows are tested on models of earlier rows: no row may stand for another, as where rows are resampled. Left out: false. */
  readonly ordered?: boolean;
  /** How many splits `split` yields. Throws an HpoError where the input can't be split so. */
  count(input: SplitInput): number;
  split(input: SplitInput, rng: Rng): Iterable<Split>;
}
