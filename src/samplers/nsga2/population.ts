/**
 * The population of NSGA-II and its selection.
 *
 * Sources: K. Deb, A. Pratap, S. Agarwal, T. Meyarivan, "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Trans.
 * Evolutionary Computation 6(2), 2002, doi 10.1109/4235.996017 (section III: ranks, crowding; section VI: constraint domination);
 * J. J. Durillo et al., "On the effect of the steady-state selection scheme in multi-objective genetic algorithms", EMO 2009,
 * doi 10.1007/978-3-642-01020-0_18 (one newcomer at a time in place of a generation).
 */
import { crowdingDistances, nonDominatedRanks } from "../../math/pareto.ts";

/** Members 0 … size − 1, one row each; the arrays have a row more, for the newcomer that selection is about. */
export interface Population {
  readonly capacity: number;
  readonly genes: number;
  readonly objectives: number;
  size: number;
  /** Whether any trial has told constraints. */
  constrained: boolean;
  readonly genomes: Float64Array;
  /** Minimised, without NaN. */
  readonly values: Float64Array;
  /** Sum of the constraints above 0; NaN where none were told. */
  readonly violations: Float64Array;
  readonly trials: Float64Array;
  /** 0 … among feasible members by dominance, behind them the infeasible by violation. */
  readonly ranks: Float64Array;
  readonly distances: Float64Array;
}

export function emptyPopulation(capacity: number, genes: number, objectives: number): Population {
  const rows = capacity + 1;
  return {
    capacity,
    genes,
    objectives,
    size: 0,
    constrained: false,
    genomes: new Float64Array(rows * genes),
    values: new Float64Array(rows * objectives),
    violations: new Float64Array(rows),
    trials: new Float64Array(rows),
    ranks: new Float64Array(rows),
    distances: new Float64Array(rows),
  };
}

export interface Newcomer {
  readonly trial: number;
  readonly genome: Float64Array;
  readonly values: Float64Array;
  readonly violation: number;
}

/** Takes a newcomer in, and where there are too many then, drops the worst: by rank, then the most crowded, then the oldest. */
export function admit(population: Population, newcomer: Newcomer): void {
  const { capacity, objectives, values } = population;
  if (!Number.isNaN(newcomer.violation)) population.constrained = true;
  // One with the values of a member takes its place: copies would crowd each other out of Deb's measure, and a plateau can be crossed.
  const twin = twinOf(population, newcomer);
  const row = twin ?? population.size++;
  population.genomes.set(newcomer.genome, row * population.genes);
  values.set(newcomer.values, row * objectives);
  population.violations[row] = newcomer.violation;
  population.trials[row] = newcomer.trial;
  rank(population);
  if (population.size <= capacity) return;
  let worst = 0;
  for (let i = 1; i < population.size; i++) if (isBetter(population, worst, i)) worst = i;
  const front = population.ranks[worst] as number;
  const feasible = violationOf(population, worst) === 0;
  remove(population, worst);
  // The worst is in the last front: nobody's rank changes, and distances in that front alone.
  if (feasible) crowd(population, front);
}

/** Deb's crowded comparison. */
export function isBetter({ ranks, distances }: Population, a: number, b: number): boolean {
  const left = ranks[a] as number;
  const right = ranks[b] as number;
  return left !== right ? left < right : (distances[a] as number) > (distances[b] as number);
}

function twinOf({ size, objectives, values, violations }: Population, newcomer: Newcomer): number | undefined {
  for (let i = 0; i < size; i++) {
    if (!Object.is(violations[i], newcomer.violation)) continue;
    let same = true;
    for (let j = 0; j < objectives && same; j++) same = values[i * objectives + j] === newcomer.values[j];
    if (same) return i;
  }
  return undefined;
}

function rank(population: Population): void {
  const { size, objectives, values, ranks, distances } = population;
  const feasible: number[] = [];
  const infeasible: number[] = [];
  for (let i = 0; i < size; i++) (violationOf(population, i) === 0 ? feasible : infeasible).push(i);
  const points = new Float64Array(feasible.length * objectives);
  for (let place = 0; place < feasible.length; place++) {
    const row = (feasible[place] as number) * objectives;
    for (let j = 0; j < objectives; j++) points[place * objectives + j] = values[row + j] as number;
  }
  const fronts = nonDominatedRanks(points, objectives);
  let last = -1;
  for (let place = 0; place < fronts.length; place++) {
    const front = fronts[place] as number;
    ranks[feasible[place] as number] = front;
    if (front > last) last = front;
  }
  for (let front = 0; front <= last; front++) crowd(population, front);
  infeasible.sort((a, b) => violationOf(population, a) - violationOf(population, b) || a - b);
  for (let place = 0; place < infeasible.length; place++) {
    const i = infeasible[place] as number;
    if (place === 0 || violationOf(population, infeasible[place - 1] as number) < violationOf(population, i)) last++;
    ranks[i] = last;
    distances[i] = 0;
  }
}

/** The distances within one front. */
function crowd({ size, objectives, values, ranks, distances }: Population, front: number): void {
  const members: number[] = [];
  for (let i = 0; i < size; i++) if (ranks[i] === front) members.push(i);
  const found = crowdingDistances(values, objectives, members);
  for (let place = 0; place < found.length; place++) distances[members[place] as number] = found[place] as number;
}

function violationOf({ constrained, violations }: Population, i: number): number {
  const told = violations[i] as number;
  return Number.isNaN(told) ? (constrained ? Infinity : 0) : told;
}

/** Closes the gap, so that the order of trials stays. */
function remove(population: Population, row: number): void {
  const { size, genes, objectives } = population;
  population.genomes.copyWithin(row * genes, (row + 1) * genes, size * genes);
  population.values.copyWithin(row * objectives, (row + 1) * objectives, size * objectives);
  for (const list of [population.violations, population.trials, population.ranks, population.distances]) {
    list.copyWithin(row, row + 1, size);
  }
  population.size--;
}
