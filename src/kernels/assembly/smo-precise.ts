/**
 * The solver of smo.ts with f in double precision, for problems whose f in f32 can't reach the tolerance (very large C,
 * kernels of large values). Same notation and selection; one row at a time, since it is rarely needed.
 */
import {
  HIGHEST,
  LOW,
  LOWEST,
  PRECISE,
  SIZE_A,
  SIZE_B,
  STEPS,
  TOLERANCE,
  UP,
  STEP,
  STEP_I,
  STEP_J,
  columnsA,
  columnsB,
  diagonalValue,
  kernelRow,
  kernelValue,
} from "./problem";
import { LEAST_CURVATURE, move } from "./step";

function update(problem: usize): void {
  const step = load<f64>(problem, STEP);
  const g = <usize>load<u32>(problem, PRECISE);
  const rowI = kernelRow(problem, load<u32>(problem, STEP_I));
  const rowJ = kernelRow(problem, load<u32>(problem, STEP_J));
  const sizeA = load<u32>(problem, SIZE_A);
  const size = sizeA + load<u32>(problem, SIZE_B);
  for (let local: u32 = 0; local < size; local++) {
    const at = (<usize>local) << 2;
    const columns = local < sizeA ? columnsA(problem) : columnsB(problem);
    const change = step * (<f64>load<f32>(rowI + columns + at) - <f64>load<f32>(rowJ + columns + at));
    store<f64>(g + (at << 1), load<f64>(g + (at << 1)) - change);
  }
}

/** At most `count` iterations from f in double precision; true where the problem is solved. */
export function optimizePrecisely(problem: usize, count: u32): bool {
  const tolerance = load<f64>(problem, TOLERANCE);
  const g = <usize>load<u32>(problem, PRECISE);
  const up = <usize>load<u32>(problem, UP);
  const low = <usize>load<u32>(problem, LOW);
  const size = load<u32>(problem, SIZE_A) + load<u32>(problem, SIZE_B);
  for (let done: u32 = 0; done < count; done++) {
    let highest = -Infinity;
    let lowest = Infinity;
    let i: u32 = 0;
    for (let local: u32 = 0; local < size; local++) {
      const value = load<f64>(g + ((<usize>local) << 3));
      const raised = value + <f64>load<f32>(up + ((<usize>local) << 2));
      if (raised > highest) {
        highest = raised;
        i = local;
      }
      lowest = min(lowest, value + <f64>load<f32>(low + ((<usize>local) << 2)));
    }
    store<f64>(problem, highest, HIGHEST);
    store<f64>(problem, lowest, LOWEST);
    store<u32>(problem, done, STEPS);
    if (!(highest - lowest >= tolerance)) return true;
    const row = kernelRow(problem, i);
    const kii = <f64>diagonalValue(problem, i);
    let best: f64 = 0;
    let j: u32 = u32.MAX_VALUE;
    for (let local: u32 = 0; local < size; local++) {
      if (load<f32>(low + ((<usize>local) << 2)) != 0) continue;
      const drop = highest - load<f64>(g + ((<usize>local) << 3));
      if (drop <= 0) continue;
      const curvature = kii + <f64>diagonalValue(problem, local) - 2 * <f64>kernelValue(problem, row, local);
      const gain = (drop * drop) / max(curvature, LEAST_CURVATURE);
      if (gain > best) {
        best = gain;
        j = local;
      }
    }
    if (j == u32.MAX_VALUE) return true;
    move(problem, i, j, highest - load<f64>(g + ((<usize>j) << 3)));
    update(problem);
  }
  store<u32>(problem, count, STEPS);
  return false;
}
