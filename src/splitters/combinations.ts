/** Binomial coefficient n! / (k! (n − k)!), exact up to 2⁵³; larger ones are rounded, or Infinity. O(k). */
export function combinationCount(n: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= Math.min(k, n - k); i++) count = (count * (n - Math.min(k, n - k) + i)) / i;
  return count;
}

/** Every set of `k` of the numbers 0 … n − 1, ascending, in lexical order. The yielded array is used again. */
export function* combinations(n: number, k: number): Iterable<Uint32Array> {
  const chosen = Uint32Array.from({ length: k }, (_, place) => place);
  for (;;) {
    yield chosen;
    let place = k - 1;
    while (place >= 0 && chosen[place] === n - k + place) place--;
    if (place < 0) return;
    const first = (chosen[place] as number) + 1;
    for (let i = place; i < k; i++) chosen[i] = first + i - place;
  }
}
