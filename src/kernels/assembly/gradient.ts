/**
 * f_l = target_l − Σ_j a_j K_jl in double precision, anew or by a batch of changes of a: f in f32 drifts over thousands of steps.
 *
 * The rows are taken in the order of their local index, eight at a time (row-sums.ts), whatever the number of columns.
 */
import { COEFFICIENT, GRADIENT, PRECISE, SIZE_A, SIZE_B, START_A, START_B, SUPPORTS, TARGET, kernelRow, trained } from "./problem";
import { subtractRows } from "./row-sums";

/** f in double precision −= Σ c_r K_r over the `count` listed rows; the list is filled up to a multiple of eight by a row of coefficient 0. */
function subtractListed(problem: usize, count: u32): void {
  if (count == 0) return;
  const sizeA = load<u32>(problem, SIZE_A);
  const sizeB = load<u32>(problem, SIZE_B);
  const g = <usize>load<u32>(problem, PRECISE);
  const rows = <usize>load<u32>(problem, SUPPORTS);
  const values = rows + (<usize>(sizeA + sizeB) << 2);
  const last = load<u32>(rows + (<usize>(count - 1) << 2));
  while ((count & 7) != 0) {
    store<u32>(rows + (<usize>count << 2), last);
    store<f64>(values + (<usize>count << 3), 0);
    count++;
  }
  subtractRows(rows, values, count, <usize>load<u32>(problem, START_A) << 2, sizeA, g);
  subtractRows(rows, values, count, <usize>load<u32>(problem, START_B) << 2, sizeB, g + (<usize>sizeA << 3));
}

/** Writes f in double precision and rounded to f32; returns the largest change of f on a training row. */
export function regrade(problem: usize): f64 {
  const size = load<u32>(problem, SIZE_A) + load<u32>(problem, SIZE_B);
  const g = <usize>load<u32>(problem, PRECISE);
  const f = <usize>load<u32>(problem, GRADIENT);
  const a = <usize>load<u32>(problem, COEFFICIENT);
  const target = <usize>load<u32>(problem, TARGET);
  const rows = <usize>load<u32>(problem, SUPPORTS);
  const values = rows + (<usize>size << 2);
  let count: u32 = 0;
  for (let local: u32 = 0; local < size; local++) {
    const at = <usize>local << 3;
    const coefficient = load<f64>(a + at);
    store<f64>(g + at, load<f64>(target + at));
    store<u32>(rows + (<usize>count << 2), <u32>kernelRow(problem, local));
    store<f64>(values + (<usize>count << 3), coefficient);
    count += <u32>(coefficient != 0);
  }
  subtractListed(problem, count);
  let drift: f64 = 0;
  for (let local: u32 = 0; local < size; local++) {
    const at = <usize>local << 2;
    const exact = load<f64>(g + (at << 1));
    if (trained(problem, local)) drift = max(drift, abs(exact - <f64>load<f32>(f + at)));
    store<f32>(f + at, <f32>exact);
  }
  return drift;
}

/** f −= Σ_j change_j K_j for the `count` changed rows that `scatter` listed; f in double precision is spoilt. */
export function correct(problem: usize, count: u32): void {
  const size = load<u32>(problem, SIZE_A) + load<u32>(problem, SIZE_B);
  const g = <usize>load<u32>(problem, PRECISE);
  const f = <usize>load<u32>(problem, GRADIENT);
  for (let local: u32 = 0; local < size; local++) store<f64>(g + (<usize>local << 3), <f64>load<f32>(f + (<usize>local << 2)));
  subtractListed(problem, count);
  for (let local: u32 = 0; local < size; local++) store<f32>(f + (<usize>local << 2), <f32>load<f64>(g + (<usize>local << 3)));
}
