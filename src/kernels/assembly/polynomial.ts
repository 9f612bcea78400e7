/**
 * The polynomial kernel (γ p + c)^degree of products p = x · z.
 *
 * t = γ p + c is a product and a sum in single precision, and the power is t · t · … from the left, degree − 1 products:
 * a value depends on p alone, and degree 1 is t itself. Given t, the relative error stays below (degree − 1) · 6e-8.
 */

@inline
function affine(p: v128, gamma: v128, c: v128): v128 {
  return f32x4.add(f32x4.mul(gamma, p), c);
}

/** out[i] = (γ source[i] + c)^degree for `count` values, a multiple of 8, and degree ≥ 1; `out` may be `source`. */
export function polynomials(source: usize, out: usize, count: usize, gamma: f32, c: f32, degree: u32): void {
  const factor = f32x4.splat(gamma);
  const shift = f32x4.splat(c);
  for (let at: usize = 0, end = count << 2; at < end; at += 32) {
    const t0 = affine(v128.load(source + at), factor, shift);
    const t1 = affine(v128.load(source + at, 16), factor, shift);
    let y0 = t0, y1 = t1;
    for (let k: u32 = 1; k < degree; k++) {
      y0 = f32x4.mul(y0, t0);
      y1 = f32x4.mul(y1, t1);
    }
    v128.store(out + at, y0);
    v128.store(out + at, y1, 16);
  }
}
