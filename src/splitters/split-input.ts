import type { Dataset, Target } from "../core/dataset.ts";
import type { SplitInput } from "../core/splitter.ts";

/** What a splitter may look at, of all rows of a data set. */
export function splitInput({ rows, roles }: Dataset, target: Target): SplitInput {
  return {
    rows,
    classes: target.kind === "class" ? target.codes : null,
    groups: roles.group?.codes ?? null,
    folds: roles.fold,
    times: roles.time,
    coordinates: roles.coordinates?.values ?? null,
  };
}

/** The same of some rows, as if there were no others; a row may be named more than once. O(rows). */
export function inputOfRows(input: SplitInput, rows: Uint32Array): SplitInput {
  const of = (codes: Int32Array | null): Int32Array | null =>
    codes === null ? null : Int32Array.from(rows, (row) => codes[row] as number);
  const values = (all: Float64Array): Float64Array => Float64Array.from(rows, (row) => all[row] as number);
  return {
    rows: rows.length,
    classes: of(input.classes),
    groups: of(input.groups),
    folds: of(input.folds),
    times: input.times === null ? null : values(input.times),
    coordinates: input.coordinates === null ? null : input.coordinates.map(values),
  };
}
