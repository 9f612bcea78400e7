import type { Json } from "./json.ts";
import type { Params } from "./space.ts";

/** A nested cross-validation: what searches of the same declaration chose without the rows that then judged it. */
export interface NestedRecord {
  /** The splitters, as declared. */
  readonly declared: Json;
  /** For people: "5-fold". */
  readonly outer: string;
  readonly inner: string;
  /** In the order of the outer folds. */
  readonly folds: readonly NestedFoldRecord[];
  /** By metric. */
  readonly values: Readonly<Record<string, NestedEstimate>>;
}

export interface NestedFoldRecord {
  /** The search, a study of its own. */
  readonly study: string;
  /** The trial that it chose, and how many were complete; null where none was. */
  readonly trial: number | null;
  readonly candidates: number;
  readonly params: Params;
  /** The first objective's value that it was chosen by. */
  readonly chosenBy: number | null;
  /** By metric, on the rows that the search never saw; null where one is not defined, and where the fit failed. */
  readonly values: Readonly<Record<string, number | null>>;
  readonly testRows: number;
}

/** The numbers of a metric that nested cross-validation has; null with the reason `why` where there is none. */
export interface NestedEstimate {
  /** The mean over all tested rows; of a metric that is no mean over rows, over the outer folds. */
  readonly value: number | null;
  /** Of that, rows (or groups; else outer folds) taken for independent of each other. */
  readonly standardError: number | null;
  /** `value` ± 1.96 standard errors. */
  readonly plainLow: number | null;
  readonly plainHigh: number | null;
  /** How many times the standard error is too small, since folds share their training rows (Bates, Hastie and Tibshirani). */
  readonly inflation: number | null;
  /** The 95 % interval: `value` ± 1.96 standard errors, inflated where that is known. */
  readonly low: number | null;
  readonly high: number | null;
  readonly why: string | null;
}
