import type { Rng } from "../math/rng.ts";

/** What a splitter may look at: never the features. */
export interface SplitInput {
  readonly rows: number;
  /** Class codes; null without a class target. */
  readonly classes: Int32Array | null;
  readonly groups: Int32Array | null;
  /** The predefined test fold of every row, −1 = never tested. */
  readonly folds: Int32Array | null;
  /** When each row was, in any unit. */
  readonly times: Float64Array | null;
  /** Where each row was: one list an axis. */
  readonly coordinates: readonly Float64Array[] | null;
}

/** One division of the rows; rows in neither part are left out of it. */
export interface Split {
  /** Ascending row indexes; disjoint from `test`. A row is named more than once only where the splitter draws with replacement. */
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
  readonly needs: readonly ("classes" | "groups" | "folds" | "coordinates")[];
  /** Rows are tested on models of earlier rows: no row may stand for another, as where rows are resampled. Left out: false. */
  readonly ordered?: boolean;
  /** Training rows are drawn with replacement, so that a row may stand in `train` more than once. Left out: false. */
  readonly replacement?: boolean;
  /** false where the stream is not looked at, so that every stream gives the same splits. Left out: true. */
  readonly random?: boolean;
  /** How many times the rows are divided anew: the splits are as many blocks of equal length, one a repeat. Left out: 1. */
  readonly repeats?: number;
  /** How many splits `split` yields. Throws an HpoError where the input can't be split so. */
  count(input: SplitInput): number;
  split(input: SplitInput, rng: Rng): Iterable<Split>;
}
