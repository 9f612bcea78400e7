import type { RowBlocks } from "./row-blocks.ts";

/** Rows of which only what is not 0 is kept; grows, and gives dense rows block by block. */
export interface SparseRows {
  /** `column` from 0, ascending within a row. */
  add(column: number, value: number): void;
  endRow(): void;
  entries(): number;
  rows(): number;
  /** One more than the largest column. */
  largest(): number;
  /** The row that has the largest column, and that column counted from 1. */
  widest(): { readonly row: number; readonly index: number };
  dense(width: number): RowBlocks;
}

const blockElements = 1 << 15;

export function sparseRows(): SparseRows {
  let columns = new Uint32Array(4096);
  let values = new Float64Array(4096);
  let used = 0;
  let ends = new Float64Array(1024);
  let rows = 0;
  let widest = { row: 0, index: 0 };
  return {
    add(column, value) {
      if (used === columns.length) {
        const grown = { columns: new Uint32Array(used * 2), values: new Float64Array(used * 2) };
        grown.columns.set(columns);
        grown.values.set(values);
        ({ columns, values } = grown);
      }
      columns[used] = column;
      values[used++] = value;
      if (column >= widest.index) widest = { row: rows, index: column + 1 };
    },
    endRow() {
      if (rows === ends.length) {
        const grown = new Float64Array(rows * 2);
        grown.set(ends);
        ends = grown;
      }
      ends[rows++] = used;
    },
    entries: () => used,
    rows: () => rows,
    largest: () => widest.index,
    widest: () => widest,
    dense: (width) => ({
      rows,
      width,
      *blocks() {
        const step = Math.max(1, Math.floor(blockElements / Math.max(1, width)));
        const block = new Float64Array(step * width);
        let at = 0;
        for (let first = 0; first < rows; first += step) {
          const count = Math.min(step, rows - first);
          block.fill(0);
          for (let i = 0; i < count; i++) {
            for (; at < (ends[first + i] as number); at++) block[i * width + (columns[at] as number)] = values[at] as number;
          }
          yield block.subarray(0, count * width);
        }
      },
    }),
  };
}
