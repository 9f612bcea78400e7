/**
 * g_l −= Σ_r c_r K_rl in double precision, for a list of kernel rows that lie anywhere: the negative gradient of a problem whose kernel matrix is
 * never whole (decomposition: T. Joachims, "Making large-scale SVM learning practical", 1999).
 *
 * Eight rows at a time are read along their columns, so that memory is read in order, and g is read and written once for
 * them. A group's sum runs over its rows in the order of the list, then is taken from g: a value depends on the list alone,
 * never on how the columns are cut into calls.
 */

@inline
function term(k: usize, c: v128): v128 {
  return f64x2.mul(f64x2.promote_low_f32x4(v128.load64_zero(k)), c);
}

/**
 * `rows` holds addresses of kernel rows (u32), `coefficients` one f64 each, `count` is a multiple of 8; `column` is the byte offset of
 * the first column in a row, `columns` (a multiple of 4) their number, and g the address of the first column's value.
 */
export function subtractRows(rows: usize, coefficients: usize, count: u32, column: usize, columns: usize, g: usize): void {
  for (let row: u32 = 0; row < count; row += 8) {
    const k0 = <usize>load<u32>(rows) + column, k1 = <usize>load<u32>(rows, 4) + column;
    const k2 = <usize>load<u32>(rows, 8) + column, k3 = <usize>load<u32>(rows, 12) + column;
    const k4 = <usize>load<u32>(rows, 16) + column, k5 = <usize>load<u32>(rows, 20) + column;
    const k6 = <usize>load<u32>(rows, 24) + column, k7 = <usize>load<u32>(rows, 28) + column;
    const c0 = v128.load_splat<f64>(coefficients), c1 = v128.load_splat<f64>(coefficients, 8);
    const c2 = v128.load_splat<f64>(coefficients, 16), c3 = v128.load_splat<f64>(coefficients, 24);
    const c4 = v128.load_splat<f64>(coefficients, 32), c5 = v128.load_splat<f64>(coefficients, 40);
    const c6 = v128.load_splat<f64>(coefficients, 48), c7 = v128.load_splat<f64>(coefficients, 56);
    for (let at: usize = 0, end = columns << 2; at < end; at += 16) {
      let s = term(k0 + at, c0), t = term(k0 + at + 8, c0);
      s = f64x2.add(s, term(k1 + at, c1));
      t = f64x2.add(t, term(k1 + at + 8, c1));
      s = f64x2.add(s, term(k2 + at, c2));
      t = f64x2.add(t, term(k2 + at + 8, c2));
      s = f64x2.add(s, term(k3 + at, c3));
      t = f64x2.add(t, term(k3 + at + 8, c3));
      s = f64x2.add(s, term(k4 + at, c4));
      t = f64x2.add(t, term(k4 + at + 8, c4));
      s = f64x2.add(s, term(k5 + at, c5));
      t = f64x2.add(t, term(k5 + at + 8, c5));
      s = f64x2.add(s, term(k6 + at, c6));
      t = f64x2.add(t, term(k6 + at + 8, c6));
      s = f64x2.add(s, term(k7 + at, c7));
      t = f64x2.add(t, term(k7 + at + 8, c7));
      const to = g + (at << 1);
      v128.store(to, f64x2.sub(v128.load(to), s));
      v128.store(to, f64x2.sub(v128.load(to, 16), t), 16);
    }
    rows += 32;
    coefficients += 64;
  }
}
