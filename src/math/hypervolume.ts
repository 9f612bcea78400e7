/**
 * The hypervolume of a set of points: the measure of what they dominate within a reference point, all objectives minimised.
 * Points are row-major, n × m; a point that is not below the reference in every objective (or has a NaN) adds nothing.
 *
 * Sources: E. Zitzler, L. Thiele, "Multiobjective evolutionary algorithms: a comparative case study", IEEE Trans. Evolutionary
 * Computation 3(4), 1999, doi 10.1109/4235.797969 (the measure); N. Beume et al., "On the complexity of computing the hypervolume indicator",
 * IEEE Trans. Evolutionary Computation 13(5), 2009, doi 10.1109/TEVC.2009.2015575 (the sweep in three objectives); L. While, L. Bradstreet,
 * L. Barone, "A fast way of calculating exact hypervolumes", IEEE Trans. Evolutionary Computation 16(1), 2012,
 * doi 10.1109/TEVC.2010.2077298 (WFG: four objectives and more, and contributions).
 */
import { lexicographicOrder, paretoFront } from "./pareto.ts";

/** The hypervolume of `points`. Exact but for rounding: O(n log n) for one and two objectives, O(n²) at worst for three, exponential in m beyond. */
export function hypervolume(points: Float64Array, reference: ArrayLike<number>): number {
  const m = reference.length;
  const inside = rowsOf(points, m).filter((row) => isBelow(row, reference));
  return inside.length === 0 ? 0 : volume(packed(nonDominated(inside, m), m), reference);
}

/** What the hypervolume of `points` would lose without each of them; 0 for points that another dominates or equals. O(n) hypervolumes of n points. */
export function hypervolumeContributions(points: Float64Array, reference: ArrayLike<number>): Float64Array {
  const m = reference.length;
  const rows = rowsOf(points, m);
  const contributions = new Float64Array(rows.length);
  const inside = rows.flatMap((row, index) => (isBelow(row, reference) ? [index] : []));
  const front = paretoFront(
    packed(
      inside.map((index) => rows[index] as Float64Array),
      m,
    ),
    m,
  ).map((place) => inside[place] as number);
  for (const index of front) {
    const own = rows[index] as Float64Array;
    // Not the front alone: what a point dominates takes its place in part.
    const others = inside.filter((other) => other !== index).map((other) => rows[other] as Float64Array);
    if (others.some((other) => other.every((value, j) => value === own[j]))) continue;
    contributions[index] = Math.max(0, exclusive(own, others, reference));
  }
  return contributions;
}

/** What `own` dominates and `others` do not (WFG, exclhv): its box less what they dominate of it. */
function exclusive(own: Float64Array, others: readonly Float64Array[], reference: ArrayLike<number>): number {
  const m = reference.length;
  const limited = others.map((other) => other.map((value, j) => Math.max(value, own[j] as number)));
  const box = own.reduce((product, value, j) => product * ((reference[j] as number) - value), 1);
  return limited.length === 0 ? box : box - volume(packed(nonDominated(limited, m), m), reference);
}

/** Of points that are below the reference and do not dominate each other. */
function volume(points: Float64Array, reference: ArrayLike<number>): number {
  const m = reference.length;
  if (m === 1) return (reference[0] as number) - (points[0] as number);
  if (m === 2) return area(points, reference);
  if (m === 3) return sweep(points, reference);
  // Worst in the first objective first: limited to a point's box, those after it all begin where it does, which leaves one objective less (WFG, section IV).
  const order = [...lexicographicOrder(points, m)].reverse();
  const rows = order.map((index) => points.subarray(index * m + 1, (index + 1) * m));
  const rest = Array.from(reference).slice(1);
  return rows.reduce((sum, own, i) => {
    const depth = (reference[0] as number) - (points[(order[i] as number) * m] as number);
    return sum + depth * exclusive(own, rows.slice(i + 1), rest);
  }, 0);
}

/** Two objectives: strips from left to right, each as high as its point. */
function area(points: Float64Array, reference: ArrayLike<number>): number {
  const right = reference[0] as number;
  let top = reference[1] as number;
  let sum = 0;
  for (const index of lexicographicOrder(points, 2)) {
    const y = points[2 * index + 1] as number;
    if (y >= top) continue;
    sum += (right - (points[2 * index] as number)) * (top - y);
    top = y;
  }
  return sum;
}

/** Three objectives: up the third, with the staircase of the first two and its area kept. */
function sweep(points: Float64Array, reference: ArrayLike<number>): number {
  const [right, top, end] = [reference[0] as number, reference[1] as number, reference[2] as number];
  const count = points.length / 3;
  const order = Array.from({ length: count }, (_, i) => i).sort(
    (a, b) => (points[3 * a + 2] as number) - (points[3 * b + 2] as number) || a - b,
  );
  // The steps: x ascending, y descending.
  const xs: number[] = [];
  const ys: number[] = [];
  let covered = 0;
  let sum = 0;
  for (const [place, index] of order.entries()) {
    const x = points[3 * index] as number;
    const y = points[3 * index + 1] as number;
    const z = points[3 * index + 2] as number;
    let first = 0;
    let high = xs.length;
    while (first < high) {
      const middle = (first + high) >>> 1;
      if ((xs[middle] as number) < x) first = middle + 1;
      else high = middle;
    }
    // The step before it may be as low already, and so may one that begins at the same x.
    const before = first === 0 ? top : (ys[first - 1] as number);
    if (before > y && !(xs[first] === x && (ys[first] as number) <= y)) {
      let last = first;
      let level = before;
      let left = x;
      // Between x and the first step that is lower, the staircase comes down to y.
      for (; last < xs.length && (ys[last] as number) >= y; last++) {
        covered += ((xs[last] as number) - left) * (level - y);
        left = xs[last] as number;
        level = ys[last] as number;
      }
      covered += ((last < xs.length ? (xs[last] as number) : right) - left) * (level - y);
      xs.splice(first, last - first, x);
      ys.splice(first, last - first, y);
    }
    const next = order[place + 1];
    sum += covered * ((next === undefined ? end : (points[3 * next + 2] as number)) - z);
  }
  return sum;
}

function isBelow(row: Float64Array, reference: ArrayLike<number>): boolean {
  return row.every((value, j) => value < (reference[j] as number));
}

function nonDominated(rows: readonly Float64Array[], m: number): Float64Array[] {
  return paretoFront(packed(rows, m), m).map((index) => rows[index] as Float64Array);
}

function rowsOf(points: Float64Array, m: number): Float64Array[] {
  return Array.from({ length: points.length / m }, (_, i) => points.subarray(i * m, (i + 1) * m));
}

function packed(rows: readonly Float64Array[], m: number): Float64Array {
  const all = new Float64Array(rows.length * m);
  for (const [i, row] of rows.entries()) all.set(row, i * m);
  return all;
}
