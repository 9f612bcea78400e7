/**
 * The second-order gain of a low row t together with an up row i: (f_i − f_t)² / (K_ii + K_tt − 2 K_it), four rows at once.
 */

@inline
export function drop4(fi: v128, f: v128, low: v128): v128 {
  return f32x4.pmax(f32x4.sub(fi, f32x4.add(f, low)), f32x4.splat(0));
}

/**
 * drop² / (K_ii + K_tt − 2 K_it), within 0.3 %: the choice of j needs no more. 1/x starts from a subtraction in the exponent and
 * takes one step of Newton's method, which is several times faster than a division.
 */
@inline
export function gain4(drop: v128, k: v128, diagonal: v128): v128 {
  const curvature = f32x4.pmax(f32x4.sub(diagonal, f32x4.add(k, k)), f32x4.splat(1e-12));
  const guess = i32x4.sub(i32x4.splat(0x7ef311c7), curvature);
  const inverse = f32x4.mul(guess, f32x4.sub(f32x4.splat(2), f32x4.mul(curvature, guess)));
  return f32x4.mul(f32x4.mul(drop, drop), inverse);
}
