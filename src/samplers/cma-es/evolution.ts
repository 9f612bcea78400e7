/**
 * From trials to generations to runs: when the distribution learns, and when it starts anew.
 *
 * Sources: A. Auger, N. Hansen, "A restart CMA evolution strategy with increasing population size", CEC 2005 (restarts); N. Hansen, "The CMA
 * Evolution Strategy: A Tutorial" (2023), section B.3 (when to restart). That half of a generation are earlier points is ours; its
 * ablation stands in docs/decisions/0013. Notation: λ points a generation.
 */
import { exp } from "../../math/elementary.ts";
import type { Rng } from "../../math/rng.ts";
import type { Axes } from "../axes.ts";
import { compareOutcomes } from "../ranked-outcome.ts";
import { learnChoice } from "./choice-weights.ts";
import { type Distribution, longestStep, type Snapshot, standardise, startDistribution, update, widestDeviation } from "./distribution.ts";
import { correctMargin } from "./margin.ts";
import type { ObservedPoint } from "./observed-point.ts";
import { defaultPopulation, strategy } from "./strategy.ts";

/** A run ends where the values of a generation differ by less than this share of the spread that the first one had … */
const tolerance = 1e-12;
/** … or where its axes differ by more than this factor. */
const worstCondition = 1e7;
/** Points older than so many generations no longer take part: without it a lucky draw under noise would lead for ever. */
const oldestGenerations = 1.5;
/** λ doubles at most so often. */
const mostDoublings = 9;

export interface EvolutionOptions {
  readonly axes: Axes;
  /** σ at the start, a share of the range. */
  readonly step: number;
  /** λ of the first run; null: by the number of coordinates. */
  readonly population: number | null;
  readonly restarts: boolean;
  /** What all trials share. */
  readonly stream: Rng;
}

/** Where a search stands. */
export interface Evolution {
  readonly options: EvolutionOptions;
  run: Distribution;
  /** By choice, the probability of each alternative. */
  choices: Float64Array[];
  /** The points of the generation that is being collected: `kept` earlier ones first. */
  points: ObservedPoint[];
  kept: number;
  restartCount: number;
  /** The spread of values in the first generation that had one. */
  spread: number;
  best: ObservedPoint | null;
  /** Generations since the run's best point got better. */
  idle: number;
  /** What the last run ended with, as long as points drawn from it may come. */
  left: Snapshot | null;
}

export function startEvolution(options: EvolutionOptions): Evolution {
  return {
    options,
    run: startRun(options, 0),
    choices: evenChoices(options.axes),
    points: [],
    kept: 0,
    restartCount: 0,
    spread: 0,
    best: null,
    idle: 0,
    left: null,
  };
}

/** Takes in a trial, in number order. */
export function learn(evolution: Evolution, point: ObservedPoint): void {
  // Trials that ran while a run ended belong to it: they would pull the new one back.
  if (evolution.left !== null && isDrawnFrom(evolution.left, point.v)) return;
  evolution.left = null;
  evolution.points.push(point);
  const { population } = evolution.run.strategy;
  if (evolution.points.length < population || evolution.points.length - evolution.kept < Math.ceil(population / 2)) return;
  const ranked = evolution.points.toSorted(compareOutcomes);
  takeGeneration(evolution, ranked);
  const oldest = point.number - oldestGenerations * population;
  evolution.points = ranked.filter(({ number }) => number > oldest).slice(0, Math.floor(population / 2));
  evolution.kept = evolution.points.length;
  if (evolution.options.restarts && isOver(evolution, ranked)) restart(evolution);
}

