import type { DenseBlock } from "../../core/dataset.ts";

/** What the order of the rows says of a column that no role was given. */
export interface ColumnOrder {
  /** Ascends over all rows, with a new value at every second row or more often: time, or a running number. */
  readonly running: boolean;
  /** Where every value stands in one block of rows: how many there are; else 0. */
  readonly blocks: number;
}

/** Looks at one feature column in row order. Missing values end both. O(rows). */
export function columnOrder({ values, stride }: DenseBlock, column: number, rows: number): ColumnOrder {
  const seen = new Set<number>();
  let [ascends, oneBlockEach, changes] = [true, true, 0];
  let previous = Number.NaN;
  for (let row = 0; row < rows && (ascends || oneBlockEach); row++) {
    const value = values[row * stride + column] as number;
    if (Number.isNaN(value)) return { running: false, blocks: 0 };
    if (row > 0 && value < previous) ascends = false;
    if (value !== previous) {
      if (row > 0) changes++;
      if (seen.has(value)) oneBlockEach = false;
      seen.add(value);
    }
    previous = value;
  }
  const running = ascends && rows >= 20 && changes >= rows / 2;
  const blocks = oneBlockEach && seen.size >= 3 && seen.size <= rows / 5 ? seen.size : 0;
  return { running, blocks };
}
