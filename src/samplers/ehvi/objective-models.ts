/** One Gaussian process an objective, over the same trials. */
import { nonDominatedRanks } from "../../math/pareto.ts";
import type { FinishedTrial, SamplerContext } from "../../core/sampler.ts";
import { type FeatureSpace, featureSpace } from "../gp/feature-space.ts";
import { emptyHistory, type History, type Observed, remember } from "../gp/history.ts";
import { priorOf } from "../gp/hyperparameters.ts";
import { kernelOf, type KernelShape } from "../gp/kernel.ts";
import type { Observations } from "../gp/likelihood.ts";
import { type Posterior, posteriorOf } from "../gp/posterior.ts";
import { mostFitted, mostObservations, nextFit, refitted, shapeOf } from "../gp/surrogate.ts";
import { scaledObjective } from "./objective-scale.ts";

/** All that was absorbed: the histories of the single objectives, the first with the constraints. */
export interface Histories {
  readonly space: FeatureSpace;
  readonly objectives: readonly History[];
}

export function emptyHistories({ space, directions }: SamplerContext): Histories {
  return { space: featureSpace(space), objectives: directions.map((direction) => emptyHistory({ space, directions: [direction] })) };
}

export function rememberAll(histories: Histories, trial: FinishedTrial): Histories {
  for (const [j, history] of histories.objectives.entries()) {
    const { values, standardErrors, ...rest } = trial;
    const value = values[j];
    remember(history, { ...rest, values: value === undefined ? [] : [value], standardErrors: [standardErrors[j] ?? null] });
  }
  return histories;
}

/** What the processes were given: trials by their place in the histories, and for each objective its process. */
export interface ObjectiveModels {
  readonly chosen: readonly number[];
  readonly posteriors: readonly Posterior[];
}

/** Hyperparameters by objective with the number of trials that they were fitted to: they follow from the histories and are only kept. */
const fits = new WeakMap<Histories, { size: number; thetas: readonly Float64Array[] }>();

/** The processes, with room for `room` fantasies; undefined with fewer than two trials that have all values. */
export function objectiveModels(histories: Histories, room: number): ObjectiveModels | undefined {
  const size = trialCount(histories);
  const { chosen, observations } = observationsOf(histories, { size, most: mostObservations });
  if (observations.length === 0 || completeCount(histories, size) < 2) return undefined;
  const shape = shapeOf(histories);
  const thetas = hyperparametersOf(histories, shape);
  return {
    chosen,
    posteriors: observations.map((one, j) => posteriorOf(kernelOf(shape, thetas[j] as Float64Array), one, { room })),
  };
}

function hyperparametersOf(histories: Histories, shape: KernelShape): readonly Float64Array[] {
  let { size, thetas } = fits.get(histories) ?? { size: 1, thetas: histories.objectives.map(() => priorOf(shape).mean) };
  for (let next = nextFit(size); next <= trialCount(histories); next = nextFit(size)) {
    size = next;
    if (completeCount(histories, size) < 2) continue;
    const before = thetas;
    const { observations } = observationsOf(histories, { size, most: mostFitted });
    thetas = observations.map((one, j) => refitted(shape, one, { size, theta: before[j] as Float64Array }));
  }
  fits.set(histories, { size, thetas });
  return thetas;
}

function trialCount({ objectives }: Histories): number {
  return (objectives[0] as History).trials.length;
}

function valuesAt({ objectives }: Histories, index: number): number[] {
  return objectives.map(({ trials }) => (trials[index] as Observed).value);
}

/** Whether a trial was complete with a value for each objective. */
export function isComplete(histories: Histories, index: number): boolean {
  const { pruned } = (histories.objectives[0] as History).trials[index] as Observed;
  return !pruned && !valuesAt(histories, index).some((value) => Number.isNaN(value));
}

function completeCount(histories: Histories, size: number): number {
  let count = 0;
  for (let index = 0; index < size; index++) if (isComplete(histories, index)) count++;
  return count;
}

/** Of the first `size` trials, or of those `most` that tell most. */
function observationsOf(
  histories: Histories,
  { size, most }: { readonly size: number; readonly most: number },
): { chosen: readonly number[]; observations: readonly Observations[] } {
  const { space, objectives } = histories;
  const m = objectives.length;
  const complete: number[] = [];
  for (let index = 0; index < size; index++) if (isComplete(histories, index)) complete.push(index);
  const ranks = nonDominatedRanks(Float64Array.from(complete.flatMap((index) => valuesAt(histories, index))), m);
  const front = complete.filter((_, place) => ranks[place] === 0);
  const chosen = choose({ size, most }, complete, ranks);
  const d = space.axes.length;
  const features = new Float64Array(chosen.length * d);
  const active = new Uint8Array(chosen.length * d);
  for (const [row, index] of chosen.entries()) {
    const { point } = (objectives[0] as History).trials[index] as Observed;
    features.set(point.features, row * d);
    active.set(point.active, row * d);
  }
  const rows = { count: chosen.length, features, active };
  return { chosen, observations: objectives.map(({ trials }) => ({ rows, ...scaled(trials, size, { chosen, front }) })) };
}

function scaled(
  trials: readonly Observed[],
  size: number,
  { chosen, front }: { readonly chosen: readonly number[]; readonly front: readonly number[] },
): Omit<Observations, "rows"> {
  const raw = trials.slice(0, size).map(({ value }) => value);
  const end = front.reduce((worst, index) => Math.max(worst, raw[index] as number), -Infinity);
  const { values: y, slope } = scaledObjective(raw, end);
  const told = chosen.map((index) => trials[index] as Observed);
  return {
    // Without a value a trial is taken for bad, with little weight, so that the search turns elsewhere.
    y: Float64Array.from(chosen, (index) => (Number.isNaN(y[index]) ? 1 : (y[index] as number))),
    errors: Float64Array.from(told, ({ value, standardError, pruned }) => {
      if (Number.isNaN(value)) return 1;
      const error = Math.min(3, standardError * slope);
      return pruned ? Math.max(4 * error * error, 0.04) : error * error;
    }),
  };
}

/** All trials, or of too many the first fronts for two thirds and the last ones for the rest; ascending. */
function choose(
  { size, most }: { readonly size: number; readonly most: number },
  complete: readonly number[],
  ranks: Int32Array,
): readonly number[] {
  const all = Array.from({ length: size }, (_, index) => index);
  if (size <= most) return all;
  const byRank = [...complete.keys()].sort((a, b) => (ranks[a] as number) - (ranks[b] as number) || b - a);
  const best = byRank.slice(0, Math.floor((most * 2) / 3)).map((place) => complete[place] as number);
  const chosen = new Set(best);
  for (let index = size - 1; chosen.size < most; index--) chosen.add(index);
  return [...chosen].toSorted((a, b) => a - b);
}
