import { type Rung } from "../svm/ladder.ts";
import { climb, type LadderAnswer } from "../svm/pair-ladder.ts";
import { takePairProblem } from "../svm/pair-problem.ts";
import type { PairProblems } from "../svm/pair-solver.ts";
import type { Scratch } from "../svm/scratch.ts";
import type { SvrFold, SvrLayout } from "./layout.ts";

/**
 * ε-support vector regression (V. Vapnik 1995) as a two-class problem (C.-C. Chang, C.-J. Lin, "LIBSVM", ACM TIST 2(3), 2011):
 * with α, α* between 0 and C_i, the coefficient of row i is a_i + a*_i, where a = α ≥ 0 starts from f = z − ε and a* = −α* from
 * f = z + ε. Both ranges of the problem are the same rows of the kernel matrix.
 */
export interface TubeProblem {
  /** Climbs the ladder on one fold; offsets include the centre, and coefficients are by position. */
  solve(fold: SvrFold, rungs: readonly Rung[], limits: TubeLimits): LadderAnswer;
}

export interface TubeLimits {
  readonly epsilon: number;
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Takes the scratch that a problem of `size` positions needs. */
export function takeTubeProblem(space: Scratch, size: number): void {
  takePairProblem(space, 2 * size);
  takePairProblem(space, 2 * size);
}

export function tubeProblem({ size, targets, weights }: SvrLayout, { main, side }: PairProblems): TubeProblem {
  return {
    solve({ outside, centre }, rungs, { epsilon, ...limits }) {
      for (const problem of [main, side]) {
        for (const [start, shift] of [
          [0, -epsilon],
          [size, epsilon],
        ] as const) {
          problem.outside.set(outside, start);
          problem.weights.set(weights, start);
          for (let at = 0; at < size; at++) problem.targets[start + at] = (targets[at] as number) - centre + shift;
        }
      }
      const answer = climb(rungs, { main, side }, limits);
      const solutions = answer.solutions.map(({ coefficients, offset }) => ({
        coefficients: coefficients.subarray(0, size).map((value, at) => value + (coefficients[size + at] as number)),
        offset: offset + centre,
      }));
      return { ...answer, solutions };
    },
  };
}
