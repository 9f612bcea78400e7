/**
 * The lower triangle of a symmetric matrix from its upper one: M_ji = M_ij.
 *
 * Tiles of 4 × 4 values are transposed in registers (the 64-bit halves of rows are interleaved twice). A call mirrors a band
 * of rows, so that each mirrored row gets a piece as long as the band is high, and calls of different bands never write the same value.
 */

@inline
function even(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 4, 1, 5);
}

@inline
function odd(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 2, 6, 3, 7);
}

/** Writes rows `first` to `last` (multiples of 4) of M, from column `from` to column `columns`, to the columns `first` to `last` of those rows. */
export function mirror(matrix: usize, stride: usize, first: u32, last: u32, from: u32, columns: u32): void {
  for (let j = from; j < columns; j += 4) {
    for (let i = first; i < last; i += 4) {
      const source = matrix + <usize>i * stride + (<usize>j << 2);
      const r0 = v128.load(source), r1 = v128.load(source + stride);
      const r2 = v128.load(source + 2 * stride), r3 = v128.load(source + 3 * stride);
      const a = even(r0, r2), b = even(r1, r3), c = odd(r0, r2), d = odd(r1, r3);
      const to = matrix + <usize>j * stride + (<usize>i << 2);
      v128.store(to, even(a, b));
      v128.store(to + stride, odd(a, b));
      v128.store(to + 2 * stride, even(c, d));
      v128.store(to + 3 * stride, odd(c, d));
    }
  }
}
