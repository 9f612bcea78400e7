/**
 * One-sided bounds for a test that looks at growing data several times, by error spending.
 *
 * Notation: looks j = 1 … J with information I₁ < … < I_J; Z_j is the standardised statistic, standard normal under the null
 * with Corr(Z_i, Z_j) = √(I_i / I_j) for i ≤ j; A_j is the error that may be spent up to look j; b_j solves
 * P(Z₁ < b₁, …, Z_{j−1} < b_{j−1}, Z_j ≥ b_j) = A_j − A_{j−1}.
 *
 * Sources: K. K. G. Lan, D. L. DeMets, "Discrete sequential boundaries for clinical trials", Biometrika 70 (1983), 659–663, doi
 * 10.1093/biomet/70.3.659 (spending); P. Armitage, C. K. McPherson, B. C. Rowe, "Repeated significance tests on accumulating data", Journal of
 * the Royal Statistical Society A 132 (1969), 235–244, doi 10.2307/2343787 (the recursion); C. Jennison, B. W. Turnbull, "Group Sequential Methods
 * with Applications to Clinical Trials" (2000), chapter 19 (its integration, here by Simpson's rule on an even grid).
 */
import { normalCdf, normalPdf, normalQuantile } from "./normal-distribution.ts";

/**
 * What O'Brien–Fleming-type spending has spent of `alpha` at the information fraction t from 0 to 1: 2 − 2Φ(z_{α/2} / √t). Next to nothing early,
 * all of it at 1.
 */
export function obrienFlemingSpending(alpha: number, fraction: number): number {
  if (fraction <= 0) return 0;
  return fraction >= 1 ? alpha : 2 * normalCdf(normalQuantile(alpha / 2) / Math.sqrt(fraction));
}

/** Bounds above this are taken for never: the normal tail there is 10⁻¹⁷. */
const farthest = 8.5;
/** Of Simpson's rule between −8.5 and a bound. */
const intervals = 256;

/** Values of Z of one look with the probability that each stands for, of paths that have not crossed a bound up to it. */
interface LivePaths {
  readonly information: number;
  readonly z: Float64Array;
  readonly mass: Float64Array;
}

/**
 * The bounds b₁ … b_J for ascending information and spent error that does not fall; ∞ at a look that spends nothing. Absolute error below 10⁻⁵ where
 * information grows by a twentieth or more from look to look. O(J · 256²)
 */
export function spendingBounds(information: readonly number[], spent: readonly number[]): Float64Array {
  const bounds = new Float64Array(information.length).fill(Infinity);
  let live: LivePaths | undefined;
  for (let j = 0; j < bounds.length; j++) {
    const now = information[j] as number;
    const share = (spent[j] as number) - (j === 0 ? 0 : (spent[j - 1] as number));
    const bound = share > 0 ? crossing(live, now, share) : Infinity;
    bounds[j] = bound;
    live = nextPaths(live, now, Math.min(bound, farthest));
  }
  return bounds;
}

/** Where P(not crossed before, Z ≥ b) = share: it falls in b, so that halving finds it. */
function crossing(live: LivePaths | undefined, information: number, share: number): number {
  let [low, high] = [-farthest, farthest];
  if (upperTail(live, information, high) >= share) return Infinity;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (upperTail(live, information, middle) > share) low = middle;
    else high = middle;
  }
  return high;
}

/** P(not crossed before, Z ≥ z). */
function upperTail(live: LivePaths | undefined, information: number, z: number): number {
  if (live === undefined) return normalCdf(-z);
  const step = Math.sqrt(information - live.information);
  const [before, now] = [Math.sqrt(live.information) / step, (z * Math.sqrt(information)) / step];
  let sum = 0;
  for (let i = 0; i < live.z.length; i++) sum += (live.mass[i] as number) * normalCdf((live.z[i] as number) * before - now);
  return sum;
}

/** Simpson's rule over the density of Z below `bound`. */
function nextPaths(live: LivePaths | undefined, information: number, bound: number): LivePaths {
  const z = new Float64Array(intervals + 1);
  const mass = new Float64Array(intervals + 1);
  const width = (bound + farthest) / intervals;
  for (let i = 0; i <= intervals; i++) {
    const at = i === intervals ? bound : -farthest + i * width;
    const weight = i === 0 || i === intervals ? 1 : i % 2 === 1 ? 4 : 2;
    z[i] = at;
    mass[i] = ((weight * width) / 3) * density(live, information, at);
  }
  return { information, z, mass };
}

function density(live: LivePaths | undefined, information: number, z: number): number {
  if (live === undefined) return normalPdf(z);
  const step = Math.sqrt(information - live.information);
  const [before, now] = [Math.sqrt(live.information) / step, Math.sqrt(information) / step];
  let sum = 0;
  for (let i = 0; i < live.z.length; i++) sum += (live.mass[i] as number) * normalPdf(z * now - (live.z[i] as number) * before);
  return sum * now;
}
