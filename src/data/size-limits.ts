import type { HpoError } from "../core/hpo-error.ts";
import { type DataSource, dataError, type Place } from "./data-source.ts";

// A file of some bytes can claim to be as large as it likes, and one that is compressed can grow a thousandfold: these limits are held before memory is taken.

/** wasm32 ends at 4 GiB, and so do data sets. */
export const maximumBytes: number = 2 ** 32;

/** Each column has a name and a description of its own, which take more memory than its values. */
const maximumColumns = 2 ** 20;

/** Bytes of a line: text without line ends is no table, and a longer text can't be held. */
export const longestLine: number = 2 ** 26;

/** Distinct texts of one column. V8's maps end at 2²⁴ entries. */
const maximumTexts = 2 ** 23;

export function checkColumnCount(source: DataSource, count: number): void {
  if (count <= maximumColumns) return;
  throw dataError(source, {}, `there must be at most ${maximumColumns} feature columns; got ${count}. Leave out or combine some.`);
}

/** `known`: how many there are before the next one. */
export function checkTextCount(source: DataSource, place: () => Place, known: number): void {
  if (known < maximumTexts) return;
  throw dataError(
    source,
    place(),
    `a column must hold at most ${maximumTexts} distinct texts; got more. Number them, or leave the column out.`,
  );
}

export function lineTooLong(source: DataSource, line: number): HpoError {
  return dataError(
    source,
    { line },
    `a line must be at most ${longestLine / 2 ** 20} MiB long; got more. The file must be text with a line a row.`,
  );
}
