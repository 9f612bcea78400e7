/**
 * One step of sequential minimal optimization along a pair of rows (J. Platt 1998), and the masks of what may move.
 *
 * Signed form: a_i = y_i α_i, C_i = C · weight_i. Row i may go *up* where a_i < (y_i > 0 ? C_i : 0) and *down* (is *low*) where
 * a_i > (y_i > 0 ? 0 : −C_i). Masks are added to f: 0 where a row may move, else −∞ (up) or +∞ (low).
 */
import {
  BOUND, BOUNDED, COEFFICIENT, GRADIENT, HIGHEST, LOW, LOWEST, OFFSET, OUTSIDE, PRECISE, RUNS, SIZE_A, SIZE_B, STEP, STEP_I, STEP_J, SUPPORT, TARGET, UP, WEIGHT,
  diagonalValue, kernelRow, kernelValue, rowBound,
} from "./problem";

/** Denominators that are not positive (duplicate rows, rounding) become this, as in LIBSVM. */
export const LEAST_CURVATURE: f64 = 1e-12;

/** Writes a row's masks to `up` and `low`; a row that is not `trained` on never moves. */
@inline
function writeMasks(up: usize, low: usize, positive: bool, a: f64, bound: f64, trained: bool): void {
  store<f32>(up, trained && (positive ? bound : <f64>0) > a ? <f32>0 : -Infinity);
  store<f32>(low, trained && (positive ? <f64>0 : -bound) < a ? <f32>0 : Infinity);
}

/** Sets the masks of a training row from its a and its own bound. */
@inline
export function mask(problem: usize, local: u32, a: f64, bound: f64): void {
  const at = <usize>local << 2;
  const positive = local < load<u32>(problem, SIZE_A);
  writeMasks(<usize>load<u32>(problem, UP) + at, <usize>load<u32>(problem, LOW) + at, positive, a, bound, true);
}

/** Moves a_i up and a_j down by the best step that stays inside the bounds, given f_i − f_j; a clipped a is the bound exactly. */
export function move(problem: usize, i: u32, j: u32, slope: f64): void {
  const boundI = rowBound(problem, i);
  const boundJ = rowBound(problem, j);
  const sizeA = load<u32>(problem, SIZE_A);
  const row = kernelRow(problem, i);
  const curvature = <f64>diagonalValue(problem, i) + <f64>diagonalValue(problem, j) - 2 * <f64>kernelValue(problem, row, j);
  // Rounded to f32 first, so that a (f64) and f (f32) take the same step.
  let step = <f64>(<f32>(slope / max(curvature, LEAST_CURVATURE)));
  const atI = <usize>load<u32>(problem, COEFFICIENT) + (<usize>i << 3);
  const atJ = <usize>load<u32>(problem, COEFFICIENT) + (<usize>j << 3);
  const topI: f64 = i < sizeA ? boundI : 0;
  const bottomJ: f64 = j < sizeA ? 0 : -boundJ;
  let ai = load<f64>(atI);
  let aj = load<f64>(atJ);
  const roomI = topI - ai;
  const roomJ = aj - bottomJ;
  step = min(step, min(roomI, roomJ));
  // Where K is not finite there is no step; the host stops at a step of 0.
  if (!(step >= 0)) step = 0;
  ai = step >= roomI ? topI : ai + step;
  aj = step >= roomJ ? bottomJ : aj - step;
  store<f64>(atI, ai);
  store<f64>(atJ, aj);
  mask(problem, i, ai, boundI);
  mask(problem, j, aj, boundJ);
  store<u32>(problem, i, STEP_I);
  store<u32>(problem, j, STEP_J);
  store<f64>(problem, step, STEP);
}

/** Sets the masks of all rows from a and the bounds; rows outside the training set never move. Forgets a pending step. */
export function bound(problem: usize): void {
  const sizeA = load<u32>(problem, SIZE_A);
  const size = sizeA + load<u32>(problem, SIZE_B);
  const c = load<f64>(problem, BOUND);
  const up = <usize>load<u32>(problem, UP);
  const low = <usize>load<u32>(problem, LOW);
  const outside = <usize>load<u32>(problem, OUTSIDE);
  const weight = <usize>load<u32>(problem, WEIGHT);
  const a = <usize>load<u32>(problem, COEFFICIENT);
  for (let local: u32 = 0; local < size; local++) {
    const at = <usize>local << 2;
    const own = load<f64>(weight + (at << 1));
    const trained = load<f32>(outside + at) == 0 && own > 0;
    writeMasks(up + at, low + at, local < sizeA, load<f64>(a + (at << 1)), c * own, trained);
  }
  store<u32>(problem, 0, STEP_I);
  store<u32>(problem, 0, STEP_J);
  store<f64>(problem, 0, STEP);
  runs(problem, 0, 0, sizeA);
  runs(problem, 2, sizeA, size);
}

