/**
 * The sigmoid kernel tanh(γ p + c) of products p = x · z.
 *
 * tanh t: below |t| = 0.625, t + t z P(z) with z = t² and P of degree 4 (S. Moshier, Cephes tanhf, 1992); from there on
 * 1 − 2 e / (1 + e) with e = exp(−2 |t|), and the sign of t. Relative error below 2e-7; exactly 0 at 0, odd, and exactly ±1 from |t| = 22.2 on
 * and at ±∞, so a finite p never gives NaN.
 */
import { exponential4 } from "./exponential";

@inline
function tanh4(t: v128): v128 {
  const z = f32x4.mul(t, t);
  let p = f32x4.splat(-5.70498872745e-3);
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(2.06390887954e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-5.37397155531e-2));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(1.33314422036e-1));
  p = f32x4.add(f32x4.mul(p, z), f32x4.splat(-3.33332819422e-1));
  const small = f32x4.add(f32x4.mul(f32x4.mul(p, z), t), t);
  const size = f32x4.abs(t);
  const e = exponential4(f32x4.mul(size, f32x4.splat(-2)));
  const one = f32x4.splat(1);
  const large = f32x4.sub(one, f32x4.div(f32x4.add(e, e), f32x4.add(one, e)));
  const signed = v128.bitselect(t, large, f32x4.splat(-0.0));
  return v128.bitselect(small, signed, f32x4.lt(size, f32x4.splat(0.625)));
}

/** out[i] = tanh(γ source[i] + c) for `count` values, a multiple of 8; `out` may be `source`. */
export function sigmoids(source: usize, out: usize, count: usize, gamma: f32, c: f32): void {
  const factor = f32x4.splat(gamma);
  const shift = f32x4.splat(c);
  for (let at: usize = 0, end = count << 2; at < end; at += 32) {
    v128.store(out + at, tanh4(f32x4.add(f32x4.mul(factor, v128.load(source + at)), shift)));
    v128.store(out + at, tanh4(f32x4.add(f32x4.mul(factor, v128.load(source + at, 16)), shift)), 16);
  }
}
