import { checkOptions, integer, optional } from "../core/options.ts";
import type { Sampler } from "../core/sampler.ts";
import { lowDiscrepancy } from "./low-discrepancy.ts";

/** Options of `latinHypercube()`. */
export interface LatinHypercubeOptions {
  /** How many trials the design has; it is even only as a whole. From 1 to 1 000 000. */
  readonly trials: number;
  /** Of the permutations; default the study's seed. */
  readonly seed?: number;
}

/**
 * A Latin hypercube (M. D. McKay, R. J. Beckman, W. J. Conover, Technometrics 21 (1979), 239–245): in every dimension each of
 * `trials` equal slices is tried once, at a random place inside it. Ends after `trials` proposals. Memory O(trials · parameters).
 */
export function latinHypercube(options: LatinHypercubeOptions): Sampler {
  checkOptions("latinHypercube", options, { trials: integer(1, 1_000_000), seed: optional(integer(0)) });
  const { trials } = options;
  return lowDiscrepancy({
    name: "latinHypercube",
    options: { trials, seed: options.seed ?? null },
    size: trials,
    seed: options.seed,
    points(dimensionCount, stream) {
      const slices = Array.from({ length: dimensionCount }, (_, d) =>
        stream.fork(d).shuffle(Uint32Array.from({ length: trials }, (_, slice) => slice)),
      );
      return (n, d, own) => (((slices[d] as Uint32Array)[n] as number) + own.uniform()) / trials;
    },
  });
}
