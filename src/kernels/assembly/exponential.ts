/**
 * The kernel values exp(−γ D) of squared distances.
 *
 * exp(x) for x ≤ 0: n = round(x / ln 2), r = x − n ln 2 with ln 2 in two parts (Cody and Waite 1980), and
 * exp(x) = 2ⁿ (1 + r + r² P(r)) with P of degree 5 (S. Moshier, Cephes expf, 1992). Relative error below 1e-7;
 * exp(0) is exactly 1. Below x = −44.36 (2⁻⁶⁴) the answer is 0: such values are beyond the solver's precision, and their
 * products with small steps would be denormal numbers, which processors multiply many times slower.
 */

/** exp(x) of four x ≤ 0, −∞ among them. */
@inline
export function exponential4(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(y, power), f32x4.lt(x, f32x4.splat(-44.3614)));
}

/** out[i] = exp(−γ source[i]) for `count` values, a multiple of 8; `out` may be `source`. */
export function exponentials(source: usize, out: usize, count: usize, gamma: f32): void {
  const factor = f32x4.splat(-gamma);
  for (let at: usize = 0, end = count << 2; at < end; at += 32) {
    v128.store(out + at, exponential4(f32x4.mul(v128.load(source + at), factor)));
    v128.store(out + at, exponential4(f32x4.mul(v128.load(source + at, 16), factor)), 16);
  }
}
