import { performance } from "node:perf_hooks";
import type { Rung } from "./ladder.ts";
import type { PairState, TwoClassProblem } from "./pair-problem.ts";

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

/** Hands out arrays for coefficients; one that is used by many ladders makes no garbage, and each spoils the solutions of the one before. */
export type SolutionPool = (solution: number, size: number) => Float64Array;

export function solutionPool(): SolutionPool {
  const arrays: Float64Array[] = [];
  return (solution, size) => {
    const known = arrays[solution];
    if (known !== undefined && known.length === size) return known;
    const made = new Float64Array(size);
    arrays[solution] = made;
    return made;
  };
}

export interface AskedAnswer {
  readonly solution: number;
  /** Proven equal to the solution of a smaller C. */
  readonly skipped: boolean;
  readonly seconds: number;
}

/** The solved states of a climb by C: what is not solved, or not finite, guides nothing. */
export type LadderStates = Map<number, PairState>;

export interface LadderOptions {
  readonly pool?: SolutionPool;
  /**
   * The states of a problem over the same rows that is trained on more of them. A cold rung starts at its solution for that C; a later one where its
   * solution moves to from the anchor before: the two differ by about as much at one C as at the next.
   */
  readonly guide?: LadderStates | undefined;
  readonly record?: LadderStates;
}

/**
 * Climbs the ladder. `main` holds the state at the last anchor, `side` solves what lies between anchors; both know the training set.
 * Where no multiplier is at its bound, the bound does no work, and the solution is that of every larger C.
 */
export function climb(
  rungs: readonly Rung[],
  problems: { readonly main: TwoClassProblem; readonly side: TwoClassProblem },
  limits: { readonly tolerance: number; readonly maxIterations: number },
  { pool = solutionPool(), guide, record }: LadderOptions = {},
): LadderAnswer {
  const { main, side } = problems;
  const { tolerance } = limits;
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
  /** The last anchor. */
  let anchor = 0;
  // By index: for-of closes its iterator in a handler, with which compiling this loop and all that is inlined in it takes longer than a small table.
  for (let at = 0; at < rungs.length; at++) {
    const rung = rungs[at] as Rung;
    if (final >= 0) {
      if (rung.asked >= 0) {
        asked[rung.asked] = { solution: final, skipped: true, seconds: 0 };
        skipped++;
      }
      continue;
    }
    const start = performance.now();
    const problem = rung.anchor ? main : side;
    if (!rung.cold && !rung.anchor) problem.copy(main);
    const to = guide?.get(rung.C);
    const from = rung.cold ? null : guide?.get(anchor);
    if (to !== undefined && from !== undefined) problem.guided?.seed(rung.C, to, from);
    else if (rung.cold) problem.reset();
    const maxIterations = Math.max(1, limits.maxIterations - (rung.cold ? 0 : before));
    const { offset, iterations: steps, converged, boundedCount } = problem.solve({ C: rung.C, tolerance, maxIterations });
    if (rung.anchor) {
      anchor = rung.C;
      before += steps;
    }
    if (converged && problem.guided !== undefined) record?.set(rung.C, problem.guided.state());
    solves++;
    iterations += steps;
    if (!converged) (steps < maxIterations ? stuck : limited).push(rung.C);
    const everyLarger = rung.anchor && converged && boundedCount === 0;
    if (rung.asked >= 0 || everyLarger) {
      const coefficients = pool(solutions.length, problem.size);
      coefficients.set(problem.coefficients);
      solutions.push({ coefficients, offset });
    }
    if (everyLarger) final = solutions.length - 1;
    if (rung.asked >= 0) {
      asked[rung.asked] = { solution: solutions.length - 1, skipped: false, seconds: (performance.now() - start) / 1000 };
    }
  }
  return { solutions, asked, solves, skipped, iterations, limited, stuck };
}
