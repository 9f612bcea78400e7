/**
 * The solver of smo.ts with f in double precision, for problems whose f in f32 can't reach the tolerance (very large C or targets,
 * kernels of large values). Same notation and selection, two rows a step.
 */
import {
  DIAGONAL, HIGHEST, LOW, LOWEST, PRECISE, SIZE_A, SIZE_B, STEP, STEPS, STEP_I, STEP_J, TOLERANCE, UP,
  columnsA, columnsB, diagonalValue, kernelRow,
} from "./problem";
import { LEAST_CURVATURE, move } from "./step";

/** Two values in double precision. */
@inline
function pair(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}

function update(problem: usize): void {
  const step = f64x2.splat(load<f64>(problem, STEP));
  const g = <usize>load<u32>(problem, PRECISE);
  const rowI = kernelRow(problem, load<u32>(problem, STEP_I));
  const rowJ = kernelRow(problem, load<u32>(problem, STEP_J));
  let at: usize = 0;
  let end = <usize>load<u32>(problem, SIZE_A) << 2;
  let columns = columnsA(problem);
  for (let part = 0; part < 2; part++) {
    for (; at < end; at += 8) {
      const change = f64x2.mul(step, f64x2.sub(pair(rowI + columns + at), pair(rowJ + columns + at)));
      v128.store(g + (at << 1), f64x2.sub(v128.load(g + (at << 1)), change));
    }
    end += <usize>load<u32>(problem, SIZE_B) << 2;
    columns = columnsB(problem);
  }
}

/** Writes max f over up and min f over low rows; returns the first up row that has the maximum. */
function select(problem: usize): u32 {
  const g = <usize>load<u32>(problem, PRECISE);
  const up = <usize>load<u32>(problem, UP);
  const low = <usize>load<u32>(problem, LOW);
  const end = <usize>(load<u32>(problem, SIZE_A) + load<u32>(problem, SIZE_B)) << 2;
  let best = f64x2.splat(-Infinity);
  let worst = f64x2.splat(Infinity);
  for (let at: usize = 0; at < end; at += 8) {
    const value = v128.load(g + (at << 1));
    best = f64x2.pmax(best, f64x2.add(value, pair(up + at)));
    // Not pmin: a NaN must stay, and end the search.
    worst = f64x2.min(worst, f64x2.add(value, pair(low + at)));
  }
  const highest = max(f64x2.extract_lane(best, 0), f64x2.extract_lane(best, 1));
  store<f64>(problem, highest, HIGHEST);
  store<f64>(problem, min(f64x2.extract_lane(worst, 0), f64x2.extract_lane(worst, 1)), LOWEST);
  for (let at: usize = 0; at < end; at += 8) {
    const found = i64x2.bitmask(f64x2.eq(f64x2.add(v128.load(g + (at << 1)), pair(up + at)), f64x2.splat(highest)));
    if (found != 0) return (<u32>at >> 2) + <u32>ctz(found);
  }
  return 0;
}

/** The low row with the largest second-order gain together with i. */
function partner(problem: usize, i: u32): u32 {
  const g = <usize>load<u32>(problem, PRECISE);
  const low = <usize>load<u32>(problem, LOW);
  const diagonal = <usize>load<u32>(problem, DIAGONAL);
  const row = kernelRow(problem, i);
  const highest = f64x2.splat(load<f64>(problem, HIGHEST));
  const kii = f64x2.splat(<f64>diagonalValue(problem, i));
  const zero = f64x2.splat(0);
  let best: f64 = 0;
  let found: u32 = u32.MAX_VALUE;
  let at: usize = 0;
  let end = <usize>load<u32>(problem, SIZE_A) << 2;
  let columns = columnsA(problem);
  for (let part = 0; part < 2; part++) {
    for (; at < end; at += 8) {
      const drop = f64x2.pmax(f64x2.sub(highest, f64x2.add(v128.load(g + (at << 1)), pair(low + at))), zero);
      if (!v128.any_true(f64x2.gt(drop, zero))) continue;
      const k = pair(row + columns + at);
      const curvature = f64x2.sub(f64x2.add(kii, pair(diagonal + columns + at)), f64x2.add(k, k));
      const gain = f64x2.div(f64x2.mul(drop, drop), f64x2.max(curvature, f64x2.splat(LEAST_CURVATURE)));
      if (f64x2.extract_lane(gain, 0) > best) {
        best = f64x2.extract_lane(gain, 0);
        found = <u32>at >> 2;
      }
      if (f64x2.extract_lane(gain, 1) > best) {
        best = f64x2.extract_lane(gain, 1);
        found = (<u32>at >> 2) + 1;
      }
    }
    end += <usize>load<u32>(problem, SIZE_B) << 2;
    columns = columnsB(problem);
  }
  return found;
}

/** At most `count` iterations from f in double precision; true where the problem is solved. */
export function optimizePrecisely(problem: usize, count: u32): bool {
  const tolerance = load<f64>(problem, TOLERANCE);
  const g = <usize>load<u32>(problem, PRECISE);
  for (let done: u32 = 0; done < count; done++) {
    const i = select(problem);
    const highest = load<f64>(problem, HIGHEST);
    store<u32>(problem, done, STEPS);
    // Written so that a NaN ends the loop.
    if (!(highest - load<f64>(problem, LOWEST) >= tolerance)) return true;
    const j = partner(problem, i);
    if (j == u32.MAX_VALUE) return true;
    move(problem, i, j, highest - load<f64>(g + ((<usize>j) << 3)));
    update(problem);
  }
  store<u32>(problem, count, STEPS);
  return false;
}