function takeGeneration(evolution: Evolution, ranked: readonly ObservedPoint[]): void {
  const { run, options } = evolution;
  const [first, last] = [ranked[0] as ObservedPoint, ranked.at(-1) as ObservedPoint];
  const improved = evolution.best === null || compareOutcomes(first, evolution.best) < 0;
  if (improved) evolution.best = first;
  evolution.idle = improved ? 0 : evolution.idle + 1;
  const { cSigma, dSigma, population } = run.strategy;
  const flat = compareOutcomes(first, ranked[Math.min(population - 1, Math.ceil(0.7 * population))] as ObservedPoint) === 0;
  // Where nothing can be told apart there is nothing to learn but to look further (the tutorial's code, flat fitness).
  if (compareOutcomes(first, last) !== 0) {
    const weights = sharedWeights(run.strategy.weights, ranked);
    for (const [at, probabilities] of evolution.choices.entries()) {
      learnChoice(
        probabilities,
        ranked.map(({ picks }) => picks[at] as number),
        weights,
      );
    }
    if (options.axes.numeric.length === 0) return;
    update(
      run,
      ranked.map(({ v }) => v),
      weights,
    );
  }
  if (flat) run.snapshot = widened(run.snapshot, exp(0.2 + cSigma / dSigma));
  correctMargin(run, options.axes);
}

/** Equal points share their weights, so that their order decides nothing. */
function sharedWeights(weights: Float64Array, ranked: readonly ObservedPoint[]): Float64Array {
  const shared = weights.slice();
  for (let start = 0; start < ranked.length; ) {
    let end = start;
    let sum = 0;
    for (; end < ranked.length && compareOutcomes(ranked[start] as ObservedPoint, ranked[end] as ObservedPoint) === 0; end++) {
      sum += weights[end] as number;
    }
    shared.fill(sum / (end - start), start, end);
    start = end;
  }
  return shared;
}

/** σ grows, but no deviation above its bound. */
function widened(snapshot: Snapshot, factor: number): Snapshot {
  let widest = 0;
  for (const one of snapshot.deviations) widest = Math.max(widest, one);
  const bounded = Math.max(1, Math.min(factor, widestDeviation / widest));
  return { ...snapshot, sigma: snapshot.sigma * bounded, deviations: snapshot.deviations.map((one) => one * bounded) };
}

function isOver(evolution: Evolution, ranked: readonly ObservedPoint[]): boolean {
  const { dimension, population } = evolution.run.strategy;
  const spread = (ranked.at(-1) as ObservedPoint).cost - (ranked[0] as ObservedPoint).cost;
  if (evolution.spread === 0 && spread > 0 && spread < Infinity) evolution.spread = spread;
  if (spread > 0 && spread < tolerance * evolution.spread) return true;
  if (evolution.idle > 20 + Math.ceil((60 * dimension) / population)) return true;
  let [least, most] = [Infinity, 0];
  for (const root of evolution.run.snapshot.roots) {
    least = Math.min(least, root);
    most = Math.max(most, root);
  }
  return most > worstCondition * least;
}

function restart(evolution: Evolution): void {
  const { options } = evolution;
  evolution.left = evolution.run.snapshot;
  evolution.restartCount++;
  evolution.run = startRun(options, evolution.restartCount);
  evolution.choices = evenChoices(options.axes);
  evolution.points = [];
  evolution.kept = 0;
  evolution.best = null;
  evolution.idle = 0;
}

/** The first run starts in the middle, later ones at a random place with a doubled population. */
function startRun({ axes, step, population, stream }: EvolutionOptions, restartCount: number): Distribution {
  const n = axes.numeric.length;
  const own = stream.fork("restart", restartCount);
  const mean = Float64Array.from({ length: n }, () => (restartCount === 0 ? 0.5 : own.uniform()));
  const points = (population ?? defaultPopulation(n)) * (1 << Math.min(mostDoublings, restartCount));
  const run = startDistribution(strategy(Math.max(1, n), points), mean, step);
  correctMargin(run, axes);
  return run;
}

function evenChoices({ choices }: Axes): Float64Array[] {
  return choices.map(({ count }) => new Float64Array(count).fill(1 / count));
}

/** A run that has ended is so narrow that nothing else comes near. */
function isDrawnFrom(snapshot: Snapshot, v: Float64Array): boolean {
  const n = v.length;
  return n > 0 && standardise(snapshot, v, new Float64Array(n), new Float64Array(n)) <= 2 * longestStep(n);
}
