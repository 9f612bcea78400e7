/**
 * Tries configurations again where noise hides which is best.
 *
 * Source: P. I. Frazier, W. B. Powell, S. Dayanik, "A knowledge-gradient policy for sequential information collection", SIAM J. Control Optim. 47, 2008, doi
 * 10.1137/070693424 (the value of one more measurement of one of several normal means), with the prior estimated from the trials.
 * Notation: s² the variance between repeats of a configuration, pooled; nᵢ values of configuration i with mean yᵢ; a prior N(μ, τ²) of configurations, so that
 * vᵢ = 1 / (1/τ² + nᵢ/s²) and mᵢ = vᵢ (μ/τ² + nᵢ yᵢ/s²); a measurement moves mᵢ by σ̃ᵢ = vᵢ / √(vᵢ + s²) in deviation, which is worth σ̃ᵢ h(−Δᵢ / σ̃ᵢ)
 * with Δᵢ the distance to the best other mean and h(z) = φ(z) + z Φ(z). Smaller is better.
 */
import { HpoError } from "../core/hpo-error.ts";
import { checkOptions } from "../core/options.ts";
import { samplerRule } from "../core/part-rules.ts";
import { canonicalJson } from "../core/json.ts";
import type { FinishedTrial, Proposal, Sampler } from "../core/sampler.ts";
import type { Params } from "../core/space.ts";
import { log } from "../math/elementary.ts";
import { logImprovement } from "../math/expected-improvement.ts";
import { named } from "./startup.ts";

/** Configurations with a value before the first is tried again. */
const fewest = 8;
/** Repeats, beyond the first trial of each configuration, that s² is estimated from before it is believed. */
const believed = 4;
/** So many repeats, all equal to the first trial in every bit: then there is no noise. */
const equalEnough = 2;
/** New configurations that the next one is expected to be like. */
const recent = 15;
/** The least share of s² that is left for the differences between configurations. */
const leastSpread = 0.1;

interface Configuration {
  /** The number of its first trial. */
  readonly first: number;
  readonly params: Params;
  /** Of the first objective, minimised; complete trials that met the constraints. */
  readonly values: number[];
  /** Trials, finished or running; those that run. */
  trials: number;
  running: number;
}

interface ReplicatedState {
  inner: unknown;
  readonly sign: 1 | -1;
  readonly size: number;
  /** In the order of their first trials. */
  readonly configurations: Map<string, Configuration>;
}

/**
 * Tries a configuration again, with other folds or another seed, wherever that is expected to improve the choice of the best configuration more than another new
 * one would. How noisy values are it learns from the repeats: the first are of the best of eight configurations. Where two configurations gave the same
 * value again, bit for bit, nothing is repeated any more. What the sampler itself proposes again is a repeat, too.
 * Reports show configurations by the mean of their repeats. One objective. O(configurations) a proposal.
 * @throws HpoError OPTION_INVALID for a sampler that does not learn (`startup(60, grid(), replicated(tpe()))` goes through a table first), and for several objectives
 */
export function replicated(sampler: Sampler): Sampler {
  checkOptions("replicated", { sampler }, { sampler: samplerRule });
  const { adaptive, usesClock } = sampler.traits;
  if (!adaptive) {
    throw new HpoError(
      "OPTION_INVALID",
      `replicated(): sampler must be one that learns from outcomes, such as tpe(); got ${sampler.name}().`,
    );
  }
  return Object.freeze<Sampler>({
    name: "replicated",
    options: Object.freeze(named("sampler", sampler)),
    traits: Object.freeze({ adaptive: true, usesClock }),
    start(context): ReplicatedState {
      if (context.directions.length > 1) {
        throw new HpoError("OPTION_INVALID", `replicated(): a study must have one objective; got ${context.directions.length}. Name one.`);
      }
      const size = sampler.size(context.space) ?? Infinity;
      const sign = context.directions[0] === "maximize" ? -1 : 1;
      return { inner: sampler.start(context), sign, size, configurations: new Map() };
    },
    absorb(value, trial) {
      const state = value as ReplicatedState;
      state.inner = sampler.absorb(state.inner, trial);
      const one = known(state.configurations, trial.number, trial.params);
      one.trials++;
      const told = valueOf(trial, state.sign);
      if (told !== undefined) one.values.push(told);
      return state;
    },
    propose(value, number, pending, rng) {
      const state = value as ReplicatedState;
      if (number >= state.size) return undefined;
      const running = withPending(state, number, pending);
      const proposal = repeatOf(running) ?? sampler.propose(state.inner, number, pending, rng);
      if (proposal === undefined || proposal.repeatOf !== undefined) return proposal;
      const before = running.get(canonicalJson(proposal.params));
      return before === undefined ? proposal : Object.freeze({ ...proposal, repeatOf: before.first });
    },
    size: (space) => sampler.size(space),
  });
}

