/** Space cut into cubes of side `side`, the cell of each row, cells numbered from 0 in the lexical order of their places. */
export interface Tiles {
  readonly codes: Int32Array;
  /** By cell, its rows, ascending. */
  readonly rows: readonly (readonly number[])[];
  /** The cells that touch a cell, its own included. */
  around(cell: number): readonly number[];
}

/** Cells begin at the least coordinate of each axis. O(n log n) for n rows. */
export function tiles(coordinates: readonly Float64Array[], side: number): Tiles {
  const least = coordinates.map((axis) => axis.reduce((low, value) => Math.min(low, value), Infinity));
  const count = coordinates[0]?.length ?? 0;
  const placeOf = (row: number): number[] =>
    coordinates.map((axis, at) => Math.floor(((axis[row] as number) - (least[at] as number)) / side));
  const found = new Map<string, { readonly place: readonly number[]; readonly rows: number[] }>();
  for (let row = 0; row < count; row++) {
    const place = placeOf(row);
    const key = place.join();
    const cell = found.get(key);
    if (cell === undefined) found.set(key, { place, rows: [row] });
    else cell.rows.push(row);
  }
  const cells = [...found.values()].sort((a, b) => {
    const axis = a.place.findIndex((value, at) => value !== b.place[at]);
    return (a.place[axis] as number) - (b.place[axis] as number);
  });
  const numbers = new Map(cells.map(({ place }, cell) => [place.join(), cell]));
  const codes = new Int32Array(count);
  cells.forEach(({ rows }, cell) => {
    for (const row of rows) codes[row] = cell;
  });
  return {
    codes,
    rows: cells.map(({ rows }) => rows),
    around(cell) {
      let places: number[][] = [[]];
      for (const value of cells[cell]?.place ?? []) places = places.flatMap((place) => [-1, 0, 1].map((step) => [...place, value + step]));
      return places.map((place) => numbers.get(place.join())).filter((one) => one !== undefined);
    },
  };
}
