import type { FinishedTrial, SamplerContext } from "../../core/sampler.ts";
import { type FeaturePoint, emptyPoint, featureSpace, type FeatureSpace, featuresAt, keyOf } from "./feature-space.ts";
import { Plateaus } from "../plateau.ts";
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
  /** Whether the study's rules allow a configuration; null where it has none. */
  readonly feasible: NonNullable<SamplerContext["feasible"]> | null;
  /** Keys of finished configurations. */
  readonly seen: Set<string>;
  readonly plateaus: Plateaus;
}

export function emptyHistory({ space, directions, feasible }: SamplerContext): History {
  const sign = directions[0] === "maximize" ? -1 : 1;
  return { space: featureSpace(space), sign, feasible: feasible ?? null, trials: [], seen: new Set(), plateaus: new Plateaus() };
}

export function remember(history: History, trial: FinishedTrial): History {
  const { space, sign, trials, seen, plateaus } = history;
  const unit = encode(space.space, trial.params);
  const point = emptyPoint(space);
  featuresAt(space, unit, point);
  const told = trial.state === "failed" ? undefined : trial.values[0];
  const error = trial.standardErrors[0];
  trials.push({
    number: trial.number,
    unit,
    point,
    value: told === undefined ? Number.NaN : sign * told,
    standardError: typeof error === "number" && error > 0 && Number.isFinite(error) ? error : 0,
    pruned: trial.state === "pruned",
    constraints: trial.constraints ?? [],
    seconds: trial.seconds !== undefined && trial.seconds > 0 && Number.isFinite(trial.seconds) ? trial.seconds : Number.NaN,
  });
  const key = keyOf(point);
  const comparable = trial.state === "complete" && told !== undefined && (trial.constraints ?? []).every((one) => one <= 0);
  plateaus.add(comparable ? sign * told : Number.NaN, () => seen.has(key));
  seen.add(key);
  return history;
}
