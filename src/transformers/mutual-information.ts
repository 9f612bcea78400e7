import type { Rng } from "../math/rng.ts";
import { pairwiseSum } from "../math/pairwise-sum.ts";
import { integerDigamma, jittered, rowsWithin } from "./nearest-neighbours.ts";

/**
 * The mutual information (in nats, at least 0) of a continuous column x and a class y by nearest neighbours:
 * I = ψ(n) + ⟨ψ(k)⟩ − ⟨ψ(n_y)⟩ − ⟨ψ(m)⟩ over the rows of classes with two rows or more, where n_y is the size of a row's class, k ≤ `neighbours` and below
 * n_y, and m the number of rows (itself among them) nearer than the k-th nearest of its own class. Ties are broken by a noise of 1e-10 of the column's
 * size. O(n log n). Source: B. C. Ross, "Mutual information between discrete and continuous data sets", PLoS ONE 9(2), 2014,
 * doi 10.1371/journal.pone.0087357.
 */
export function mutualInformation(
  values: Float64Array,
  classes: Int32Array,
  { neighbours, rng }: { readonly neighbours: number; readonly rng: Rng },
): number {
  const x = jittered(values, rng);
  const rows = [...x.keys()].sort((one, two) => (x[one] as number) - (x[two] as number) || one - two);
  const byClass = new Map<number, number[]>();
  for (const row of rows) {
    const own = byClass.get(classes[row] as number);
    if (own === undefined) byClass.set(classes[row] as number, [row]);
    else own.push(row);
  }
  const counted = rows.filter((row) => (byClass.get(classes[row] as number) as number[]).length > 1);
  if (counted.length === 0) return 0;
  const sorted = Float64Array.from(counted, (row) => x[row] as number);
  const psi = integerDigamma(counted.length);
  const terms = new Float64Array(counted.length);
  let next = 0;
  for (const [, own] of [...byClass].sort(([one], [two]) => one - two)) {
    if (own.length < 2) continue;
    const k = Math.min(neighbours, own.length - 1);
    const points = Float64Array.from(own, (row) => x[row] as number);
    for (let at = 0; at < points.length; at++) {
      const radius = kthDistance(points, at, k);
      const nearer = rowsWithin(sorted, points[at] as number, radius);
      terms[next++] = (psi[k] as number) - (psi[own.length] as number) - (psi[nearer] as number);
    }
  }
  return Math.max(0, (psi[counted.length] as number) + pairwiseSum(terms) / counted.length);
}

/** The distance from `sorted[at]` to its k-th nearest other: a window of k + 1 that moves to the nearer side. */
function kthDistance(sorted: Float64Array, at: number, k: number): number {
  let [low, high] = [at, at];
  const here = sorted[at] as number;
  let distance = 0;
  for (let taken = 0; taken < k; taken++) {
    const left = low > 0 ? here - (sorted[low - 1] as number) : Infinity;
    const right = high + 1 < sorted.length ? (sorted[high + 1] as number) - here : Infinity;
    if (left <= right) low--;
    else high++;
    distance = Math.min(left, right);
  }
  return distance;
}
