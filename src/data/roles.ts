import { canonicalNames } from "./canonical-names.ts";
import { dataError } from "./data-source.ts";
import { asNumbers, asTexts, type NumberValues, type ValueColumn } from "./value-column.ts";

/** Finite weights of at least 0 that are not all 0. */
export function weightRole(column: ValueColumn): Float64Array {
  const numbers = asNumbers(column);
  check(numbers, "a weight must be a finite number of at least 0", (value) => Number.isFinite(value) && value >= 0);
  const values = Float64Array.from(numbers.values, (value) => value + 0);
  const sum = values.reduce((total, value) => total + value, 0);
  if (!(sum > 0 && Number.isFinite(sum))) {
    throw dataError(column.source, { column: column.name }, `weights must have a finite sum above 0; got ${sum}.`);
  }
  return values;
}

/** Group numbers in the order of their sorted names, so that group folds don't hang on the order of rows. */
export function groupRole(column: ValueColumn): { readonly codes: Int32Array; readonly names: readonly string[] } {
  const { source, name, texts, codes } = asTexts(column);
  const row = codes.indexOf(-1);
  if (row >= 0) throw dataError(source, { ...source.place(row), column: name }, "every row must have a group; this one has none.");
  const { names, codes: order } = canonicalNames(texts);
  return { codes: codes.map((code) => order[code] as number), names: Object.freeze([...names]) };
}

/** Test folds from 0; −1 = never tested. */
export function foldRole(column: ValueColumn): Int32Array {
  const numbers = asNumbers(column);
  const must = "a fold must be an integer of at least 0, or -1 for a row that is never tested";
  check(numbers, must, (value) => Number.isInteger(value) && value >= -1 && value < 2 ** 31);
  return Int32Array.from(numbers.values);
}

function check(column: NumberValues, must: string, accepts: (value: number) => boolean): void {
  const { source, name, values } = column;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (accepts(value)) continue;
    throw dataError(source, { ...source.place(row), column: name }, `${must}; got ${Number.isNaN(value) ? "no value" : value}.`);
  }
}
