// How much of the plane below a reference point a set of points dominates; both objectives are minimised.

export type Point = readonly [number, number];

/**
 * The exact area that `points` dominate below `reference`: a sweep by the first objective, O(n log n). Points that do
 * not lie below the reference in both objectives add nothing.
 */
export function hypervolume(points: readonly Point[], reference: Point): number {
  const inside = points
    .filter(([first, second]) => first < reference[0] && second < reference[1])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let area = 0;
  let lowest = reference[1];
  for (const [first, second] of inside) {
    if (second >= lowest) continue;
    area += (reference[0] - first) * (lowest - second);
    lowest = second;
  }
  return area;
}
