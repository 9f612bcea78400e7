import { checkOptions, flag, integer, optional } from "../core/options.ts";
import type { Sampler } from "../core/sampler.ts";
import { digitPermutations, firstPrimes, radicalInverse } from "../math/halton-sequence.ts";
import { lowDiscrepancy } from "./low-discrepancy.ts";

/** Options of `halton()`. */
export interface HaltonOptions {
  /** false: the plain sequence, which begins at the lowest corner; default true. */
  readonly scramble?: boolean;
  /** Of the scrambling; default the study's seed. */
  readonly seed?: number;
}

/** Dimensions with a prime of their own; the 256th prime is 1619. */
const mostBases = 256;

/**
 * Quasi-random search: Halton's sequence (1960) with randomly permuted digits (Owen 2017). Trial n is point n, one coordinate for
 * each parameter of each branch, active or not; even for any number of trials, less so than `sobol()` where there are many
 * parameters. Trial n hangs on the space, the seed and n alone; parameters after the 256th are drawn independently.
 */
export function halton(options: HaltonOptions = {}): Sampler {
  checkOptions("halton", options, { scramble: optional(flag()), seed: optional(integer(0)) });
  const scramble = options.scramble ?? true;
  return lowDiscrepancy({
    name: "halton",
    options: { scramble, seed: options.seed ?? null },
    size: null,
    seed: options.seed,
    points(dimensionCount, stream) {
      const bases = firstPrimes(Math.min(mostBases, dimensionCount));
      const permutations = bases.map((base, d) => (scramble ? digitPermutations(base, stream.fork(d)) : null));
      return (n, d, own) => (d < bases.length ? radicalInverse(bases[d] as number, n, permutations[d]) : own.uniform());
    },
  });
}
