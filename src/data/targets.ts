import { canonicalNames } from "./canonical-names.ts";
import { dataError, listPlaces } from "./data-source.ts";
import type { TargetKind } from "./reader-options.ts";
import { asNumbers, asTexts, type ValueColumn } from "./value-column.ts";

/** A checked target, not yet in shared memory. */
export type ReadTarget =
  | { readonly kind: "class"; readonly name: string; readonly classes: readonly string[]; readonly values: Int32Array }
  | { readonly kind: "number"; readonly name: string; readonly values: Float64Array };

/** Classes are named and sorted canonically. Every row must have a value, and there must be two classes. */
export function readTarget(kind: TargetKind, column: ValueColumn): ReadTarget {
  const { source, name } = column;
  if (kind === "number") {
    const values = Float64Array.from(asNumbers(column).values, (value) => value + 0);
    checkMissing(column, (row) => Number.isNaN(values[row]));
    const row = values.findIndex((value) => !Number.isFinite(value));
    if (row >= 0) throw dataError(source, { ...source.place(row), column: name }, `a target must be finite; got ${values[row]}.`);
    return { kind, name, values };
  }
  const { texts, codes } = asTexts(column);
  checkMissing(column, (row) => (codes[row] as number) < 0);
  const { names, codes: order } = canonicalNames(texts);
  if (names.length < 2) {
    const only = JSON.stringify(names[0]);
    throw dataError(source, { column: name }, `a class target must have at least two classes; all ${codes.length} rows are ${only}.`);
  }
  return { kind, name, classes: Object.freeze([...names]), values: codes.map((code) => order[code] as number) };
}

function checkMissing(column: ValueColumn, missing: (row: number) => boolean): void {
  const { source, name } = column;
  const length = column.kind === "text" ? column.codes.length : column.values.length;
  const rows: number[] = [];
  for (let row = 0; row < length; row++) if (missing(row)) rows.push(row);
  if (rows.length === 0) return;
  const count = rows.length === 1 ? "1 row has none" : `${rows.length} rows have none`;
  throw dataError(
    source,
    { ...source.place(rows[0] as number), column: name },
    `every row must have a target; ${count} (${listPlaces(source, rows)}). Remove those rows.`,
  );
}
