/**
 * The canonical ladder along C. A solution is always reached by the same road, whatever else is asked for: cold at C where
 * C ≤ 1; else from the largest power of ten below C, which is reached the same way. So one cell alone and a whole
 * grid give equal bits, and in a grid of powers of ten every step is an answer.
 */
export interface Rung {
  readonly C: number;
  /** Later rungs start from this one: a power of ten ≥ 1. */
  readonly anchor: boolean;
  /** Starts from α = 0 instead of from the anchor before. */
  readonly cold: boolean;
  /** Position in the list of asked-for values, or −1. */
  readonly asked: number;
}

/** The rungs for the asked-for values (distinct, ascending), in the order in which they are solved. */
export function ladder(asked: readonly number[]): readonly Rung[] {
  const last = asked.at(-1) ?? 0;
  const values = new Set(asked);
  for (let anchor = 1; anchor < last; anchor *= 10) values.add(anchor);
  return [...values].sort((a, b) => a - b).map((C) => ({ C, anchor: isAnchor(C), cold: C <= 1, asked: asked.indexOf(C) }));
}

function isAnchor(C: number): boolean {
  let anchor = 1;
  while (anchor < C) anchor *= 10;
  return anchor === C;
}
