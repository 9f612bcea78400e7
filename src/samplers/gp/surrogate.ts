import { log } from "../../math/elementary.ts";
import { emptyPoint, type FeaturePoint, type FeatureSpace } from "./feature-space.ts";
import type { History, Observed } from "./history.ts";
import { fitHyperparameters, priorOf } from "./hyperparameters.ts";
import { kernelOf, type KernelShape } from "./kernel.ts";
import type { Observations } from "./likelihood.ts";
import { outcomeScale } from "./outcome-scale.ts";
import { type Posterior, posteriorOf } from "./posterior.ts";

/** What is modelled of each trial: its value, its seconds, or one of its constraints. */
export type Target = "value" | "seconds" | number;

/** A process with what its scale means. */
export interface Surrogate {
  readonly posterior: Posterior;
  /** Which of the history's trials the observations are. */
  readonly chosen: readonly number[];
  /** Where 0 of the target lies on the scale (constraints), and the scale's unit (seconds: of their logarithm). */
  readonly zero: number;
  readonly unit: number;
}

/** Observations of a target on a scale of its own. */
interface Scaled {
  readonly chosen: readonly number[];
  readonly observations: Observations;
  readonly zero: number;
  readonly unit: number;
}

/** The sum of kernels of one axis is left out above so many axes: it takes an exponential an axis and pair. */
const mostAdditiveAxes = 16;

/** Trials that a process takes at most, and that its hyperparameters are fitted to: time per trial is bounded so. */
export const mostObservations = 240;
export const mostFitted = 150;

/** Hyperparameters by target with the number of trials that they were fitted to: what follows from the history and is only kept. */
const fits = new WeakMap<History, Map<Target, { readonly size: number; readonly theta: Float64Array }>>();

/** The last process by target: the next one has most rows of its factor, which come out with the same bits when they are made anew. */
const processes = new WeakMap<History, Map<Target, { readonly theta: Float64Array; readonly posterior: Posterior }>>();

/**
 * The process of a target. Its hyperparameters are those of the last size of the history at which they are due to be fitted; each fit starts from the
 * one before, so that they follow from the history alone, whenever they are asked for. undefined with fewer than two observations.
 */
export function surrogateOf(history: History, target: Target, room: number): Surrogate | undefined {
  const scaled = scaledTarget(history, target, { size: history.trials.length, most: mostObservations });
  if (scaled.observations.rows.count < 2) return undefined;
  const shape = shapeOf(history);
  const theta = hyperparametersOf(history, target, shape);
  const kept = processes.get(history) ?? new Map<Target, { theta: Float64Array; posterior: Posterior }>();
  processes.set(history, kept);
  const last = kept.get(target);
  const earlier = last?.theta === theta ? last.posterior : undefined;
  const posterior = posteriorOf(kernelOf(shape, theta), scaled.observations, { room, earlier });
  kept.set(target, { theta, posterior });
  return { ...scaled, posterior };
}

export function shapeOf({ space }: { readonly space: FeatureSpace }): KernelShape {
  const axisCount = space.axes.length;
  return { axisCount, categorical: space.categorical, additive: axisCount > 1 && axisCount <= mostAdditiveAxes };
}

/** After every trial at first, then each time that the history has grown by a tenth, at last by a fifth. */
export function nextFit(size: number): number {
  return size + Math.max(1, Math.floor(size / (size < 300 ? 10 : 5)));
}

function hyperparametersOf(history: History, target: Target, shape: KernelShape): Float64Array {
  const kept = fits.get(history) ?? new Map<Target, { size: number; theta: Float64Array }>();
  fits.set(history, kept);
  let { size, theta } = kept.get(target) ?? { size: 1, theta: priorOf(shape).mean };
  for (let next = nextFit(size); next <= history.trials.length; next = nextFit(size)) {
    size = next;
    const { observations } = scaledTarget(history, target, { size, most: mostFitted });
    if (observations.rows.count < 2) continue;
    theta = refitted(shape, observations, { size, theta });
  }
  kept.set(target, { size, theta });
  return theta;
}

/** The hyperparameters for the first `size` trials, from those of an earlier size. While fits are cheap, other starts guard against being caught by an early one. */
export function refitted(
  shape: KernelShape,
  observations: Observations,
  { size, theta }: { readonly size: number; readonly theta: Float64Array },
): Float64Array {
  const { mean } = priorOf(shape);
  return fitHyperparameters(shape, observations, size <= 60 ? [theta, mean, shortStart(shape, mean)] : [theta], size <= 60 ? 80 : 40);
}

