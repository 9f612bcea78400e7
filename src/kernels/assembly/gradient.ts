/**
 * f_l = y_l − Σ_j a_j K_jl anew in double precision: f in f32 drifts over thousands of steps.
 *
 * Every sum runs over the support vectors in the order of their local index, whatever the number of rows.
 */
import { COEFFICIENT, GRADIENT, OUTSIDE, PRECISE, SIZE_A, SIZE_B, columnsA, columnsB, kernelRow } from "./problem";

/** g −= a K over bytes `at` to `end` of the kernel row (f32) and twice that of g (f64). */
@inline
function subtract(g: usize, k: usize, a: v128, from: usize, end: usize): void {
  for (let at = from; at < end; at += 16) {
    const values = v128.load(k + at);
    const to = g + (at << 1);
    v128.store(to, f64x2.sub(v128.load(to), f64x2.mul(a, f64x2.promote_low_f32x4(values))));
    const rest = i32x4.shuffle(values, values, 2, 3, 2, 3);
    v128.store(to, f64x2.sub(v128.load(to, 16), f64x2.mul(a, f64x2.promote_low_f32x4(rest))), 16);
  }
}

/** Writes f in double precision and rounded to f32; returns the largest change of f on a training row. */
export function regrade(problem: usize): f64 {
  const sizeA = load<u32>(problem, SIZE_A);
  const size = sizeA + load<u32>(problem, SIZE_B);
  const g = <usize>load<u32>(problem, PRECISE);
  const f = <usize>load<u32>(problem, GRADIENT);
  const a = <usize>load<u32>(problem, COEFFICIENT);
  const outside = <usize>load<u32>(problem, OUTSIDE);
  for (let local: u32 = 0; local < size; local++) store<f64>(g + (<usize>local << 3), local < sizeA ? 1 : -1);
  for (let local: u32 = 0; local < size; local++) {
    const coefficient = load<f64>(a + (<usize>local << 3));
    if (coefficient == 0) continue;
    const row = kernelRow(problem, local);
    const splat = f64x2.splat(coefficient);
    subtract(g, row + columnsA(problem), splat, 0, <usize>sizeA << 2);
    subtract(g, row + columnsB(problem), splat, <usize>sizeA << 2, <usize>size << 2);
  }
  let drift: f64 = 0;
  for (let local: u32 = 0; local < size; local++) {
    const at = <usize>local << 2;
    const exact = load<f64>(g + (at << 1));
    if (load<f32>(outside + at) == 0) drift = max(drift, abs(exact - <f64>load<f32>(f + at)));
    store<f32>(f + at, <f32>exact);
  }
  return drift;
}
