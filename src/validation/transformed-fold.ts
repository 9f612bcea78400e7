import type { FitInput, RowSet } from "../core/estimator.ts";
import { type DerivedParts, everyRow, fitInput, openDerived } from "../data/derived-data.ts";
import type { Judging } from "./judging.ts";

/** A fold's rows as the first steps of a pipeline leave them; the arrays are shared. */
export interface TransformedFold {
  readonly train: DerivedParts;
  /** Without target and roles. */
  readonly test: DerivedParts;
}

/** What is fitted to on a fold, and what is judged: rows of the data set, or what steps left of them. */
export function foldRows(
  { data, target, plan }: Judging,
  number: number,
  transformed: TransformedFold | undefined,
): { readonly train: FitInput; readonly test: RowSet } {
  const fold = plan.folds[number];
  if (fold === undefined) throw new RangeError(`foldRows: there is no fold ${number}.`);
  if (transformed !== undefined) return { train: fitInput(openDerived(transformed.train)), test: everyRow(openDerived(transformed.test)) };
  const weight = data.roles.weight;
  const weights = weight === null ? null : Float64Array.from(fold.train, (row) => weight[row] as number);
  return { train: { data, rows: fold.train, target, weights }, test: { data, rows: fold.test } };
}
