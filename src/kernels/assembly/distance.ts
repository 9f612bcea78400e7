/**
 * Squared distances D_ij = Σ_k (x_ik − z_jk)² and products Σ_k x_ik z_jk between two sets of rows.
 *
 * Both sets lie transposed (feature k of row i at `features + k · stride + 4 i`, stride in bytes), so that the four
 * lanes of a vector are four rows j and every sum runs over the features in their order: a value depends on its two rows
 * alone, never on the tile, and D_ij and D_ji have equal bits. Tiles of 4 × 8 values stay in registers.
 */

/** One summand more: of a squared distance or of a product. `squared` is a constant wherever this is put in. */
@inline
function term(squared: bool, sum: v128, x: v128, z: v128): v128 {
  if (!squared) return f32x4.add(sum, f32x4.mul(x, z));
  const difference = f32x4.sub(x, z);
  return f32x4.add(sum, f32x4.mul(difference, difference));
}

@inline
function tiles(
  squared: bool, x: usize, xStride: usize, z: usize, zStride: usize, width: u32, first: usize, last: usize, columns: usize, out: usize, outStride: usize,
): void {
  for (let i = first; i < last; i += 4) {
    for (let j: usize = 0, end = columns << 2; j < end; j += 32) {
      let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
      let p = x + (i << 2);
      let q = z + j;
      for (let k: u32 = 0; k < width; k++) {
        const z0 = v128.load(q), z1 = v128.load(q, 16);
        let one = v128.load_splat<f32>(p);
        s0 = term(squared, s0, one, z0);
        s1 = term(squared, s1, one, z1);
        one = v128.load_splat<f32>(p, 4);
        s2 = term(squared, s2, one, z0);
        s3 = term(squared, s3, one, z1);
        one = v128.load_splat<f32>(p, 8);
        s4 = term(squared, s4, one, z0);
        s5 = term(squared, s5, one, z1);
        one = v128.load_splat<f32>(p, 12);
        s6 = term(squared, s6, one, z0);
        s7 = term(squared, s7, one, z1);
        p += xStride;
        q += zStride;
      }
      let to = out + (i - first) * outStride + j;
      v128.store(to, s0);
      v128.store(to, s1, 16);
      to += outStride;
      v128.store(to, s2);
      v128.store(to, s3, 16);
      to += outStride;
      v128.store(to, s4);
      v128.store(to, s5, 16);
      to += outStride;
      v128.store(to, s6);
      v128.store(to, s7, 16);
    }
  }
}

/** Rows `first` to `last` (multiples of 4) of x against all columns (a multiple of 8) of z; row i of x is written to row i − first of out. */
export function distances(
  x: usize, xStride: usize, z: usize, zStride: usize, width: u32, first: usize, last: usize, columns: usize, out: usize, outStride: usize,
): void {
  tiles(true, x, xStride, z, zStride, width, first, last, columns, out, outStride);
}

/** As `distances`, with products: the linear kernel. */
export function products(
  x: usize, xStride: usize, z: usize, zStride: usize, width: u32, first: usize, last: usize, columns: usize, out: usize, outStride: usize,
): void {
  tiles(false, x, xStride, z, zStride, width, first, last, columns, out, outStride);
}
