import { checkOptions, flag, integer, optional } from "../core/options.ts";
import type { Sampler } from "../core/sampler.ts";
import type { Rng } from "../math/rng.ts";
import { owenScramble, sobolCoordinate, sobolDimensions, sobolDirections } from "../math/sobol-sequence.ts";
import { type Coordinate, lowDiscrepancy } from "./low-discrepancy.ts";

/** Options of `sobol()`. */
export interface SobolOptions {
  /** false: the plain sequence, which begins at the lowest corner; default true. */
  readonly scramble?: boolean;
  /** Of the scrambling; default the study's seed. */
  readonly seed?: number;
}

/**
 * Quasi-random search: Sobol's sequence (1967) with the direction numbers of Joe and Kuo (2008), scrambled after Owen (1995). Trial
 * n is point n, one coordinate for each parameter of each branch, active or not; evenest where the number of trials is a
 * power of two. Trial n hangs on the space, the seed and n alone. Up to 2³² trials; parameters after the 256th are drawn
 * independently.
 */
export function sobol(options: SobolOptions = {}): Sampler {
  checkOptions("sobol", options, { scramble: optional(flag()), seed: optional(integer(0)) });
  const scramble = options.scramble ?? true;
  return lowDiscrepancy({
    name: "sobol",
    options: { scramble, seed: options.seed ?? null },
    size: null,
    seed: options.seed,
    points: (dimensionCount, stream) => sobolPoints(dimensionCount, stream, scramble),
  });
}

/** The points of the sequence; `stream` seeds the scrambling. */
export function sobolPoints(dimensionCount: number, stream: Rng, scramble: boolean): Coordinate {
  const count = Math.min(sobolDimensions, dimensionCount);
  const directions = sobolDirections(count);
  const seeds = Uint32Array.from({ length: count }, (_, d) => stream.fork(d).below(4294967296));
  return (n, d, own) => {
    if (d >= count) return own.uniform();
    const plain = sobolCoordinate(directions, n, d);
    return (scramble ? owenScramble(plain, seeds[d] as number) : plain) / 4294967296;
  };
}
