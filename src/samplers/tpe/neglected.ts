import type { History } from "./history.ts";
import type { Axis } from "./tree-space.ts";

/** An alternative of a choice whose own trials are looked at apart. */
export interface Neglected {
  /** Its axis and code. */
  readonly d: number;
  readonly code: number;
  /** The trials that have it, best first. */
  readonly trials: readonly number[];
}

/**
 * The alternative that is next to be looked at again, among those that the best trial does not have: the one with the least
 * (place of its best trial + 1) · (number of its trials + 1), so that each gets looks in proportion to how near to the front it came. The
 * greedy ratio l/g alone would never come back to a branch that began badly. undefined where the best trial leaves no choice open. O(n · choices).
 */
export function neglected({ tree, order, codes }: History): Neglected | undefined {
  const best = codes[order[0] ?? -1];
  if (best === undefined) return undefined;
  let found: { d: number; code: number } | undefined;
  let least = Infinity;
  for (const [d, axis] of tree.axes.entries()) {
    const own = best[d] as number;
    if (axis.kind !== "category" || Number.isNaN(own)) continue;
    const { first, count } = placesOf({ order, codes }, axis, d);
    for (let code = 0; code < axis.count; code++) {
      const rank = ((first[code] as number) + 1) * ((count[code] as number) + 1);
      if (code === own || rank >= least) continue;
      least = rank;
      found = { d, code };
    }
  }
  if (found === undefined) return undefined;
  const { d, code } = found;
  return { d, code, trials: order.filter((id) => codes[id]?.[d] === code) };
}

/** By alternative: the place of its best trial in the order (their number where it has none), and how many it has. */
function placesOf({ order, codes }: Pick<History, "order" | "codes">, axis: Axis, d: number): { first: Float64Array; count: Float64Array } {
  const first = new Float64Array(axis.count).fill(order.length);
  const count = new Float64Array(axis.count);
  for (const [place, id] of order.entries()) {
    const code = codes[id]?.[d] as number;
    if (Number.isNaN(code)) continue;
    if (count[code] === 0) first[code] = place;
    (count[code] as number) += 1;
  }
  return { first, count };
}
