/**
 * Decisions Σ_j a_j K(j, x) of many rows x for one or two solutions at once, in double precision.
 *
 * K is symmetric, so the kernel row of support vector j holds its values for all rows x, and neighbouring rows are judged
 * together: a tile is 16 neighbouring columns, and its sums stay in registers, 8 columns at a time. Every sum runs over the
 * support vectors in the order of the list; one whose coefficient is 0 changes nothing.
 */

@inline
function add(sum: v128, k: v128, a: v128): v128 {
  return f64x2.add(sum, f64x2.mul(k, a));
}

/** Sums over the 16 columns from byte `column` of the kernel rows at `rows`; the second solution's coefficients stand behind the first's. `out` gets 16 f64 a solution. */
@inline
export function tile(two: bool, rows: usize, coefficients: usize, count: u32, column: usize, out: usize): void {
  for (let half: usize = 0; half < 2; half++) {
    let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let t0 = s0, t1 = s0, t2 = s0, t3 = s0;
    const shift = column + (half << 5);
    let c = coefficients;
    const second = <usize>count << 3;
    for (let at = rows, end = rows + (<usize>count << 2); at < end; at += 4) {
      const k = <usize>load<u32>(at) + shift;
      const k0 = f64x2.promote_low_f32x4(v128.load64_zero(k));
      const k1 = f64x2.promote_low_f32x4(v128.load64_zero(k, 8));
      const k2 = f64x2.promote_low_f32x4(v128.load64_zero(k, 16));
      const k3 = f64x2.promote_low_f32x4(v128.load64_zero(k, 24));
      let a = v128.load_splat<f64>(c);
      s0 = add(s0, k0, a);
      s1 = add(s1, k1, a);
      s2 = add(s2, k2, a);
      s3 = add(s3, k3, a);
      if (two) {
        a = v128.load_splat<f64>(c + second);
        t0 = add(t0, k0, a);
        t1 = add(t1, k1, a);
        t2 = add(t2, k2, a);
        t3 = add(t3, k3, a);
      }
      c += 8;
    }
    const to = out + (half << 6);
    v128.store(to, s0);
    v128.store(to, s1, 16);
    v128.store(to, s2, 32);
    v128.store(to, s3, 48);
    if (two) {
      v128.store(to, t0, 128);
      v128.store(to, t1, 144);
      v128.store(to, t2, 160);
      v128.store(to, t3, 176);
    }
  }
}

/**
 * `rows` holds the addresses of the support vectors' kernel rows (u32), `coefficients` one f64 for each, solution by solution; `tiles` holds
 * the byte offsets of the tiles' first columns (u32). `out` gets, tile by tile, 16 f64 a solution.
 */
export function decisions(solutions: u32, rows: usize, coefficients: usize, count: u32, tiles: usize, tileCount: u32, out: usize): void {
  for (let t: u32 = 0; t < tileCount; t++) {
    const column = <usize>load<u32>(tiles + (<usize>t << 2));
    if (solutions == 2) tile(true, rows, coefficients, count, column, out + (<usize>t << 8));
    else tile(false, rows, coefficients, count, column, out + (<usize>t << 7));
  }
}
