import type { Rng } from "./rng.ts";

/**
 * Halton's sequence: coordinate d of point n is the radical inverse of n in the d-th prime, plain or with permuted digits.
 *
 * Sources: J. H. Halton, Numer. Math. 2 (1960), 84–90; A. B. Owen, "A randomized Halton algorithm in R" (2017), arXiv 1706.02808:
 * a random permutation of its own for every digit of every dimension.
 */

/** The first `count` primes. */
export function firstPrimes(count: number): readonly number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++) {
    if (primes.every((prime) => prime * prime > candidate || candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

/** One permutation of 0 … base − 1 for each digit that a double can tell, first digit first. O(base · digits). */
export function digitPermutations(base: number, rng: Rng): readonly Uint16Array[] {
  const permutations: Uint16Array[] = [];
  for (let size = 1; size < 2 ** 53; size *= base) permutations.push(rng.shuffle(Uint16Array.from({ length: base }, (_, digit) => digit)));
  return permutations;
}

/** The digits of `index` in `base` mirrored at the point: in [0, 1). With permutations also the leading zeros count. */
export function radicalInverse(base: number, index: number, permutations: readonly Uint16Array[] | null = null): number {
  let sum = 0;
  let weight = 1 / base;
  let rest = index;
  for (let place = 0; permutations === null ? rest > 0 : place < permutations.length; place++) {
    const digit = rest % base;
    sum += (permutations === null ? digit : ((permutations[place] as Uint16Array)[digit] as number)) * weight;
    weight /= base;
    rest = Math.floor(rest / base);
  }
  return Math.min(sum, 1 - 2 ** -53);
}
