/**
 * f_l = target_l − Σ_j a_j K_jl in double precision, anew or by a batch of changes of a: f in f32 drifts over thousands of steps.
 *
 * Every sum runs over the support vectors in the order of their local index, whatever the number of rows.
 */
import { tile } from "./decision";
import { COEFFICIENT, GRADIENT, PRECISE, SIZE_A, SIZE_B, SUPPORTS, TARGET, columnsA, columnsB, kernelRow, trained } from "./problem";

/** Writes f in double precision and rounded to f32; returns the largest change of f on a training row. */
export function regrade(problem: usize): f64 {
  const sizeA = load<u32>(problem, SIZE_A);
  const size = sizeA + load<u32>(problem, SIZE_B);
  const g = <usize>load<u32>(problem, PRECISE);
  const f = <usize>load<u32>(problem, GRADIENT);
  const a = <usize>load<u32>(problem, COEFFICIENT);
  const target = <usize>load<u32>(problem, TARGET);
  const rows = <usize>load<u32>(problem, SUPPORTS);
  const values = rows + (<usize>size << 2);
  let count: u32 = 0;
  for (let local: u32 = 0; local < size; local++) {
    const coefficient = load<f64>(a + (<usize>local << 3));
    store<u32>(rows + (<usize>count << 2), <u32>kernelRow(problem, local));
    store<f64>(values + (<usize>count << 3), coefficient);
    count += <u32>(coefficient != 0);
  }
  let drift: f64 = 0;
  for (let first: u32 = 0; first < size; first += 16) {
    const columns = (first < sizeA ? columnsA(problem) : columnsB(problem)) + (<usize>first << 2);
    tile(false, rows, values, count, columns, g + (<usize>first << 3));
    for (let local = first; local < first + 16; local++) {
      const at = <usize>local << 2;
      const exact = load<f64>(target + (at << 1)) - load<f64>(g + (at << 1));
      store<f64>(g + (at << 1), exact);
      if (trained(problem, local)) drift = max(drift, abs(exact - <f64>load<f32>(f + at)));
      store<f32>(f + at, <f32>exact);
    }
  }
  return drift;
}

/** f −= Σ_j change_j K_j for the `count` changed rows that `scatter` listed; f in double precision is spoilt. */
export function correct(problem: usize, count: u32): void {
  const sizeA = load<u32>(problem, SIZE_A);
  const size = sizeA + load<u32>(problem, SIZE_B);
  const g = <usize>load<u32>(problem, PRECISE);
  const f = <usize>load<u32>(problem, GRADIENT);
  const rows = <usize>load<u32>(problem, SUPPORTS);
  const changes = rows + (<usize>size << 2);
  for (let first: u32 = 0; first < size; first += 16) {
    const columns = (first < sizeA ? columnsA(problem) : columnsB(problem)) + (<usize>first << 2);
    tile(false, rows, changes, count, columns, g + (<usize>first << 3));
    for (let local = first; local < first + 16; local++) {
      const at = <usize>local << 2;
      store<f32>(f + at, <f32>(<f64>load<f32>(f + at) - load<f64>(g + (at << 1))));
    }
  }
}