function shortStart({ axisCount: d, additive }: KernelShape, start: Float64Array): Float64Array {
  const theta = Float64Array.from(start);
  for (let i = 0; i < d; i++) theta[i] = log(0.3) + 0.5 * log(d);
  if (additive) theta[2 * d + 1] = log(0.1);
  return theta;
}

/** The first `size` trials, or the `most` of them that tell most. */
interface Extent {
  readonly size: number;
  readonly most: number;
}

function scaledTarget(history: History, target: Target, extent: Extent): Scaled {
  if (target === "value") return scaledValues(history, extent);
  const trials = history.trials.slice(0, extent.size);
  const raw = trials.map((trial) => (target === "seconds" ? log(trial.seconds) : compressed(trial.constraints[target] ?? Number.NaN)));
  const told = raw.filter((value) => Number.isFinite(value));
  const mean = told.reduce((sum, value) => sum + value, 0) / Math.max(1, told.length);
  const spread = Math.sqrt(told.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / Math.max(1, told.length));
  const unit = spread > 0 ? spread : 1;
  const chosen = choose(trials, raw, extent.most);
  return {
    chosen,
    observations: {
      rows: rowsOf(history, chosen),
      y: Float64Array.from(chosen, (index) => ((raw[index] as number) - mean) / unit),
      errors: new Float64Array(chosen.length),
    },
    zero: -mean / unit,
    unit,
  };
}

/** ± ln(1 + |c|): Eriksson and Poloczek's "bilog", which keeps what is near 0. */
function compressed(value: number): number {
  return value < 0 ? -log(1 - value) : log(1 + value);
}

function scaledValues(history: History, extent: Extent): Scaled {
  const trials = history.trials.slice(0, extent.size);
  const scale = outcomeScale(trials.map(({ value }) => value));
  const y = trials.map(({ value }) => (Number.isNaN(value) ? 1 : scale.valueOf(value)));
  // Without a value a trial is taken for bad, with little weight, so that the search turns elsewhere.
  const errors = trials.map(({ value, standardError, pruned }) => {
    if (Number.isNaN(value)) return 1;
    const error = standardError * scale.slopeAt(value);
    return pruned ? Math.max(4 * error * error, 0.04) : error * error;
  });
  const chosen = choose(trials, y, extent.most);
  return {
    chosen,
    observations: {
      rows: rowsOf(history, chosen),
      y: Float64Array.from(chosen, (index) => y[index] as number),
      errors: Float64Array.from(chosen, (index) => errors[index] as number),
    },
    zero: 0,
    unit: 1,
  };
}

/** The trials that the process takes, ascending: all with a number, or of too many the best, the last, and those nearest the best one. */
function choose(trials: readonly Observed[], raw: readonly number[], most: number): readonly number[] {
  const all = trials.flatMap((_, index) => (Number.isFinite(raw[index]) ? [index] : []));
  if (all.length <= most) return all;
  const share = Math.floor(most / 3);
  const byValue = all.toSorted((a, b) => (raw[a] as number) - (raw[b] as number) || a - b);
  const chosen = new Set<number>([...byValue.slice(0, share), ...all.slice(-share)]);
  const centre = (trials[byValue[0] as number] as Observed).unit;
  const away = new Map(all.map((index) => [index, distance(centre, (trials[index] as Observed).unit)]));
  for (const index of all.toSorted((a, b) => (away.get(a) as number) - (away.get(b) as number) || a - b)) {
    if (chosen.size >= most) break;
    chosen.add(index);
  }
  return [...chosen].toSorted((a, b) => a - b);
}

function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const gap = (a[i] as number) - (b[i] as number);
    sum += gap * gap;
  }
  return sum;
}

function rowsOf({ space, trials }: History, chosen: readonly number[]): Observations["rows"] {
  const d = space.axes.length;
  const features = new Float64Array(chosen.length * d);
  const active = new Uint8Array(chosen.length * d);
  for (const [row, index] of chosen.entries()) {
    const point: FeaturePoint = trials[index]?.point ?? emptyPoint(space);
    features.set(point.features, row * d);
    active.set(point.active, row * d);
  }
  return { count: chosen.length, features, active };
}
