/**
 * Quasi-random search: points that fill the cube more evenly than independent draws, whatever their number.
 *
 * Sources: `math/sobol-sequence.ts`. Notation: n the trial's number, d a dimension of the unit cube, both from 0.
 */
import { checkOptions, flag, integer, optional } from "../core/options.ts";
import type { Sampler } from "../core/sampler.ts";
import type { Space } from "../core/space.ts";
import { rng } from "../math/rng.ts";
import { owenScramble, sobolCoordinate, sobolDimensions, sobolDirections } from "../math/sobol-sequence.ts";
import { dimensions } from "../space/dimensions.ts";
import { decode } from "../space/unit-cube.ts";

/** Options of `sobol()`. */
export interface SobolOptions {
  /** false: the plain sequence, which begins at the lowest corner; default true. */
  readonly scramble?: boolean;
  /** Of the scrambling; default the study's seed. */
  readonly seed?: number;
}

interface SobolState {
  readonly space: Space;
  readonly dimensionCount: number;
  readonly directions: Uint32Array;
  /** One seed a dimension; null for the plain sequence. */
  readonly seeds: Uint32Array | null;
}

/**
 * Sobol's sequence with the direction numbers of Joe and Kuo (2008), scrambled after Owen (1995). Trial n is point n of the
 * sequence, one coordinate for each parameter of each branch, active or not; evenest where the number of trials is a
 * power of two. All trials of a study share one scrambling, so its seed is the study's (or `seed`), never the trial's stream:
 * trial n hangs on that seed and on n alone. Up to 2³² trials; parameters after the 256th are drawn independently.
 */
export function sobol(options: SobolOptions = {}): Sampler<SobolState> {
  checkOptions("sobol", options, { scramble: optional(flag()), seed: optional(integer(0)) });
  const scramble = options.scramble ?? true;
  return Object.freeze<Sampler<SobolState>>({
    name: "sobol",
    options: Object.freeze({ scramble, seed: options.seed ?? null }),
    traits: Object.freeze({ adaptive: false, usesClock: false }),
    start({ space, seed }) {
      const count = Math.min(sobolDimensions, dimensions(space).length);
      const stream = rng(options.seed ?? seed ?? 0).fork("sobol");
      const seeds = Uint32Array.from({ length: count }, (_, d) => stream.fork(d).below(4294967296));
      return { space, dimensionCount: dimensions(space).length, directions: sobolDirections(count), seeds: scramble ? seeds : null };
    },
    absorb: (state) => state,
    propose({ space, dimensionCount, directions, seeds }, number, _pending, rng) {
      const unit = new Float64Array(dimensionCount);
      for (let d = 0; d < dimensionCount; d++) {
        if (d >= sobolDimensions) {
          unit[d] = rng.uniform();
          continue;
        }
        const plain = sobolCoordinate(directions, number, d);
        unit[d] = (seeds === null ? plain : owenScramble(plain, seeds[d] as number)) / 4294967296;
      }
      return Object.freeze({ params: decode(space, unit), by: "sobol", why: `point ${number + 1} of the sequence` });
    },
    size: () => null,
  });
}
