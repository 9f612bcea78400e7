import { float, type Params, random, rng, type Sampler, type Space } from "hpo";
import type { Direction } from "#hpo/core/metric";
import type { FinishedTrial } from "#hpo/core/sampler";
import { hypervolume } from "#hpo/math/hypervolume";

/** A problem of several objectives; all are minimised unless `directions` says otherwise. */
export interface Problem {
  readonly space: Space;
  readonly directions: readonly Direction[];
  readonly evaluate: (params: Params) => readonly number[];
  readonly constraints?: (params: Params) => readonly number[];
}

/**
 * ZDT1 or ZDT2 with `count` parameters (E. Zitzler, K. Deb, L. Thiele, "Comparison of multiobjective evolutionary algorithms",
 * Evolutionary Computation 8(2), 2000); with `shift`, of |x − shift|, so that the front lies inside of the space.
 */
export function zdt(problem: 1 | 2, count: number, shift = 0): Problem {
  const names = Array.from({ length: count }, (_, i) => `x${i}`);
  return {
    space: Object.fromEntries(names.map((name) => [name, float(0, 1)])),
    directions: ["minimize", "minimize"],
    evaluate(params) {
      const [first = 0, ...rest] = names.map((name) => Math.abs((params[name] as number) - shift));
      const g = 1 + (9 * rest.reduce((sum, x) => sum + x, 0)) / (count - 1);
      return [first, problem === 1 ? g * (1 - Math.sqrt(first / g)) : g * (1 - (first / g) ** 2)];
    },
  };
}

/** The loop of a study with a plain objective; the finished trials. */
export function search(
  sampler: Sampler,
  problem: Problem,
  options: { trials: number; seed: number; lookahead?: number },
): readonly FinishedTrial[] {
  const { trials, seed, lookahead = 1 } = options;
  const done: FinishedTrial[] = [];
  let state = sampler.start({ space: problem.space, directions: problem.directions });
  let known = 0;
  for (let number = 0; number < trials; number++) {
    for (; known <= number - lookahead; known++) state = sampler.absorb(state, done[known] as FinishedTrial);
    const pending = done.slice(known).map((trial) => trial.params);
    const proposal = sampler.propose(state, number, pending, rng(seed).fork("sampler", number));
    if (proposal === undefined) break;
    const values = problem.evaluate(proposal.params);
    const constraints = problem.constraints === undefined ? {} : { constraints: problem.constraints(proposal.params) };
    done.push({ number, state: "complete", params: proposal.params, values, standardErrors: values.map(() => null), ...constraints });
  }
  return done;
}

/** The hypervolume of what `sampler` finds, one a seed 0 … seeds − 1, ascending. */
export function volumes(
  sampler: () => Sampler,
  problem: Problem,
  options: { trials: number; seeds: number; reference: readonly number[]; lookahead?: number },
): number[] {
  const { seeds, reference, ...rest } = options;
  return Array.from({ length: seeds }, (_, seed) => {
    const found = search(sampler(), problem, { ...rest, seed });
    return hypervolume(Float64Array.from(found.flatMap((trial) => [...trial.values])), reference);
  }).sort((a, b) => a - b);
}

export const randomVolumes = (problem: Problem, options: Parameters<typeof volumes>[2]): number[] => volumes(random, problem, options);
