import { damaged } from "../stored-shapes.ts";

/** A number as a column of type ANY holds it: NaN as text, since SQLite would make NULL of it. */
export function storedNumber(value: number | null): number | string | null {
  return Number.isNaN(value) ? "NaN" : value;
}

/** The number of such a column. */
export function readNumber(stored: number | string): number {
  if (typeof stored === "number") return stored;
  if (stored === "NaN") return NaN;
  throw damaged("a number");
}

/** The number of such a column, or null. */
export function readNumberOrNull(stored: number | string | null): number | null {
  return stored === null ? null : readNumber(stored);
}
