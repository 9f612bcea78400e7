/**
 * Decisions Σ_j a_j K(x, j) of many rows x for several solutions at once, in double precision.
 *
 * The columns are given as blocks of four neighbouring ones: `blocks` holds their byte offsets in a kernel row (u32), and
 * `coefficients` four f64 a solution and block: block by block, solution by solution, lane by lane. Blocks without a support
 * vector are left out.
 */

/** Σ of the two halves of a kernel vector times four coefficients. */
@inline
function add(sum: v128, k0: v128, k1: v128, c: usize): v128 {
  return f64x2.add(sum, f64x2.add(f64x2.mul(k0, v128.load(c)), f64x2.mul(k1, v128.load(c, 16))));
}

@inline
function put(to: usize, sum: v128): void {
  store<f64>(to, f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1));
}

@inline
function decide(
  solutions: u32, kernel: usize, stride: usize, rows: usize, rowCount: u32, blocks: usize, blockCount: u32, coefficients: usize, out: usize,
): void {
  for (let r: u32 = 0; r < rowCount; r++) {
    const row = kernel + <usize>load<u32>(rows + (<usize>r << 2)) * stride;
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let c = coefficients;
    for (let at = blocks, end = blocks + (<usize>blockCount << 2); at < end; at += 4, c += <usize>solutions << 5) {
      const values = v128.load(row + <usize>load<u32>(at));
      const k0 = f64x2.promote_low_f32x4(values);
      const k1 = f64x2.promote_low_f32x4(i32x4.shuffle(values, values, 2, 3, 2, 3));
      s0 = add(s0, k0, k1, c);
      if (solutions > 1) s1 = add(s1, k0, k1, c + 32);
      if (solutions > 2) s2 = add(s2, k0, k1, c + 64);
      if (solutions > 3) s3 = add(s3, k0, k1, c + 96);
    }
    const to = out + (<usize>r << 5);
    put(to, s0);
    if (solutions > 1) put(to + 8, s1);
    if (solutions > 2) put(to + 16, s2);
    if (solutions > 3) put(to + 24, s3);
  }
}

/** `rows` holds the row numbers (u32) in the matrix at `kernel`; `out` gets one to four f64, 32 bytes apart from row to row. */
export function decisions(
  solutions: u32, kernel: usize, stride: usize, rows: usize, rowCount: u32, blocks: usize, blockCount: u32, coefficients: usize, out: usize,
): void {
  if (solutions == 1) decide(1, kernel, stride, rows, rowCount, blocks, blockCount, coefficients, out);
  else if (solutions == 2) decide(2, kernel, stride, rows, rowCount, blocks, blockCount, coefficients, out);
  else if (solutions == 3) decide(3, kernel, stride, rows, rowCount, blocks, blockCount, coefficients, out);
  else decide(4, kernel, stride, rows, rowCount, blocks, blockCount, coefficients, out);
}