function known(configurations: Map<string, Configuration>, first: number, params: Params): Configuration {
  const key = canonicalJson(params);
  const found = configurations.get(key);
  if (found !== undefined) return found;
  const made: Configuration = { first, params, values: [], trials: 0, running: 0 };
  configurations.set(key, made);
  return made;
}

function valueOf({ state, values, constraints = [] }: FinishedTrial, sign: 1 | -1): number | undefined {
  const [value = Number.NaN] = values;
  return state === "complete" && Number.isFinite(value) && constraints.every((excess) => excess <= 0) ? sign * value : undefined;
}

/** The configurations with the trials that run counted in; in the order of their first trials. */
function withPending({ configurations }: ReplicatedState, number: number, pending: readonly Params[]): Map<string, Configuration> {
  if (pending.length === 0) return configurations;
  const all = new Map([...configurations].map(([key, one]) => [key, { ...one }]));
  for (const [place, params] of pending.entries()) {
    const one = known(all, number - pending.length + place, params);
    one.trials++;
    one.running++;
  }
  return all;
}

/** The configuration to be tried again; undefined where a new one is worth more. */
function repeatOf(configurations: ReadonlyMap<string, Configuration>): Proposal | undefined {
  const valued = [...configurations.values()].filter(({ values }) => values.length > 0);
  if (valued.length < fewest) return undefined;
  const spare = valued.reduce((sum, { values }) => sum + values.length - 1, 0);
  const squares = valued.reduce((sum, one) => sum + squaresOf(one.values), 0);
  const wanted = squares > 0 ? believed : equalEnough;
  if (spare >= wanted) return squares > 0 ? mostTelling(valued, squares / spare) : undefined;
  // Repeats that run will tell more, and those that fail tell nothing.
  const running = valued.reduce((sum, one) => sum + one.running, 0);
  const tried = valued.reduce((sum, one) => sum + one.trials - 1, 0);
  if (spare + running >= wanted || tried >= 3 * believed) return undefined;
  const best = valued.toSorted((a, b) => meanOf(a.values) - meanOf(b.values) || a.first - b.first).slice(0, equalEnough);
  const [least] = best.toSorted((a, b) => a.trials - b.trials);
  return least && proposalOf(least, "to learn how noisy values are");
}

/** The repeat of the largest worth, unless a new configuration's is larger. */
function mostTelling(valued: readonly Configuration[], noise: number): Proposal | undefined {
  const means = valued.map(({ values }) => meanOf(values));
  const counts = valued.reduce((sum, { values }) => sum + 1 / values.length, 0) / valued.length;
  const prior = spreadOf(means, noise * counts);
  const shrunk = valued.map(({ values }, i) => {
    const weight = prior.variance / (prior.variance + noise / values.length);
    return prior.mean + weight * ((means[i] as number) - prior.mean);
  });
  const [best = 0, second = 0] = shrunk.toSorted((a, b) => a - b);
  let most = worthOfNew(valued, { noise, best });
  let chosen: Configuration | undefined;
  for (const [i, one] of valued.entries()) {
    const m = shrunk[i] as number;
    // What runs is taken for measured.
    const v = 1 / (1 / prior.variance + one.trials / noise);
    const worth = logWorth(Math.abs(m - (m === best ? second : best)), v / Math.sqrt(v + noise));
    if (worth <= most) continue;
    most = worth;
    chosen = one;
  }
  return chosen && proposalOf(chosen, "noise hides which configuration is best");
}

/** ln of what a measurement of a new configuration is worth, one like those tried last. */
function worthOfNew(valued: readonly Configuration[], { noise, best }: { readonly noise: number; readonly best: number }): number {
  const last = valued.slice(-recent).map(({ values: [first = 0] }) => first);
  const { mean, variance } = spreadOf(last, noise);
  return logWorth(Math.abs(mean - best), variance / Math.sqrt(variance + noise));
}

function logWorth(distance: number, deviation: number): number {
  return log(deviation) + logImprovement(-distance / deviation);
}

/**
 * Where configurations lie, and their variance without that of noise: the median, and the spread of the better half, since the worse one may lie anywhere.
 */
function spreadOf(values: readonly number[], noise: number): { readonly mean: number; readonly variance: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const mean = sorted[sorted.length >> 1] as number;
  const quartile = sorted[sorted.length >> 2] as number;
  // The quartile of a normal distribution lies 0.6745 deviations below its mean.
  const deviation = (mean - quartile) / 0.6745;
  return { mean, variance: Math.max(deviation * deviation - noise, leastSpread * noise) };
}

function proposalOf({ first, params, values }: Configuration, why: string): Proposal {
  const told = values.length === 1 ? "1 value" : `${values.length} values`;
  return Object.freeze({ params, by: "replicated", why: `repeats trial ${first} (${told}): ${why}`, repeatOf: first });
}

function meanOf(values: readonly number[]): number {
  const [first = 0] = values;
  return first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
}

function squaresOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
}
