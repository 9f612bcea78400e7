/**
 * Decisions Σ_j a_j K(x, j) of many rows x for up to four solutions at once, in double precision.
 *
 * The columns are given as blocks of four neighbouring ones: `blocks` holds their byte offsets in a kernel row (u32), and
 * `coefficients` four times four f64 a block: solution by solution, lane by lane. Blocks without a support vector are left out.
 */

/** `rows` holds the row numbers (u32) in the matrix at `kernel`; `out` gets four f64 a row. */
export function decisions(
  kernel: usize,
  stride: usize,
  rows: usize,
  rowCount: u32,
  blocks: usize,
  blockCount: u32,
  coefficients: usize,
  out: usize,
): void {
  for (let r: u32 = 0; r < rowCount; r++) {
    const row = kernel + <usize>load<u32>(rows + ((<usize>r) << 2)) * stride;
    let s0 = f64x2.splat(0),
      s1 = s0,
      s2 = s0,
      s3 = s0;
    let c = coefficients;
    for (let at = blocks, end = blocks + ((<usize>blockCount) << 2); at < end; at += 4, c += 128) {
      const values = v128.load(row + <usize>load<u32>(at));
      const k0 = f64x2.promote_low_f32x4(values);
      const k1 = f64x2.promote_low_f32x4(i32x4.shuffle(values, values, 2, 3, 2, 3));
      s0 = f64x2.add(s0, f64x2.add(f64x2.mul(k0, v128.load(c)), f64x2.mul(k1, v128.load(c, 16))));
      s1 = f64x2.add(s1, f64x2.add(f64x2.mul(k0, v128.load(c, 32)), f64x2.mul(k1, v128.load(c, 48))));
      s2 = f64x2.add(s2, f64x2.add(f64x2.mul(k0, v128.load(c, 64)), f64x2.mul(k1, v128.load(c, 80))));
      s3 = f64x2.add(s3, f64x2.add(f64x2.mul(k0, v128.load(c, 96)), f64x2.mul(k1, v128.load(c, 112))));
    }
    const to = out + ((<usize>r) << 5);
    store<f64>(to, f64x2.extract_lane(s0, 0) + f64x2.extract_lane(s0, 1));
    store<f64>(to, f64x2.extract_lane(s1, 0) + f64x2.extract_lane(s1, 1), 8);
    store<f64>(to, f64x2.extract_lane(s2, 0) + f64x2.extract_lane(s2, 1), 16);
    store<f64>(to, f64x2.extract_lane(s3, 0) + f64x2.extract_lane(s3, 1), 24);
  }
}
