import { canonicalNames } from "./canonical-names.ts";
import type { Roles } from "../core/dataset.ts";
import { dataError } from "./data-source.ts";
import { numberOf } from "./number-text.ts";
import { asNumbers, asTexts, type NumberValues, type TextValues, type ValueColumn } from "./value-column.ts";

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

/** Numbers, or dates of ISO 8601 as milliseconds since 1970. What names no zone is read as UTC, so that every machine reads the same. */
export function timeRole(column: ValueColumn): Float64Array {
  const numeric = column.kind === "number" || column.texts.every((text) => !Number.isNaN(numberOf(text)));
  const { source, name, values } = numeric ? asNumbers(column) : asDates(column);
  const row = values.findIndex((value) => !Number.isFinite(value));
  if (row < 0) return Float64Array.from(values, (value) => value + 0);
  const got = Number.isNaN(values[row]) ? "no value" : values[row];
  throw dataError(source, { ...source.place(row), column: name }, `a time must be a finite number or a date; got ${got}.`);
}

const date = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

function asDates(column: TextValues): NumberValues {
  const { source, name, texts, codes } = column;
  const moments = texts.map((text) => {
    const [, day, clock = "00:00", zone = "Z"] = date.exec(text.trim()) ?? [];
    const moment = Date.parse(`${day}T${clock}${zone}`);
    // Date.parse lets 31 February pass for 3 March.
    return new Date(Date.parse(`${day}T00:00Z`) || 0).toISOString().startsWith(day ?? "") ? moment : Number.NaN;
  });
  const row = codes.findIndex((code) => code >= 0 && Number.isNaN(moments[code]));
  if (row >= 0) {
    const got = JSON.stringify(texts[codes[row] as number]?.slice(0, 40));
    throw dataError(
      source,
      { ...source.place(row), column: name },
      `a time must be a number or a date such as 2024-05-31 or 2024-05-31T14:30:00Z; got ${got}.`,
    );
  }
  return { kind: "number", source, name, values: Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : (moments[code] as number))) };
}

/** Finite numbers, one list an axis. */
export function coordinateRole(columns: readonly ValueColumn[]): NonNullable<Roles["coordinates"]> {
  const values = columns.map((column) => {
    const numbers = asNumbers(column);
    check(numbers, "a coordinate must be a finite number", (value) => Number.isFinite(value));
    return Float64Array.from(numbers.values, (value) => value + 0);
  });
  return { names: Object.freeze(columns.map(({ name }) => name)), values };
}

function check(column: NumberValues, must: string, accepts: (value: number) => boolean): void {
  const { source, name, values } = column;
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    if (accepts(value)) continue;
    throw dataError(source, { ...source.place(row), column: name }, `${must}; got ${Number.isNaN(value) ? "no value" : value}.`);
  }
}
