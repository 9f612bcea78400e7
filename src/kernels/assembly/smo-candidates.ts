/**
 * The solver of smo.ts with a shorter second pass, for kernels whose diagonal is 1: j is not the best of all low rows but the best
 * of a list of candidates, which the first pass leaves behind. A segment of 64 rows of a run gives four: the row of least f
 * among the low rows 0, 4, 8 … of the segment, among 1, 5, 9 …, and so on; of equal ones the first.
 *
 * The pair of the largest violation is always among those looked at, so the method converges as the original does (Fan, Chen, Lin 2005,
 * section 3); a step gains a little less and costs much less. Steps become more where a problem is ill conditioned.
 *
 * The list: for each candidate f (f32; +∞ where a lane has no low row), then, behind room for size / 16 + 16 of those, its local
 * index · 4 (u32). They come in the order of the rows.
 */
import {
  CANDIDATES, GRADIENT, HIGHEST, LOW, SIZE_A, SIZE_B, STEP, STEP_I, STEP_J, UP,
  kernelRow, runColumns, runEnd, runStart,
} from "./problem";
import { drop4, gain4 } from "./gain";
import { extremes } from "./extremes";
import { firstBlock, largest } from "./lanes";

/** Bytes of f that a segment spans. */
const SEGMENT: usize = 256;

/** Bytes of one half of the list. */
@inline
function half(problem: usize): usize {
  return <usize>((((load<u32>(problem, SIZE_A) + load<u32>(problem, SIZE_B)) >> 4) + 16) << 2);
}

/** f −= step (K_i − K_j) over all rows; writes max f over up, min f over low and the list; returns the first up row that has the maximum. */
export function applyListing(problem: usize): u32 {
  const rowI = kernelRow(problem, load<u32>(problem, STEP_I));
  const rowJ = kernelRow(problem, load<u32>(problem, STEP_J));
  const f = <usize>load<u32>(problem, GRADIENT);
  const up = <usize>load<u32>(problem, UP);
  const low = <usize>load<u32>(problem, LOW);
  const step = f32x4.splat(<f32>load<f64>(problem, STEP));
  const lanes = i32x4(0, 4, 8, 12);
  const sixteen = i32x4.splat(16);
  const half_ = half(problem);
  let list = <usize>load<u32>(problem, CANDIDATES);
  let best = f32x4.splat(-Infinity);
  let worst = f32x4.splat(Infinity);
  let blocks = i32x4.splat(0);
  let at: usize = 0;
  for (let run: usize = 0; run < 4; run++) {
    at = runStart(problem, run);
    const end = runEnd(problem, run);
    const ki = rowI + runColumns(problem, run);
    const kj = rowJ + runColumns(problem, run);
    while (at < end) {
      const stop = min(at + SEGMENT, end);
      let least = f32x4.splat(Infinity);
      let where = i32x4.splat(0);
      let place = i32x4.add(i32x4.splat(<i32>at), lanes);
      for (; at < stop; at += 64) {
        const f0 = f32x4.sub(v128.load(f + at), f32x4.mul(step, f32x4.sub(v128.load(ki + at), v128.load(kj + at))));
        v128.store(f + at, f0);
        const g0 = f32x4.add(f0, v128.load(low + at));
        where = v128.bitselect(place, where, f32x4.lt(g0, least));
        least = f32x4.pmin(least, g0);
        place = i32x4.add(place, sixteen);
        const f1 = f32x4.sub(v128.load(f + at, 16), f32x4.mul(step, f32x4.sub(v128.load(ki + at, 16), v128.load(kj + at, 16))));
        v128.store(f + at, f1, 16);
        const g1 = f32x4.add(f1, v128.load(low + at, 16));
        where = v128.bitselect(place, where, f32x4.lt(g1, least));
        least = f32x4.pmin(least, g1);
        place = i32x4.add(place, sixteen);
        const f2 = f32x4.sub(v128.load(f + at, 32), f32x4.mul(step, f32x4.sub(v128.load(ki + at, 32), v128.load(kj + at, 32))));
        v128.store(f + at, f2, 32);
        const g2 = f32x4.add(f2, v128.load(low + at, 32));
        where = v128.bitselect(place, where, f32x4.lt(g2, least));
        least = f32x4.pmin(least, g2);
        place = i32x4.add(place, sixteen);
        const f3 = f32x4.sub(v128.load(f + at, 48), f32x4.mul(step, f32x4.sub(v128.load(ki + at, 48), v128.load(kj + at, 48))));
        v128.store(f + at, f3, 48);
        const g3 = f32x4.add(f3, v128.load(low + at, 48));
        where = v128.bitselect(place, where, f32x4.lt(g3, least));
        least = f32x4.pmin(least, g3);
        place = i32x4.add(place, sixteen);
        const high = f32x4.pmax(
          f32x4.pmax(f32x4.add(f0, v128.load(up + at)), f32x4.add(f1, v128.load(up + at, 16))),
          f32x4.pmax(f32x4.add(f2, v128.load(up + at, 32)), f32x4.add(f3, v128.load(up + at, 48))),
        );
        blocks = v128.bitselect(i32x4.splat(<i32>(at >> 6)), blocks, f32x4.gt(high, best));
        best = f32x4.pmax(best, high);
      }
      v128.store(list, least);
      v128.store(list + half_, where);
      list += 16;
      worst = f32x4.pmin(worst, least);
    }
  }
  return extremes(problem, best, worst, blocks);
}

/** The candidate with the largest second-order gain together with i; of equal ones the lowest row. */
export function partnerListed(problem: usize, i: u32): u32 {
  const row = kernelRow(problem, i);
  const half_ = half(problem);
  const fi = f32x4.splat(<f32>load<f64>(problem, HIGHEST));
  const none = f32x4.splat(0);
  const two = f32x4.splat(2);
  let best = f32x4.splat(0);
  let where = i32x4.splat(-1);
  let at = <usize>load<u32>(problem, CANDIDATES);
  for (let run: usize = 0; run < 4; run++) {
    const end = at + (((runEnd(problem, run) - runStart(problem, run) + SEGMENT - 1) / SEGMENT) << 4);
    const k = row + runColumns(problem, run);
    for (; at < end; at += 16) {
      const drop = drop4(fi, v128.load(at), none);
      if (!v128.any_true(drop)) continue;
      const places = v128.load(at + half_);
      let values = v128.load32_zero(k + <usize>i32x4.extract_lane(places, 0));
      values = v128.load_lane<f32>(k + <usize>i32x4.extract_lane(places, 1), values, 1);
      values = v128.load_lane<f32>(k + <usize>i32x4.extract_lane(places, 2), values, 2);
      values = v128.load_lane<f32>(k + <usize>i32x4.extract_lane(places, 3), values, 3);
      const gain = gain4(drop, values, two);
      where = v128.bitselect(places, where, f32x4.gt(gain, best));
      best = f32x4.pmax(best, gain);
    }
  }
  const gain = largest(best);
  if (!(f32x4.extract_lane(gain, 0) > 0)) return u32.MAX_VALUE;
  const found = firstBlock(best, where, gain);
  return found == u32.MAX_VALUE ? found : found >> 2;
}
