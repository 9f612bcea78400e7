/**
 * Compaction: the rows of a problem that can still move, as a small problem of their own whose kernel block is contiguous
 * (the idea of shrinking: T. Joachims, "Making large-scale SVM learning practical", 1999; here nothing is given up for good).
 *
 * With ρ the middle between max f over up rows and min f over low rows, a row is active where it is free, where it may go up and
 * f ≥ ρ − margin, or where it may go down and f ≤ ρ + margin. `list` holds two counts (class a, class b), then the active local
 * indexes, ascending. The compact problem is padded by rows of zeros outside the training set.
 */
import {
  COEFFICIENT, DIAGONAL, GRADIENT, HIGHEST, KERNEL, LOW, LOWEST, OUTSIDE, SIZE_A, SIZE_B, STRIDE, SUPPORTS, UP, WEIGHT,
  columnsA, columnsB, diagonalValue, kernelRow,
} from "./problem";

/** Lists the active rows; returns their number. */
export function activeRows(problem: usize, list: usize, margin: f64): u32 {
  const f = <usize>load<u32>(problem, GRADIENT);
  const up = <usize>load<u32>(problem, UP);
  const low = <usize>load<u32>(problem, LOW);
  const middle = (load<f64>(problem, HIGHEST) + load<f64>(problem, LOWEST)) / 2;
  const least = <f32>(middle - margin);
  const most = <f32>(middle + margin);
  const sizeA = load<u32>(problem, SIZE_A);
  const size = sizeA + load<u32>(problem, SIZE_B);
  let count: u32 = 0;
  let countA: u32 = 0;
  for (let local: u32 = 0; local < size; local++) {
    if (local == sizeA) countA = count;
    const at = <usize>local << 2;
    const value = load<f32>(f + at);
    const mayRise = load<f32>(up + at) == 0;
    const mayFall = load<f32>(low + at) == 0;
    store<u32>(list + 8 + (<usize>count << 2), local);
    count += <u32>((mayRise && value >= least) || (mayFall && value <= most) || (mayRise && mayFall));
  }
  store<u32>(list, countA);
  store<u32>(list, count - countA, 4);
  return count;
}

function gatherRow(problem: usize, local: u32, list: usize, to: usize, paddedA: u32, paddedB: u32): void {
  const row = kernelRow(problem, local);
  const countA = load<u32>(list);
  const countB = load<u32>(list, 4);
  let at = list + 8;
  let k = row + columnsA(problem);
  for (let c: u32 = 0; c < countA; c++, at += 4, to += 4) store<f32>(to, load<f32>(k + (<usize>load<u32>(at) << 2)));
  for (let c = countA; c < paddedA; c++, to += 4) store<f32>(to, 0);
  k = row + columnsB(problem);
  for (let c: u32 = 0; c < countB; c++, at += 4, to += 4) store<f32>(to, load<f32>(k + (<usize>load<u32>(at) << 2)));
  for (let c = countB; c < paddedB; c++, to += 4) store<f32>(to, 0);
}

/** Fills the compact problem, whose sizes and addresses are set, from the listed rows. */
export function gather(problem: usize, list: usize, compact: usize): void {
  const paddedA = load<u32>(compact, SIZE_A);
  const paddedB = load<u32>(compact, SIZE_B);
  const kernel = <usize>load<u32>(compact, KERNEL);
  const stride = <usize>load<u32>(compact, STRIDE);
  const a = <usize>load<u32>(problem, COEFFICIENT);
  const f = <usize>load<u32>(problem, GRADIENT);
  const toA = <usize>load<u32>(compact, COEFFICIENT);
  const toF = <usize>load<u32>(compact, GRADIENT);
  const outside = <usize>load<u32>(compact, OUTSIDE);
  const diagonal = <usize>load<u32>(compact, DIAGONAL);
  const weight = <usize>load<u32>(problem, WEIGHT);
  const toWeight = <usize>load<u32>(compact, WEIGHT);
  const countA = load<u32>(list);
  const countB = load<u32>(list, 4);
  let next = list + 8;
  for (let row: u32 = 0; row < paddedA + paddedB; row++) {
    const at = <usize>row << 2;
    const real = row < paddedA ? row < countA : row - paddedA < countB;
    if (!real) {
      store<f64>(toA + (at << 1), 0);
      store<f32>(toF + at, 0);
      store<f32>(outside + at, -Infinity);
      store<f32>(diagonal + at, 1);
      store<f64>(toWeight + (at << 1), 0);
      continue;
    }
    const local = load<u32>(next);
    next += 4;
    store<f64>(toA + (at << 1), load<f64>(a + (<usize>local << 3)));
    store<f32>(toF + at, load<f32>(f + (<usize>local << 2)));
    store<f64>(toWeight + (at << 1), load<f64>(weight + (<usize>local << 3)));
    store<f32>(outside + at, 0);
    store<f32>(diagonal + at, diagonalValue(problem, local));
    gatherRow(problem, local, list, kernel + <usize>row * stride, paddedA, paddedB);
  }
}

/** Takes the coefficients back; lists the changed rows and their changes where the problem lists its support vectors. Returns their number. */
export function scatter(problem: usize, list: usize, compact: usize): u32 {
  const a = <usize>load<u32>(problem, COEFFICIENT);
  const from = <usize>load<u32>(compact, COEFFICIENT);
  const paddedA = load<u32>(compact, SIZE_A);
  const countA = load<u32>(list);
  const all = countA + load<u32>(list, 4);
  const rows = <usize>load<u32>(problem, SUPPORTS);
  const changes = rows + (<usize>(load<u32>(problem, SIZE_A) + load<u32>(problem, SIZE_B)) << 2);
  let count: u32 = 0;
  for (let c: u32 = 0; c < all; c++) {
    const local = load<u32>(list + 8 + (<usize>c << 2));
    const row = c < countA ? c : paddedA + c - countA;
    const old = load<f64>(a + (<usize>local << 3));
    const now = load<f64>(from + (<usize>row << 3));
    if (now == old) continue;
    store<f64>(a + (<usize>local << 3), now);
    store<u32>(rows + (<usize>count << 2), <u32>kernelRow(problem, local));
    store<f64>(changes + (<usize>count << 3), now - old);
    count++;
  }
  return count;
}
