import { pairwiseSum } from "../math/pairwise-sum.ts";
import type { Rng } from "../math/rng.ts";
import { mean } from "./column-statistics.ts";
import { integerDigamma, jittered, rowsWithin } from "./nearest-neighbours.ts";

/**
 * The F of the regression of a number y on a column x: r² / (1 − r²) · (n − 2) with the correlation r. ∞ where they lie on a line; NaN where one is
 * constant, and below three rows. O(rows).
 */
export function regressionF(x: Float64Array, y: Float64Array): number {
  if (x.length < 3) return Number.NaN;
  const [fromX, fromY] = [centred(x), centred(y)];
  const product = pairwiseSum(fromX.map((value, at) => value * (fromY[at] as number)));
  const [ofX, ofY] = [fromX, fromY].map((values) => pairwiseSum(values.map((value) => value * value))) as [number, number];
  if (!(ofX > 0) || !(ofY > 0)) return Number.NaN;
  const r = product / (Math.sqrt(ofX) * Math.sqrt(ofY));
  const share = Math.min(1, r * r);
  return (share / (1 - share)) * (x.length - 2);
}

/**
 * The mutual information (in nats, at least 0) of two continuous columns by nearest neighbours: I = ψ(n) + ψ(k) − ⟨ψ(m_x) + ψ(m_y)⟩, where m counts the rows
 * (itself among them) that are nearer in one of them than the k-th nearest is in both, by the larger of the two distances. Ties are broken by a noise of
 * 1e-10. O(n log n) and, for each row, the rows between it and its neighbours in x. Source: A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual
 * information", Phys. Rev. E 69, 2004, doi 10.1103/PhysRevE.69.066138, eq. 8.
 */
export function numberInformation(
  columns: { readonly x: Float64Array; readonly y: Float64Array },
  { neighbours, rng }: { readonly neighbours: number; readonly rng: Rng },
): number {
  const n = columns.x.length;
  const k = Math.min(neighbours, n - 1);
  if (k < 1) return 0;
  const [x, y] = [jittered(columns.x, rng), jittered(columns.y, rng)];
  const rows = [...x.keys()].sort((one, two) => (x[one] as number) - (x[two] as number) || one - two);
  const sortedX = Float64Array.from(rows, (row) => x[row] as number);
  const along = Float64Array.from(rows, (row) => y[row] as number);
  const sortedY = y.slice().sort();
  const psi = integerDigamma(n);
  const terms = new Float64Array(n);
  for (let at = 0; at < n; at++) {
    const radius = kthDistance(sortedX, along, { at, k });
    const nearX = rowsWithin(sortedX, sortedX[at] as number, radius);
    const nearY = rowsWithin(sortedY, along[at] as number, radius);
    terms[at] = (psi[nearX] as number) + (psi[nearY] as number);
  }
  return Math.max(0, (psi[n] as number) + (psi[k] as number) - pairwiseSum(terms) / n);
}

/** The k-th least of max(|x − x'|, |y − y'|): outwards in x, as long as x alone leaves room for one that is nearer. */
function kthDistance(x: Float64Array, y: Float64Array, { at, k }: { readonly at: number; readonly k: number }): number {
  const nearest = new Float64Array(k).fill(Infinity);
  const [hereX, hereY] = [x[at] as number, y[at] as number];
  let [low, high] = [at - 1, at + 1];
  for (;;) {
    const left = low >= 0 ? hereX - (x[low] as number) : Infinity;
    const right = high < x.length ? (x[high] as number) - hereX : Infinity;
    const step = Math.min(left, right);
    if (step >= (nearest[k - 1] as number) || step === Infinity) return nearest[k - 1] as number;
    const other = left <= right ? low-- : high++;
    let distance = Math.max(step, Math.abs((y[other] as number) - hereY));
    // Into its place; the farthest drops out.
    for (let i = 0; i < k; i++) {
      const kept = nearest[i] as number;
      if (distance >= kept) continue;
      nearest[i] = distance;
      distance = kept;
    }
  }
}

function centred(values: Float64Array): Float64Array {
  const middle = mean(values);
  return values.map((value) => value - middle);
}
