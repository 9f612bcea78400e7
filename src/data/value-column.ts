import { type DataSource, dataError, type Place } from "./data-source.ts";
import { numberOf, textOf } from "./number-text.ts";
import type { NumericArray } from "./row-blocks.ts";
import { checkTextCount } from "./size-limits.ts";

/** One column apart from the features: a target, a weight, a group, a fold. */
export type ValueColumn = NumberValues | TextValues;

/** Missing values are NaN. */
export interface NumberValues {
  readonly kind: "number";
  readonly source: DataSource;
  readonly name: string;
  readonly values: NumericArray;
}

/** Codes index into `texts`, in order of first appearance; −1 where missing. */
export interface TextValues {
  readonly kind: "text";
  readonly source: DataSource;
  readonly name: string;
  readonly texts: readonly string[];
  readonly codes: Int32Array;
}

/** Takes a column's texts one by one; markers of missing values are told apart by the caller. */
export interface ValueCollector {
  /** undefined = missing. `place` is asked only for what goes wrong: telling it costs more than reading the value. */
  add(text: string | undefined, place: () => Place): void;
  finish(): ValueColumn;
}

/** Reads a column as numbers. `cure`: what a person may do about a text in it. */
export function numberCollector(source: DataSource, name: string, cure: string): ValueCollector {
  let values = new Float64Array(1024);
  let length = 0;
  return {
    add(text, place) {
      if (length === values.length) values = doubled(values, new Float64Array(length * 2));
      const value = text === undefined ? Number.NaN : numberOf(text);
      if (text !== undefined && value !== value) throw notANumber(source, { ...place(), column: name }, text, cure);
      values[length++] = value;
    },
    finish: () => ({ kind: "number", source, name, values: values.slice(0, length) }),
  };
}

/** Reads a column as texts, each distinct one kept once. */
export function textCollector(source: DataSource, name: string): ValueCollector {
  const known = new Map<string, number>();
  let codes = new Int32Array(1024);
  let length = 0;
  return {
    add(text, place) {
      if (length === codes.length) codes = doubled(codes, new Int32Array(length * 2));
      let code = -1;
      if (text !== undefined) {
        code = known.get(text) ?? known.size;
        if (code === known.size) {
          const here = (): Place => ({ ...place(), column: name });
          checkText(source, here, text);
          checkTextCount(source, here, code);
          known.set(text, code);
        }
      }
      codes[length++] = code;
    },
    finish: () => ({ kind: "text", source, name, texts: [...known.keys()], codes: codes.slice(0, length) }),
  };
}

/** Bytes that are no UTF-8 were replaced when they were decoded, so that different texts may have become one. */
export function checkText(source: DataSource, place: () => Place, text: string): void {
  if (!text.includes("\ufffd")) return;
  throw dataError(source, place(), `texts must be UTF-8; got ${JSON.stringify(text.slice(0, 40))}. Convert the file to UTF-8.`);
}

/** A text where a number must be. */
export function notANumber(source: DataSource, place: Place, text: string, cure: string): Error {
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 39)}…` : text);
  return dataError(source, place, `the value must be a number; got ${shown}.${cure === "" ? "" : ` ${cure}`}`);
}

/** Numbers as texts, written canonically. */
export function asTexts(column: ValueColumn): TextValues {
  if (column.kind === "text") return column;
  const { source, name, values } = column;
  const known = new Map<number, number>();
  const codes = new Int32Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] as number;
    let code = -1;
    if (value === value) {
      code = known.get(value) ?? known.size;
      if (code === known.size) known.set(value, code);
    }
    codes[row] = code;
  }
  return { kind: "text", source, name, texts: [...known.keys()].map(textOf), codes };
}

/** Texts as numbers. */
export function asNumbers(column: ValueColumn): NumberValues {
  if (column.kind === "number") return column;
  const { source, name, texts, codes } = column;
  const numbers = texts.map(numberOf);
  const values = Float64Array.from(codes, (code) => (code < 0 ? Number.NaN : (numbers[code] as number)));
  const row = codes.findIndex((code) => code >= 0 && Number.isNaN(numbers[code]));
  if (row >= 0) throw notANumber(source, { ...source.place(row), column: name }, texts[codes[row] as number] as string, "");
  return { kind: "number", source, name, values };
}

export function valueCount(column: ValueColumn): number {
  return column.kind === "text" ? column.codes.length : column.values.length;
}

function doubled<T extends Float64Array | Int32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
