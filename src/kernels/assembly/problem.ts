/**
 * The block of parameters of one two-class problem in memory: byte offsets of its members.
 *
 * The problem lies over two ranges of positions of the kernel matrix: class a (y = +1), then class b (y = −1), each
 * a multiple of 16 long. A local index l runs over both: l < sizeA is position startA + l, else startB + l − sizeA.
 * The ranges may be one and the same: then every row of the kernel matrix has a local index of each sign (ε-SVR).
 * The host writes the members by the same offsets (src/kernels/svm-kernels.ts).
 */

/** u32: address of the kernel matrix K (f32), and bytes from a row to the next. */
export const KERNEL: usize = 0;
export const STRIDE: usize = 4;
/** u32: first positions and padded lengths of the two classes. */
export const START_A: usize = 8;
export const START_B: usize = 12;
export const SIZE_A: usize = 16;
export const SIZE_B: usize = 20;
/** u32: addresses of a = y α (f64), f (f32), the masks up and low (f32), f in double precision (f64), outside (f32: 0 or −∞). */
export const COEFFICIENT: usize = 24;
export const GRADIENT: usize = 28;
export const UP: usize = 32;
export const LOW: usize = 36;
export const PRECISE: usize = 40;
export const OUTSIDE: usize = 44;
/** u32: address of the diagonal of K by position (f32). */
export const DIAGONAL: usize = 48;
/** u32: local indexes of the step that is chosen and not yet applied to f. */
export const STEP_I: usize = 52;
export const STEP_J: usize = 56;
/** u32: steps made by the last call. */
export const STEPS: usize = 60;
/** f64: length of that step, the bound C, the tolerance. */
export const STEP: usize = 64;
export const BOUND: usize = 72;
export const TOLERANCE: usize = 80;
/** f64, answers: max f over up rows, min f over low rows, the offset ρ. */
export const HIGHEST: usize = 88;
export const LOWEST: usize = 96;
export const OFFSET: usize = 104;
/** u32, answers: rows with a ≠ 0, and rows with |a| = C_i. */
export const SUPPORT: usize = 112;
export const BOUNDED: usize = 116;
/** u32: address of a list of kernel rows (u32, one a row of the problem) and their coefficients (f64, behind them). */
export const SUPPORTS: usize = 120;
/** u32: addresses of the rows' weights (f64: C_i = C · weight) and of f where a = 0 (f64: y = ±1, or what a regression asks for). */
export const WEIGHT: usize = 124;
export const TARGET: usize = 128;
/** u32: address of the candidates' list (see smo-candidates.ts). */
export const CANDIDATES: usize = 132;
/**
 * u32: four runs of local rows as bytes of f, start and end of each, multiples of 64; two of class a, then two of class b. What lies
 * between two of a class, the rows that a fold tests, is not trained on: the solver passes it over, and f is not kept there.
 */
export const RUNS: usize = 136;

/** C_i = C · weight: the same product wherever a is compared with its bound. */
@inline
export function rowBound(problem: usize, local: u32): f64 {
  return load<f64>(problem, BOUND) * load<f64>(<usize>load<u32>(problem, WEIGHT) + (<usize>local << 3));
}

/** Whether a row is trained on: not outside, and of a weight above 0. */
@inline
export function trained(problem: usize, local: u32): bool {
  return load<f32>(<usize>load<u32>(problem, OUTSIDE) + (<usize>local << 2)) == 0 && load<f64>(<usize>load<u32>(problem, WEIGHT) + (<usize>local << 3)) > 0;
}

/** The address of the kernel row of a local index. */
@inline
export function kernelRow(problem: usize, local: u32): usize {
  const sizeA = load<u32>(problem, SIZE_A);
  const position = local < sizeA ? load<u32>(problem, START_A) + local : load<u32>(problem, START_B) + local - sizeA;
  return <usize>load<u32>(problem, KERNEL) + <usize>position * <usize>load<u32>(problem, STRIDE);
}

/** What to add to a row's address so that the column of local index l lies at 4 l: class a's part and class b's. */
@inline
export function columnsA(problem: usize): usize {
  return <usize>load<u32>(problem, START_A) << 2;
}

@inline
export function columnsB(problem: usize): usize {
  return (<usize>load<u32>(problem, START_B) - <usize>load<u32>(problem, SIZE_A)) << 2;
}

/** K of two local indexes, by the address of the first one's row. */
@inline
export function kernelValue(problem: usize, row: usize, local: u32): f32 {
  return load<f32>(row + (<usize>local << 2) + (local < load<u32>(problem, SIZE_A) ? columnsA(problem) : columnsB(problem)));
}

/** K_ll of a local index. */
@inline
export function diagonalValue(problem: usize, local: u32): f32 {
  const sizeA = load<u32>(problem, SIZE_A);
  const position = local < sizeA ? load<u32>(problem, START_A) + local : load<u32>(problem, START_B) + local - sizeA;
  return load<f32>(<usize>load<u32>(problem, DIAGONAL) + (<usize>position << 2));
}

/** Start and end of a run, and what to add to the address of a kernel row for it. */
@inline
export function runStart(problem: usize, run: usize): usize {
  return <usize>load<u32>(problem + (run << 3), RUNS);
}

@inline
export function runEnd(problem: usize, run: usize): usize {
  return <usize>load<u32>(problem + (run << 3), RUNS + 4);
}

@inline
export function runColumns(problem: usize, run: usize): usize {
  return run < 2 ? columnsA(problem) : columnsB(problem);
}
