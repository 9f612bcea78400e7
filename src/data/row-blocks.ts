/** Any typed array of numbers. */
export type NumericArray = Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array;

/** A matrix of features, row-major, in blocks of whole rows without padding; missing values are NaN. */
export interface RowBlocks {
  readonly rows: number;
  readonly width: number;
  /** May be called twice: `last: true` on the second time, where each block may be freed once it was yielded. */
  blocks(last: boolean): Iterable<NumericArray>;
}

/** Grows row by row; nothing is ever copied twice. */
export interface RowStore extends RowBlocks {
  append(row: Float64Array): void;
}

/** Blocks stay within the processor's cache, since they are read column by column. */
const blockBytes = 1 << 18;

/** A matrix that is there already. */
export function wholeMatrix(values: NumericArray, rows: number, width: number): RowBlocks {
  const step = Math.max(1, Math.floor(blockBytes / (8 * Math.max(1, width)))) * width;
  return {
    rows,
    width,
    *blocks() {
      for (let start = 0; start < rows * width; start += step) yield values.subarray(start, Math.min(start + step, rows * width));
    },
  };
}

/** `precision`: how values are kept until the data set is built; "f32" only where nothing is computed from them. */
export function rowStore(width: number, precision: "f32" | "f64"): RowStore {
  const blockRows = Math.max(1, Math.floor(blockBytes / (Math.max(1, width) * (precision === "f32" ? 4 : 8))));
  const full: (Float32Array | Float64Array | undefined)[] = [];
  let current: Float32Array | Float64Array | undefined;
  let used = 0;
  return {
    width,
    get rows(): number {
      return full.length * blockRows + used;
    },
    append(row) {
      current ??= precision === "f32" ? new Float32Array(blockRows * width) : new Float64Array(blockRows * width);
      current.set(row, used * width);
      used += 1;
      if (used === blockRows) {
        full.push(current);
        current = undefined;
        used = 0;
      }
    },
    *blocks(last) {
      for (let i = 0; i < full.length; i++) {
        yield full[i] as Float32Array | Float64Array;
        if (last) full[i] = undefined;
      }
      if (used > 0 && current !== undefined) yield current.subarray(0, used * width);
    },
  };
}
