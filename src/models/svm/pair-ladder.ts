import { performance } from "node:perf_hooks";
import type { Rung } from "./ladder.ts";
import type { PairProblem } from "./pair-problem.ts";

/** One pair of classes solved for every asked-for C on one training set. */
export interface LadderAnswer {
  /** Distinct solutions that some C asked for. */
  readonly solutions: readonly PairSolution[];
  /** For each asked-for C: its solution, and what it took. */
  readonly asked: readonly AskedAnswer[];
  readonly solves: number;
  readonly skipped: number;
  readonly iterations: number;
  /** Bounds at which the iteration limit ended the search. */
  readonly limited: readonly number[];
  /** Bounds at which rounding ended it: kernel values are too large for the tolerance. */
  readonly stuck: readonly number[];
}

export interface PairSolution {
  /** a = y α by local row. */
  readonly coefficients: Float64Array;
  readonly offset: number;
}

export interface AskedAnswer {
  readonly solution: number;
  /** Proven equal to the solution of a smaller C. */
  readonly skipped: boolean;
  readonly seconds: number;
}

/**
 * Climbs the ladder. `main` holds the state at the last anchor, `side` solves what lies between anchors; both know the training set.
 * Where no multiplier is at its bound, the bound does no work, and the solution is that of every larger C.
 */
export function climb(
  rungs: readonly Rung[],
  problems: { readonly main: PairProblem; readonly side: PairProblem },
  limits: { readonly tolerance: number; readonly maxIterations: number },
): LadderAnswer {
  const { main, side } = problems;
  const solutions: PairSolution[] = [];
  const asked: AskedAnswer[] = [];
  const limited: number[] = [];
  const stuck: number[] = [];
  let solves = 0;
  let skipped = 0;
  let iterations = 0;
  /** Steps of the anchors before: they are steps of every later C, so that the road to a C ends by the limit however long its ladder is. */
  let before = 0;
  /** The solution of every larger C, once known: taken from the last anchor, or from a rung that came after it. */
  let final = -1;
  for (const rung of rungs) {
    if (final >= 0) {
      if (rung.asked >= 0) {
        asked[rung.asked] = { solution: final, skipped: true, seconds: 0 };
        skipped++;
      }
      continue;
    }
    const start = performance.now();
    const problem = rung.anchor ? main : side;
    if (rung.cold) problem.reset();
    else if (!rung.anchor) problem.copy(main);
    const maxIterations = Math.max(1, limits.maxIterations - (rung.cold ? 0 : before));
    const { offset, iterations: steps, converged, boundedCount } = problem.solve({ ...limits, C: rung.C, maxIterations });
    if (rung.anchor) before += steps;
    solves++;
    iterations += steps;
    if (!converged) (steps < maxIterations ? stuck : limited).push(rung.C);
    const everyLarger = rung.anchor && converged && boundedCount === 0;
    if (rung.asked >= 0 || everyLarger) solutions.push({ coefficients: problem.coefficients.slice(), offset });
    if (everyLarger) final = solutions.length - 1;
    if (rung.asked >= 0) {
      asked[rung.asked] = { solution: solutions.length - 1, skipped: false, seconds: (performance.now() - start) / 1000 };
    }
  }
  return { solutions, asked, solves, skipped, iterations, limited, stuck };
}
