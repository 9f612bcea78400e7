// Tests of samples of regrets: one-sided, exact where the samples are small, with no assumption about their shape.
import { normalCdf } from "#hpo/math/normal-distribution";

/** Counts of ways stay below 2⁵³ up to here. */
const mostExact = 50;

/**
 * Wilcoxon's rank-sum test: P(a sum of ranks at least as large as that of `ours`) where both samples come from one
 * distribution; small where ours tend to be larger. Ties share their mean rank; with up to 50 values in all p is exact, given
 * the ranks, beyond that normal with the correction for ties. ∞ is a value like others. O(n m (n + m)²) when exact.
 *
 * Source: F. Wilcoxon, Biometrics Bulletin 1 (1945), 80–83, doi 10.2307/3001968; H. B. Mann, D. R. Whitney, Annals of
 * Mathematical Statistics 18 (1947), 50–60, doi 10.1214/aoms/1177730491.
 */
export function rankSumP(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length === 0 || theirs.length === 0) return 1;
  const all = [...ours, ...theirs].sort((a, b) => a - b);
  const ranks = doubledRanks(all);
  const seen = ours.reduce((sum, value) => sum + (ranks.get(value) as number), 0);
  const every = all.map((value) => ranks.get(value) as number);
  return all.length <= mostExact ? exactTail(every, { chosen: ours.length, seen }) : normalTail(all, { chosen: ours.length, seen });
}

/** The sign test: P(at least `above` of n) where each is above as often as not. */
export function signP(above: number, n: number): number {
  let ways = 2 ** -n;
  let tail = 0;
  for (let k = 0; k <= n; k++) {
    if (k >= above) tail += ways;
    ways *= (n - k) / (k + 1);
  }
  return Math.min(1, tail);
}

/**
 * Which of many tests to reject so that at most a share `level` of the rejected ones is expected to be rejected by chance (and,
 * where all hypotheses hold, any at all in at most that share of nights).
 *
 * Source: Y. Benjamini, Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995), 289–300,
 * doi 10.1111/j.2517-6161.1995.tb02031.x. Returns the largest p to reject; −1 for none.
 */
export function falseDiscoveryLimit(ps: readonly number[], level: number): number {
  const sorted = [...ps].sort((a, b) => a - b);
  return sorted.findLast((p, at) => p <= (level * (at + 1)) / sorted.length) ?? -1;
}

/** Twice the mean rank of each value, so that ties keep whole numbers. */
function doubledRanks(ascending: readonly number[]): ReadonlyMap<number, number> {
  const ranks = new Map<number, number>();
  ascending.forEach((value, at) => {
    if (!ranks.has(value)) ranks.set(value, at + 1 + ascending.lastIndexOf(value) + 1);
  });
  return ranks;
}

/** Counts the ways to choose so many of the ranks by their sum. */
function exactTail(ranks: readonly number[], { chosen, seen }: { readonly chosen: number; readonly seen: number }): number {
  const largest = Math.max(...ranks);
  const ways = Array.from({ length: chosen + 1 }, (_, count) => new Float64Array(count * largest + 1));
  (ways[0] as Float64Array)[0] = 1;
  ranks.forEach((rank, taken) => {
    for (let count = Math.min(taken + 1, chosen); count >= 1; count--) {
      const [to, from] = [ways[count] as Float64Array, ways[count - 1] as Float64Array];
      for (let sum = 0; sum < from.length; sum++) to[sum + rank] = (to[sum + rank] as number) + (from[sum] as number);
    }
  });
  const last = ways[chosen] as Float64Array;
  const sumOf = (part: Float64Array): number => part.reduce((sum, count) => sum + count, 0);
  return sumOf(last.subarray(seen)) / sumOf(last);
}

function normalTail(ascending: readonly number[], { chosen, seen }: { readonly chosen: number; readonly seen: number }): number {
  const n = ascending.length;
  let ties = 0;
  for (let from = 0; from < n; ) {
    const size = ascending.lastIndexOf(ascending[from] as number) + 1 - from;
    ties += size ** 3 - size;
    from += size;
  }
  const mean = (chosen * (n + 1)) / 2;
  const variance = ((chosen * (n - chosen)) / 12) * (n + 1 - ties / (n * (n - 1)));
  return variance === 0 ? 1 : normalCdf((mean - seen / 2) / Math.sqrt(variance));
}
