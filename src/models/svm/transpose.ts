/** Rows of a dense block: row `order[i]` of the block, −1 for a row of zeros. */
export interface DenseRows {
  readonly values: Float32Array | Float64Array;
  readonly stride: number;
  readonly width: number;
  readonly order: Int32Array;
}

/** Writes feature k of row i to `out[k · size + i]`. */
export function transpose({ values, stride, width, order }: DenseRows, out: Float32Array, size: number): void {
  for (let k = 0; k < width; k++) {
    const to = k * size;
    for (let i = 0; i < order.length; i++) {
      const row = order[i] as number;
      out[to + i] = row < 0 ? 0 : (values[row * stride + k] as number);
    }
  }
}
