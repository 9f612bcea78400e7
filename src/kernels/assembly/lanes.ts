/**
 * Reductions over the four lanes of a vector, and the search for the place of the best: without branches, since no processor could guess them.
 */

/** The largest lane, in every lane. */
@inline
export function largest(values: v128): v128 {
  const pairs = f32x4.pmax(values, i32x4.shuffle(values, values, 2, 3, 0, 1));
  return f32x4.pmax(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2));
}

@inline
export function smallest(values: v128): f32 {
  const pairs = f32x4.pmin(values, i32x4.shuffle(values, values, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmin(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** The lowest block among the lanes whose value is `best` (in every lane). Without branches: no processor could guess them. */
@inline
export function firstBlock(values: v128, blocks: v128, best: v128): u32 {
  const candidates = v128.bitselect(blocks, i32x4.splat(-1), f32x4.eq(values, best));
  const pairs = i32x4.min_u(candidates, i32x4.shuffle(candidates, candidates, 2, 3, 0, 1));
  return <u32>i32x4.extract_lane(i32x4.min_u(pairs, i32x4.shuffle(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** The place of the first of 16 values that is `best` (in every lane); 32 where none is. */
@inline
export function firstOf(v0: v128, v1: v128, v2: v128, v3: v128, best: v128): u32 {
  return ctz(
    i32x4.bitmask(f32x4.eq(v0, best)) | (i32x4.bitmask(f32x4.eq(v1, best)) << 4) |
    (i32x4.bitmask(f32x4.eq(v2, best)) << 8) | (i32x4.bitmask(f32x4.eq(v3, best)) << 12),
  );
}
