/**
 * Sequential minimal optimization with second-order selection (R.-E. Fan, P.-H. Chen, C.-J. Lin, "Working set selection
 * using second order information for training support vector machines", JMLR 6, 2005) for
 *
 *   min ½ Σ_ij a_i a_j K_ij − Σ_i y_i a_i   with Σ_i a_i = 0, a_i between 0 and y_i C.
 *
 * f_i = y_i − Σ_j a_j K_ij is the negative gradient. i = argmax f over up rows (S. Keerthi et al. 2001);
 * j = argmax (f_i − f_t)² / (K_ii + K_tt − 2 K_it) over low rows with f_t < f_i. Stop where max_up f − min_low f < tolerance.
 *
 * An iteration (optimize.ts) makes two passes: apply the last step to f and find i and the extremes; then find j. Ties go to the
 * lowest local index, so that rows outside the training set change nothing. 16 rows a step: the block of a lane's best is
 * kept, and the block is read again for the row.
 */
import {
  DIAGONAL, GRADIENT, HIGHEST, LOW, SIZE_A, STEP, STEP_I, STEP_J, UP,
  columnsA, columnsB, diagonalValue, kernelRow, runColumns, runEnd, runStart,
} from "./problem";
import { drop4, gain4 } from "./gain";
import { extremes } from "./extremes";
import { firstBlock, firstOf, largest } from "./lanes";

/** f −= step (K_i − K_j) over all rows; writes max f over up and min f over low rows; returns the first up row that has the maximum. */
export function apply(problem: usize): u32 {
  const rowI = kernelRow(problem, load<u32>(problem, STEP_I));
  const rowJ = kernelRow(problem, load<u32>(problem, STEP_J));
  const f = <usize>load<u32>(problem, GRADIENT);
  const up = <usize>load<u32>(problem, UP);
  const low = <usize>load<u32>(problem, LOW);
  const step = f32x4.splat(<f32>load<f64>(problem, STEP));
  let best = f32x4.splat(-Infinity);
  let worst = f32x4.splat(Infinity);
  let blocks = i32x4.splat(0);
  let block = i32x4.splat(0);
  const one = i32x4.splat(1);
  let at: usize = 0;
  for (let run: usize = 0; run < 4; run++) {
    at = runStart(problem, run);
    const end = runEnd(problem, run);
    const ki = rowI + runColumns(problem, run);
    const kj = rowJ + runColumns(problem, run);
    block = i32x4.splat(<i32>(at >> 6));
    for (; at < end; at += 64) {
      const f0 = f32x4.sub(v128.load(f + at), f32x4.mul(step, f32x4.sub(v128.load(ki + at), v128.load(kj + at))));
      const f1 = f32x4.sub(v128.load(f + at, 16), f32x4.mul(step, f32x4.sub(v128.load(ki + at, 16), v128.load(kj + at, 16))));
      const f2 = f32x4.sub(v128.load(f + at, 32), f32x4.mul(step, f32x4.sub(v128.load(ki + at, 32), v128.load(kj + at, 32))));
      const f3 = f32x4.sub(v128.load(f + at, 48), f32x4.mul(step, f32x4.sub(v128.load(ki + at, 48), v128.load(kj + at, 48))));
      v128.store(f + at, f0);
      v128.store(f + at, f1, 16);
      v128.store(f + at, f2, 32);
      v128.store(f + at, f3, 48);
      const high = f32x4.pmax(
        f32x4.pmax(f32x4.add(f0, v128.load(up + at)), f32x4.add(f1, v128.load(up + at, 16))),
        f32x4.pmax(f32x4.add(f2, v128.load(up + at, 32)), f32x4.add(f3, v128.load(up + at, 48))),
      );
      blocks = v128.bitselect(block, blocks, f32x4.gt(high, best));
      best = f32x4.pmax(best, high);
      worst = f32x4.pmin(
        worst,
        f32x4.pmin(
          f32x4.pmin(f32x4.add(f0, v128.load(low + at)), f32x4.add(f1, v128.load(low + at, 16))),
          f32x4.pmin(f32x4.add(f2, v128.load(low + at, 32)), f32x4.add(f3, v128.load(low + at, 48))),
        ),
      );
      block = i32x4.add(block, one);
    }
  }
  return extremes(problem, best, worst, blocks);
}

