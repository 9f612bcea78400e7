import { numberOf, textOf } from "./number-text.ts";

/** Distinct names in their order, and for each old code the new one. */
export interface NamedCodes {
  readonly names: readonly string[];
  readonly codes: Int32Array;
}

/**
 * Puts the texts of a dictionary into canonical form: where all are finite numbers they are written one way ("1" for
 * "1.0" and "01") and sorted by value, else they stay as written, sorted by UTF-16 code unit.
 */
export function canonicalNames(texts: readonly string[]): NamedCodes {
  const numbers = texts.map((text) => numberOf(text));
  const numeric = numbers.every((value) => Number.isFinite(value));
  const written = numeric ? numbers.map((value) => textOf(value)) : texts;
  const names = [...new Set(written)];
  names.sort(numeric ? (a, b) => Number(a) - Number(b) : (a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const position = new Map(names.map((name, index) => [name, index]));
  return { names, codes: Int32Array.from(written, (text) => position.get(text) as number) };
}
