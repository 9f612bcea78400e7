import type { Sampler } from "../core/sampler.ts";
import type { Space } from "../core/space.ts";
import { type Rng, rng } from "../math/rng.ts";
import { dimensions } from "../space/dimensions.ts";
import { decode } from "../space/unit-cube.ts";

/** Coordinate `dimension` of point `index`, in [0, 1]; `own` is the stream of the trial alone. */
export type Coordinate = (index: number, dimension: number, own: Rng) => number;

interface PointsState {
  readonly space: Space;
  readonly count: number;
  readonly coordinate: Coordinate;
}

/** What a sampler of fixed points says of itself. */
export interface LowDiscrepancyOptions {
  readonly name: string;
  readonly options: Sampler["options"];
  /** How many points there are; null where there is no end. */
  readonly size: number | null;
  /** Of the randomisation that all trials share; undefined: the study's seed. */
  readonly seed: number | undefined;
  /** `stream` is what all trials share. Called once a study. */
  points(dimensionCount: number, stream: Rng): Coordinate;
}

/**
 * A sampler that takes the points of a design in turn, one coordinate for each parameter of each branch, active or not. A design
 * is one whole, so what is random in it hangs on one seed for all trials, never on a trial's own stream.
 */
export function lowDiscrepancy({ name, options, size, seed, points }: LowDiscrepancyOptions): Sampler<PointsState> {
  return Object.freeze<Sampler<PointsState>>({
    name,
    options: Object.freeze(options),
    traits: Object.freeze({ adaptive: false, usesClock: false }),
    start(context) {
      const count = dimensions(context.space).length;
      return { space: context.space, count, coordinate: points(count, rng(seed ?? context.seed ?? 0).fork(name)) };
    },
    absorb: (state) => state,
    propose({ space, count, coordinate }, number, _pending, own) {
      if (size !== null && number >= size) return undefined;
      const unit = new Float64Array(count);
      for (let d = 0; d < count; d++) unit[d] = coordinate(number, d, own);
      return Object.freeze({
        params: decode(space, unit),
        by: name,
        why: size === null ? `point ${number + 1}` : `point ${number + 1} of ${size}`,
      });
    },
    size: () => size,
  });
}
