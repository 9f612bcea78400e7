import type { FinishedTrial } from "../../core/sampler.ts";
import { normalCdf, normalQuantile } from "../../math/normal-distribution.ts";
import type { Rng } from "../../math/rng.ts";
import { encode } from "../../space/unit-cube.ts";
import type { Axes } from "../axes.ts";
import { type RankedOutcome, rankedOutcome } from "../ranked-outcome.ts";
import type { Snapshot } from "./distribution.ts";

/** A trial as a member of a generation. */
export interface ObservedPoint extends RankedOutcome {
  readonly number: number;
  readonly v: Float64Array;
  /** By choice, the index of the alternative; −1 where it was not active. */
  readonly picks: readonly number[];
}

export interface ObserveOptions {
  readonly axes: Axes;
  /** −1 where the objective is maximised, else 1. */
  readonly sign: number;
  /** What the point was probably drawn from. */
  readonly snapshot: Snapshot;
  readonly stream: Rng;
}

/**
 * Parameters tell of a coordinate only the piece of it that maps to the value: a point for a float, a bucket for a value that can be
 * counted, nothing for a parameter that is not active. The rest is drawn from the distribution's marginal within that
 * piece, from a stream that hangs on the trial's number alone, so that variances stay as they would if it were known.
 */
export function observe(trial: FinishedTrial, { axes, sign, snapshot, stream }: ObserveOptions): ObservedPoint {
  const { params, number } = trial;
  const unit = encode(axes.space, params);
  const v = new Float64Array(axes.numeric.length);
  let inside: Rng | undefined;
  for (const [d, { name, place, buckets }] of axes.numeric.entries()) {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value !== undefined && buckets === null) {
      v[d] = unit[place] as number;
      continue;
    }
    let [low, high] = [-Infinity, Infinity];
    if (value !== undefined && buckets !== null) {
      const index = buckets.indexOf(value);
      if (index > 0) low = buckets.edge(index);
      if (index < buckets.count - 1) high = buckets.edge(index + 1);
    }
    inside ??= stream.fork("inside", number);
    v[d] = drawBetween(low, high, { mean: snapshot.mean[d] as number, deviation: snapshot.deviations[d] as number, u: inside.uniform() });
  }
  const picks = axes.choices.map(({ name, indexOf }) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    return value === undefined ? -1 : indexOf(value);
  });
  return { number, v, picks, ...rankedOutcome(trial, sign) };
}

/** The u-quantile of a normal distribution cut to [low, high]. */
function drawBetween(low: number, high: number, { mean, deviation, u }: { mean: number; deviation: number; u: number }): number {
  // In the upper tail by its mirror image, where probabilities keep their digits.
  const mirrored = low > mean;
  const [a, b] = mirrored ? [(mean - high) / deviation, (mean - low) / deviation] : [(low - mean) / deviation, (high - mean) / deviation];
  const below = normalCdf(a);
  const width = normalCdf(b) - below;
  // So far out that Φ is 0 all mass lies at the nearer edge.
  const z = width > 0 ? normalQuantile(Math.min(1 - 2 ** -53, below + u * width)) : b;
  return Math.min(high, Math.max(low, mean + deviation * (mirrored ? -z : z)));
}
