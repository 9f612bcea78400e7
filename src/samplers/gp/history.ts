import type { FinishedTrial, SamplerContext } from "../../core/sampler.ts";
import { type FeaturePoint, featureSpace, type FeatureSpace, featuresOf, keyOf } from "./feature-space.ts";
import { encode } from "../../space/unit-cube.ts";

/** A finished trial as the model reads it; values are minimised. */
export interface Observed {
  readonly number: number;
  readonly unit: Float64Array;
  readonly point: FeaturePoint;
  /** NaN where the trial has none: it failed, or was pruned without an estimate, or its value is not a number. */
  readonly value: number;
  readonly standardError: number;
  readonly pruned: boolean;
  readonly constraints: readonly number[];
  /** NaN where it was not told. */
  readonly seconds: number;
}

/** All that was absorbed, in number order; grows in place. */
export interface History {
  readonly space: FeatureSpace;
  /** 1 to minimise, −1 to maximise. */
  readonly sign: 1 | -1;
  readonly trials: Observed[];
  /** Keys of finished configurations. */
  readonly seen: Set<string>;
}

export function emptyHistory({ space, directions }: SamplerContext): History {
  return { space: featureSpace(space), sign: directions[0] === "maximize" ? -1 : 1, trials: [], seen: new Set() };
}

export function remember(history: History, trial: FinishedTrial): History {
  const { space, sign, trials, seen } = history;
  const point = featuresOf(space, trial.params);
  const told = trial.state === "failed" ? undefined : trial.values[0];
  const error = trial.standardErrors[0];
  trials.push({
    number: trial.number,
    unit: encode(space.space, trial.params),
    point,
    value: told === undefined ? Number.NaN : sign * told,
    standardError: typeof error === "number" && error > 0 && Number.isFinite(error) ? error : 0,
    pruned: trial.state === "pruned",
    constraints: trial.constraints ?? [],
    seconds: trial.seconds !== undefined && trial.seconds > 0 && Number.isFinite(trial.seconds) ? trial.seconds : Number.NaN,
  });
  seen.add(keyOf(point));
  return history;
}
