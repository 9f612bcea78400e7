/**
 * Wilcoxon's signed-rank test of paired differences d₁ … dₙ, one-sided: small p where the differences tend to lie above 0.
 *
 * Sources: F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945), 80–83, doi 10.2307/3001968; zeros by J. W. Pratt,
 * "Remarks on zeros and ties in the Wilcoxon signed rank procedures", JASA 54 (1959), 655–667, doi 10.1080/01621459.1959.10501526: they are
 * ranked, and their ranks then left out. Up to 50 differences p is exact, given the ranks (ties share their mean): the share of
 * all 2ᵐ ways to give the m ranks signs whose sum of positive ranks is at least the one seen. Beyond that the normal approximation, with
 * Cureton's correction for zeros and the correction for ties, without one for continuity.
 */
import { normalCdf } from "./normal-distribution.ts";

const mostExact = 50;

/** P(sum of positive ranks ≥ the one seen) where each difference is as likely above 0 as below; 1 where there is none but 0. O(n log n), exact O(n³) */
export function signedRankP(differences: readonly number[]): number {
  const order = differences.map((d) => Math.abs(d)).sort((a, b) => a - b);
  const zeros = order.filter((size) => size === 0).length;
  if (zeros === order.length) return 1;
  const ranks = doubledRanks(order);
  let positive = 0;
  for (const d of differences) if (d > 0) positive += ranks.get(d) as number;
  const all = order.slice(zeros).map((size) => ranks.get(size) as number);
  return order.length <= mostExact ? exactTail(all, positive) : normalTail(order, { zeros, positive: positive / 2 });
}

/** Twice the mean rank of each size, so that ties keep whole numbers. */
function doubledRanks(ascending: readonly number[]): ReadonlyMap<number, number> {
  const ranks = new Map<number, number>();
  for (let from = 0; from < ascending.length; ) {
    let to = from;
    while (to < ascending.length && ascending[to] === ascending[from]) to++;
    ranks.set(ascending[from] as number, from + 1 + to);
    from = to;
  }
  return ranks;
}

/** Counts the sign patterns by their sum of positive ranks; counts up to 2⁵⁰ are exact. */
function exactTail(ranks: readonly number[], seen: number): number {
  const most = ranks.reduce((sum, rank) => sum + rank, 0);
  const ways = new Float64Array(most + 1);
  ways[0] = 1;
  let reach = 0;
  for (const rank of ranks) {
    reach += rank;
    for (let sum = reach; sum >= rank; sum--) ways[sum] = (ways[sum] as number) + (ways[sum - rank] as number);
  }
  let tail = 0;
  for (let sum = seen; sum <= most; sum++) tail += ways[sum] as number;
  return tail / 2 ** ranks.length;
}

function normalTail(ascending: readonly number[], { zeros, positive }: { readonly zeros: number; readonly positive: number }): number {
  const n = ascending.length;
  const mean = (n * (n + 1) - zeros * (zeros + 1)) / 4;
  let variance = n * (n + 1) * (2 * n + 1) - zeros * (zeros + 1) * (2 * zeros + 1);
  for (let from = zeros; from < n; ) {
    let to = from;
    while (to < n && ascending[to] === ascending[from]) to++;
    const ties = to - from;
    variance -= (ties * (ties * ties - 1)) / 2;
    from = to;
  }
  return normalCdf((mean - positive) / Math.sqrt(variance / 24));
}
