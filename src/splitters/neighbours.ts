import { tiles } from "./tiles.ts";

/** Rows at most `distance` (Euclidean) from a row, itself included, in no particular order. */
export function nearRows(coordinates: readonly Float64Array[], distance: number): (row: number) => number[] {
  const { codes, rows, around } = tiles(coordinates, distance);
  const nearby = rows.map((_, cell) => around(cell).flatMap((one) => rows[one] as readonly number[]));
  const limit = distance * distance;
  return (row) =>
    (nearby[codes[row] as number] as number[]).filter((other) => {
      let squares = 0;
      for (const axis of coordinates) squares += ((axis[row] as number) - (axis[other] as number)) ** 2;
      return squares <= limit;
    });
}

/**
 * Groups of neighbours: two rows are in the same group where steps of at most `distance` lead from one to the other over rows. Numbered from 0 by their first row.
 * So rows of different groups are further apart than `distance`.
 */
export function neighbourGroups(coordinates: readonly Float64Array[], distance: number): Int32Array {
  const near = nearRows(coordinates, distance);
  const groups = new Int32Array(coordinates[0]?.length ?? 0).fill(-1);
  let group = 0;
  for (let first = 0; first < groups.length; first++) {
    if (groups[first] !== -1) continue;
    groups[first] = group;
    const open = [first];
    for (let row = open.pop(); row !== undefined; row = open.pop()) {
      for (const other of near(row)) {
        if (groups[other] !== -1) continue;
        groups[other] = group;
        open.push(other);
      }
    }
    group++;
  }
  return groups;
}
