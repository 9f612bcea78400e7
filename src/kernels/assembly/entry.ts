/**
 * Values that are given, in place of distances and products: a symmetric matrix M over the rows.
 *
 * It lies as features do that `distances` reads: "feature" i of row j is M_ij, at `z + i · stride + 4 j`, and nothing is
 * computed. The parameters are those of `distances`, so that whatever reads features can read entries.
 */

/** Rows `first` to `last` of M against all columns (a multiple of 8) of z; row i is written to row i − first of out. */
export function entries(
  _x: usize, _xStride: usize, z: usize, zStride: usize, _width: u32, first: usize, last: usize, columns: usize, out: usize, outStride: usize,
): void {
  for (let i = first; i < last; i++) {
    const from = z + i * zStride;
    const to = out + (i - first) * outStride;
    for (let at: usize = 0, end = columns << 2; at < end; at += 32) {
      v128.store(to + at, v128.load(from + at));
      v128.store(to + at, v128.load(from + at, 16), 16);
    }
  }
}
