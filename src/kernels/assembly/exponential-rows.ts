/**
 * Kernel values exp(−γ D) of a rectangle of squared distances: `exponentials` row by row, with strides in bytes.
 */
import { exponentials } from "./exponential";

/** `rows` rows of `columns` values (a multiple of 8); `out` may be `source` where the strides are equal. */
export function exponentialRows(
  source: usize, sourceStride: usize, out: usize, outStride: usize, rows: u32, columns: usize, gamma: f32,
): void {
  for (let row: u32 = 0; row < rows; row++) {
    exponentials(source, out, columns, gamma);
    source += sourceStride;
    out += outStride;
  }
}
