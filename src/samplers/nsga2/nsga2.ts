/**
 * NSGA-II: search for the front of several objectives by ranks of dominance and distances in the front; one objective works too.
 *
 * Source: K. Deb, A. Pratap, S. Agarwal, T. Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Trans.
 * Evolutionary Computation 6(2), 2002, doi 10.1109/4235.996017, in the steady-state form of J. J. Durillo et al., EMO 2009,
 * doi 10.1007/978-3-642-01020-0_18: each finished trial is a newcomer that selection sets against the population at once. So trial n is a
 * child of the μ best of trials 0 … n − lookahead, which is a left fold whatever the lookahead, and no trial waits for a generation to end.
 */
import { checkOptions, finite, integer, optional } from "../../core/options.ts";
import type { FinishedTrial, Sampler, SamplerContext } from "../../core/sampler.ts";
import type { Params } from "../../core/space.ts";
import type { Rng } from "../../math/rng.ts";
import { decode } from "../../space/unit-cube.ts";
import { sobol } from "../sobol.ts";
import { startup } from "../startup.ts";
import { admit, emptyPopulation, isBetter, type Population } from "./population.ts";
import { child, genesOf, genomeOf, type Gene } from "./variation.ts";

/** Options of `nsga2()`. */
export interface Nsga2Options {
  /** Members of the population, μ; so many trials are quasi-random first. Default: 30; more keep more of a wide front, and come nearer to it more slowly. */
  readonly populationSize?: number;
  /** The share of children with genes of both parents, from 0 to 1. Default: 0.9. */
  readonly crossover?: number;
  /** The probability of a gene to change, from 0 to 1. Default: one gene a child, 1 / (number of parameters). */
  readonly mutation?: number;
}

interface Nsga2State {
  readonly context: SamplerContext;
  readonly genes: readonly Gene[];
  readonly population: Population;
}

/** Children that equal a member or a pending trial are drawn again at most so often. */
const tries = 10;

/**
 * NSGA-II with simulated binary crossing and polynomial mutation, for several objectives and hundreds to many thousands of
 * trials: μ scrambled Sobol points, then children of the μ best trials. Constraints count before objectives; trials that fail, are
 * pruned or have a NaN leave no mark. O(μ log μ) a trial for two objectives, O(μ² m) at worst for more.
 * @throws HpoError OPTION_INVALID
 */
export function nsga2(options: Nsga2Options = {}): Sampler {
  checkOptions("nsga2", options, {
    populationSize: optional(integer(2, 10_000)),
    crossover: optional(finite(0, 1)),
    mutation: optional(finite(0, 1)),
  });
  const { populationSize = 30, crossover = 0.9, mutation = null } = options;
  return Object.freeze({
    ...startup(populationSize, sobol(), breeding(populationSize, crossover, mutation)),
    name: "nsga2",
    options: Object.freeze({ populationSize, crossover, mutation }),
  });
}

/** Children of what was seen, uniform draws until there are two parents. */
function breeding(populationSize: number, crossover: number, mutation: number | null): Sampler {
  const sampler: Sampler<Nsga2State> = {
    name: "breeding",
    options: Object.freeze({}),
    traits: Object.freeze({ adaptive: true, usesClock: false }),
    start(context) {
      const genes = genesOf(context.space);
      return { context, genes, population: emptyPopulation(populationSize, genes.length, context.directions.length) };
    },
    absorb(state, trial) {
      const values = minimised(trial, state.context.directions);
      if (values === null) return state;
      const violation = trial.constraints === undefined ? Number.NaN : violationOf(trial.constraints);
      admit(state.population, { trial: trial.number, genome: genomeOf(state.genes, trial.params), values, violation });
      return state;
    },
    propose({ context, genes, population }, _number, pending, rng) {
      const uniform = (): Float64Array => Float64Array.from(genes, () => rng.uniform());
      const offer = (unit: Float64Array, why: string) => Object.freeze({ params: decode(context.space, unit), by: "nsga2", why });
      const waiting = pending.map((params) => genomeOf(genes, params));
      if (population.size < 2) return offer(uniform(), "no parents yet");
      const rates = { crossover, mutation: mutation ?? 1 / Math.max(1, genes.length) };
      for (let attempt = 0; attempt < tries; attempt++) {
        const a = winner(population, rng);
        const b = winner(population, rng);
        const unit = child(genes, [genomeAt(population, a), genomeAt(population, b)], rates, rng);
        if (isKnown(genes, population, waiting, decode(context.space, unit))) continue;
        return offer(unit, `from trials ${population.trials[a]} and ${population.trials[b]}`);
      }
      return offer(uniform(), "the children drawn are all known");
    },
    size: () => null,
  };
  return Object.freeze(sampler as Sampler);
}

/** Values where smaller is better; null for a trial that is not complete or has a NaN. */
function minimised(trial: FinishedTrial, directions: SamplerContext["directions"]): Float64Array | null {
  if (trial.state !== "complete") return null;
  const values = Float64Array.from(directions, (direction, j) => {
    const value = trial.values[j] ?? Number.NaN;
    return direction === "maximize" ? -value : value;
  });
  return values.some((value) => Number.isNaN(value)) ? null : values;
}

/** How far constraints are broken in all; a NaN is never met. */
function violationOf(constraints: readonly number[]): number {
  return constraints.reduce((sum, one) => sum + (Number.isNaN(one) ? Infinity : Math.max(0, one)), 0);
}

/** The better of two members drawn. */
function winner(population: Population, rng: Rng): number {
  const a = rng.below(population.size);
  const b = rng.below(population.size);
  return isBetter(population, b, a) ? b : a;
}

function genomeAt({ genomes, genes }: Population, row: number): Float64Array {
  return genomes.subarray(row * genes, (row + 1) * genes);
}

function isKnown(genes: readonly Gene[], population: Population, waiting: readonly Float64Array[], params: Params): boolean {
  const genome = genomeOf(genes, params);
  for (let row = 0; row < population.size; row++) if (equals(genome, population.genomes, row * genes.length)) return true;
  return waiting.some((other) => equals(genome, other, 0));
}

/** Whether a genome stands in `list` from `start` on; NaN, an axis that does not exist, equals itself. */
function equals(genome: Float64Array, list: Float64Array, start: number): boolean {
  for (let axis = 0; axis < genome.length; axis++) if (!Object.is(genome[axis], list[start + axis])) return false;
  return true;
}