/** Cuts the rows of a class into two runs around the longest stretch of whole blocks of 16 in which no row is trained on. */
function runs(problem: usize, run: usize, first: u32, last: u32): void {
  const outside = <usize>load<u32>(problem, OUTSIDE);
  let from = last;
  let to = last;
  let start = first;
  for (let block = first; block < last; block += 16) {
    const at = outside + (<usize>block << 2);
    const nearest = f32x4.pmax(f32x4.pmax(v128.load(at), v128.load(at, 16)), f32x4.pmax(v128.load(at, 32), v128.load(at, 48)));
    if (v128.any_true(f32x4.eq(nearest, f32x4.splat(0)))) start = block + 16;
    else if (block + 16 - start > to - from) {
      from = start;
      to = block + 16;
    }
  }
  const at = problem + (run << 3);
  store<u32>(at, first << 2, RUNS);
  store<u32>(at, from << 2, RUNS + 4);
  store<u32>(at, to << 2, RUNS + 8);
  store<u32>(at, last << 2, RUNS + 12);
}

/** Sets a = 0 and f to the targets: the cold start. */
export function reset(problem: usize): void {
  const size = load<u32>(problem, SIZE_A) + load<u32>(problem, SIZE_B);
  const f = <usize>load<u32>(problem, GRADIENT);
  const target = <usize>load<u32>(problem, TARGET);
  const a = <usize>load<u32>(problem, COEFFICIENT);
  for (let local: u32 = 0; local < size; local++) {
    store<f64>(a + (<usize>local << 3), 0);
    store<f32>(f + (<usize>local << 2), <f32>load<f64>(target + (<usize>local << 3)));
  }
}

/** Whether f of every training row is a finite number: comparisons pass over what is not. */
export function finite(problem: usize, precise: bool): bool {
  const size = load<u32>(problem, SIZE_A) + load<u32>(problem, SIZE_B);
  const f = <usize>load<u32>(problem, GRADIENT);
  const exact = <usize>load<u32>(problem, PRECISE);
  const outside = <usize>load<u32>(problem, OUTSIDE);
  const weight = <usize>load<u32>(problem, WEIGHT);
  let sum: f64 = 0;
  for (let local: u32 = 0; local < size; local++) {
    const at = <usize>local << 2;
    if (load<f32>(outside + at) != 0 || !(load<f64>(weight + (at << 1)) > 0)) continue;
    const value = precise ? load<f64>(exact + (at << 1)) : <f64>load<f32>(f + at);
    sum += value - value;
  }
  return sum == 0;
}

/** The offset ρ: the mean of f over free rows, else the middle between the extremes; counts support vectors and those at their bound. */
export function offset(problem: usize, precise: bool): void {
  const size = load<u32>(problem, SIZE_A) + load<u32>(problem, SIZE_B);
  const f = <usize>load<u32>(problem, GRADIENT);
  const exact = <usize>load<u32>(problem, PRECISE);
  const up = <usize>load<u32>(problem, UP);
  const low = <usize>load<u32>(problem, LOW);
  const a = <usize>load<u32>(problem, COEFFICIENT);
  const weight = <usize>load<u32>(problem, WEIGHT);
  const c = load<f64>(problem, BOUND);
  let sum: f64 = 0;
  let free: u32 = 0;
  let support: u32 = 0;
  let bounded: u32 = 0;
  for (let local: u32 = 0; local < size; local++) {
    const at = <usize>local << 2;
    const value = abs(load<f64>(a + (at << 1)));
    if (value == 0) continue;
    support++;
    if (value >= c * load<f64>(weight + (at << 1))) bounded++;
    if (load<f32>(up + at) == 0 && load<f32>(low + at) == 0) {
      sum += precise ? load<f64>(exact + (at << 1)) : <f64>load<f32>(f + at);
      free++;
    }
  }
  const middle = (load<f64>(problem, HIGHEST) + load<f64>(problem, LOWEST)) / 2;
  store<f64>(problem, free > 0 ? sum / <f64>free : middle, OFFSET);
  store<u32>(problem, support, SUPPORT);
  store<u32>(problem, bounded, BOUNDED);
}