/** The low row with the largest second-order gain together with i: where every K_tt is 1. Few rows violate: most blocks are passed over. */
export function partner(problem: usize, i: u32): u32 {
  const row = kernelRow(problem, i);
  const f = <usize>load<u32>(problem, GRADIENT);
  const low = <usize>load<u32>(problem, LOW);
  const fi = f32x4.splat(<f32>load<f64>(problem, HIGHEST));
  const two = f32x4.splat(2);
  let best = f32x4.splat(0);
  let blocks = i32x4.splat(0);
  let at: usize = 0;
  let k: usize = 0;
  for (let run: usize = 0; run < 4; run++) {
    at = runStart(problem, run);
    const end = runEnd(problem, run);
    k = row + runColumns(problem, run);
    for (; at < end; at += 64) {
      const d0 = drop4(fi, v128.load(f + at), v128.load(low + at));
      const d1 = drop4(fi, v128.load(f + at, 16), v128.load(low + at, 16));
      const d2 = drop4(fi, v128.load(f + at, 32), v128.load(low + at, 32));
      const d3 = drop4(fi, v128.load(f + at, 48), v128.load(low + at, 48));
      if (!v128.any_true(v128.or(v128.or(d0, d1), v128.or(d2, d3)))) continue;
      const gain = f32x4.pmax(
        f32x4.pmax(gain4(d0, v128.load(k + at), two), gain4(d1, v128.load(k + at, 16), two)),
        f32x4.pmax(gain4(d2, v128.load(k + at, 32), two), gain4(d3, v128.load(k + at, 48), two)),
      );
      blocks = v128.bitselect(i32x4.splat(<i32>(at >> 6)), blocks, f32x4.gt(gain, best));
      best = f32x4.pmax(best, gain);
    }
  }
  const gain = largest(best);
  if (!(f32x4.extract_lane(gain, 0) > 0)) return u32.MAX_VALUE;
  at = <usize>firstBlock(best, blocks, gain) << 6;
  k = row + (at < <usize>load<u32>(problem, SIZE_A) << 2 ? columnsA(problem) : columnsB(problem));
  const place = firstOf(
    gain4(drop4(fi, v128.load(f + at), v128.load(low + at)), v128.load(k + at), two),
    gain4(drop4(fi, v128.load(f + at, 16), v128.load(low + at, 16)), v128.load(k + at, 16), two),
    gain4(drop4(fi, v128.load(f + at, 32), v128.load(low + at, 32)), v128.load(k + at, 32), two),
    gain4(drop4(fi, v128.load(f + at, 48), v128.load(low + at, 48)), v128.load(k + at, 48), two),
    gain,
  );
  return place > 15 ? u32.MAX_VALUE : (<u32>at >> 2) + place;
}

/** The same with any diagonal. */
export function partnerAnyDiagonal(problem: usize, i: u32): u32 {
  const row = kernelRow(problem, i);
  const f = <usize>load<u32>(problem, GRADIENT);
  const low = <usize>load<u32>(problem, LOW);
  const fi = f32x4.splat(<f32>load<f64>(problem, HIGHEST));
  const kii = f32x4.splat(diagonalValue(problem, i));
  const diagonal = <usize>load<u32>(problem, DIAGONAL);
  let best: f32 = 0;
  let found: u32 = u32.MAX_VALUE;
  for (let run: usize = 0; run < 4; run++) {
    const end = runEnd(problem, run);
    const columns = runColumns(problem, run);
    for (let at = runStart(problem, run); at < end; at += 16) {
      const ktt = f32x4.add(kii, v128.load(diagonal + columns + at));
      const gain = gain4(drop4(fi, v128.load(f + at), v128.load(low + at)), v128.load(row + columns + at), ktt);
      const better = i32x4.bitmask(f32x4.gt(gain, f32x4.splat(best)));
      if (better == 0) continue;
      best = f32x4.extract_lane(largest(gain), 0);
      found = (<u32>at >> 2) + ctz(i32x4.bitmask(f32x4.eq(gain, f32x4.splat(best))));
    }
  }
  return found;
}

/** Applies the pending step, so that f, max f over up and min f over low rows belong to a. */
export function settle(problem: usize): void {
  apply(problem);
  store<f64>(problem, 0, STEP);
}
