/**
 * What the first pass of an iteration ends with: max f over up rows and min f over low rows, from the best of each lane, and the first
 * up row that has the maximum. Its block of 16 is known; the row is looked for there again.
 */
import { GRADIENT, HIGHEST, LOWEST, UP } from "./problem";
import { firstBlock, firstOf, largest, smallest } from "./lanes";

/** Writes the extremes; `blocks` holds each lane's block of its best. Returns the row. */
@inline
export function extremes(problem: usize, best: v128, worst: v128, blocks: v128): u32 {
  const f = <usize>load<u32>(problem, GRADIENT);
  const up = <usize>load<u32>(problem, UP);
  const highest = largest(best);
  store<f64>(problem, <f64>f32x4.extract_lane(highest, 0), HIGHEST);
  store<f64>(problem, <f64>smallest(worst), LOWEST);
  const found = firstBlock(best, blocks, highest);
  const at = <usize>found << 6;
  const place = firstOf(
    f32x4.add(v128.load(f + at), v128.load(up + at)), f32x4.add(v128.load(f + at, 16), v128.load(up + at, 16)),
    f32x4.add(v128.load(f + at, 32), v128.load(up + at, 32)), f32x4.add(v128.load(f + at, 48), v128.load(up + at, 48)), highest,
  );
  // Where f is not a number no place is found, and no step will be taken.
  return (found << 4) + (place & 15);
}
