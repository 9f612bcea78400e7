/**
 * A feasible start near a given point: a may be anything, and f belongs to it. Coefficients of rows that are not trained on become 0,
 * the others are clipped to their bounds, and what is taken from a row is given to the rows most like it: among the rows of
 * its class that have room, the one of the largest K with it, then the next (D. DeCoste, K. Wagstaff, "Alpha seeding for
 * support vector machines", KDD 2000). The sum of a stays what it was.
 */
import {
  BOUND, COEFFICIENT, LOW, OUTSIDE, PRECISE, SIZE_A, SIZE_B, SUPPORTS, UP, WEIGHT,
  columnsA, columnsB, kernelRow, rowBound,
} from "./problem";
import { firstOf, largest } from "./lanes";
import { bound, mask } from "./step";

/** The row of the same class with room (up, or down) that has the largest K with `local`; of equal ones the first; MAX where none has room. */
function receiver(problem: usize, local: u32, upward: bool): u32 {
  const sizeA = load<u32>(problem, SIZE_A);
  const first = local < sizeA ? 0 : sizeA;
  const last = local < sizeA ? sizeA : sizeA + load<u32>(problem, SIZE_B);
  const row = kernelRow(problem, local) + (local < sizeA ? columnsA(problem) : columnsB(problem));
  const masks = <usize>(upward ? load<u32>(problem, UP) : load<u32>(problem, LOW));
  const sign = f32x4.splat(upward ? 1 : -1);
  let best = f32x4.splat(-Infinity);
  let at = <usize>first << 2;
  const end = <usize>last << 2;
  for (; at < end; at += 16) {
    best = f32x4.pmax(best, f32x4.add(v128.load(row + at), f32x4.mul(sign, v128.load(masks + at))));
  }
  const most = largest(best);
  if (!(f32x4.extract_lane(most, 0) > -Infinity)) return u32.MAX_VALUE;
  const none = f32x4.splat(-Infinity);
  for (at = <usize>first << 2; at < end; at += 16) {
    const place = firstOf(f32x4.add(v128.load(row + at), f32x4.mul(sign, v128.load(masks + at))), none, none, none, most);
    if (place < 4) return (<u32>at >> 2) + place;
  }
  return u32.MAX_VALUE;
}

/**
 * Makes a feasible and sets the masks. Lists the changed rows and their changes where the problem lists its support vectors, for
 * `correct`; returns their number, or −1 where no row has room for what is left, and the point is lost. f in double precision is spoilt.
 */
export function seed(problem: usize): i32 {
  const sizeA = load<u32>(problem, SIZE_A);
  const size = sizeA + load<u32>(problem, SIZE_B);
  const c = load<f64>(problem, BOUND);
  const a = <usize>load<u32>(problem, COEFFICIENT);
  const outside = <usize>load<u32>(problem, OUTSIDE);
  const weight = <usize>load<u32>(problem, WEIGHT);
  const before = <usize>load<u32>(problem, PRECISE);
  const rows = <usize>load<u32>(problem, SUPPORTS);
  const changes = rows + (<usize>size << 2);
  let taken: u32 = 0;
  for (let local: u32 = 0; local < size; local++) {
    const at = <usize>local << 3;
    const value = load<f64>(a + at);
    store<f64>(before + at, value);
    if (value == 0) continue;
    const most = load<f32>(outside + (at >> 1)) == 0 ? c * load<f64>(weight + at) : 0;
    const clipped = local < sizeA ? max(min(value, most), 0) : min(max(value, -most), 0);
    if (clipped == value) continue;
    store<f64>(a + at, clipped);
    store<u32>(rows + (<usize>taken << 2), local);
    store<f64>(changes + (<usize>taken << 3), value - clipped);
    taken++;
  }
  bound(problem);
  for (let one: u32 = 0; one < taken; one++) {
    const local = load<u32>(rows + (<usize>one << 2));
    let rest = load<f64>(changes + (<usize>one << 3));
    while (rest != 0) {
      const upward = rest > 0;
      const to = receiver(problem, local, upward);
      if (to == u32.MAX_VALUE) return -1;
      const place = a + (<usize>to << 3);
      const value = load<f64>(place);
      const top = to < sizeA ? rowBound(problem, to) : 0;
      const bottom = to < sizeA ? 0 : -rowBound(problem, to);
      const room = upward ? top - value : bottom - value;
      const fits = upward ? rest < room : rest > room;
      const now = fits ? value + rest : upward ? top : bottom;
      rest = fits ? 0 : rest - room;
      store<f64>(place, now);
      mask(problem, to, now, rowBound(problem, to));
    }
  }
  let count: i32 = 0;
  for (let local: u32 = 0; local < size; local++) {
    const at = <usize>local << 3;
    const change = load<f64>(a + at) - load<f64>(before + at);
    if (change == 0) continue;
    store<u32>(rows + (<usize>count << 2), <u32>kernelRow(problem, local));
    store<f64>(changes + (<usize>count << 3), change);
    count++;
  }
  return count;
}
