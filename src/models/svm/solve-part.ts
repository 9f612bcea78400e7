import { performance } from "node:perf_hooks";
import type { PartResult } from "../../core/estimator.ts";
import type { SharedMemory } from "../../core/shared-memory.ts";
import type { ArenaMap } from "./arena.ts";
import type { Chain } from "./chains.ts";
import { classWeights } from "./class-weights.ts";
import { type DecisionTiles, decisions as decide, singleDecisions, takeDecisions } from "./decisions.ts";
import { type Kernel, kernelName, unitDiagonal } from "./kernel.ts";
import { ladder } from "./ladder.ts";
import { largePair, type LargeRule } from "./large-pair.ts";
import type { FoldView, SvmLayout } from "./layout.ts";
import { type AnswerForm, encodePairAnswer, joinAnswers, type PairFold } from "./pair-answer.ts";
import { type BaseSource, pairBlock, takePairBlock } from "./pair-block.ts";
import { climb, type LadderAnswer } from "./pair-ladder.ts";
import { absent, answerShape, type ClassPair, firstIsLater, ownTiles, pairRanges, pairSize } from "./pair-of-classes.ts";
import { type KernelMatrix, type PairRanges, pairProblem, takePairProblem, type TwoClassProblem } from "./pair-problem.ts";
import { type Scratch, scratch } from "./scratch.ts";

/** Pairs of classes to be solved for every chain, fold and C, as plain data. */
export interface SolvePartInput {
  readonly kind: "solve";
  readonly source: BaseSource;
  readonly large: LargePart;
  readonly chains: readonly Chain[];
  readonly pairs: readonly ClassPair[];
}

/** When a pair is large, and what its kernel rows may take. */
export interface LargePart extends LargeRule {
  readonly cacheBytes: number;
}

export interface SolveContext {
  readonly memory: SharedMemory;
  /** Absolute offsets. */
  readonly arena: ArenaMap;
  readonly slotOffset: number;
  readonly layout: SvmLayout;
  readonly form: AnswerForm;
  readonly classes: readonly string[];
}

/** Bytes of scratch for a pair of `size` rows and `tiles` tiles of own rows. */
export function solveScratchBytes(size: number, tiles: number, source: BaseSource): number {
  const space = scratch(0);
  takePairBlock(space, size, source);
  takePairProblem(space, size);
  takePairProblem(space, size);
  takeDecisions(space, size, tiles);
  return space.used();
}

/** The two problems of a ladder over one pair's block. */
export interface PairProblems {
  readonly main: TwoClassProblem;
  readonly side: TwoClassProblem;
}

export function pairProblems(memory: SharedMemory, space: Scratch, block: { ranges: PairRanges; matrix: KernelMatrix }): PairProblems {
  const { sizeA, sizeB } = block.ranges;
  const ranges = { startA: 0, sizeA, startB: sizeA, sizeB };
  return { main: pairProblem(memory, space, ranges, block.matrix), side: pairProblem(memory, space, ranges, block.matrix) };
}

/** Which rows of a pair a fold trains on, and what the bound C of each is multiplied by: the weight of its class times its own. */
export function restrict(
  { main, side }: PairProblems,
  { startA, sizeA, startB, sizeB }: PairRanges,
  training: {
    readonly outside: Float32Array;
    /** By position; null where all are 1. */
    readonly weights: Float64Array | null;
    /** Of the pair's two classes. */
    readonly classWeights: readonly [number, number];
  },
): void {
  const { outside, weights, classWeights } = training;
  for (const problem of [main, side]) {
    problem.outside.set(outside.subarray(startA, startA + sizeA));
    problem.outside.set(outside.subarray(startB, startB + sizeB), sizeA);
    problem.weights.fill(classWeights[0], 0, sizeA).fill(classWeights[1], sizeA);
    if (weights === null) continue;
    for (let local = 0; local < sizeA; local++) (problem.weights[local] as number) *= weights[startA + local] as number;
    for (let local = 0; local < sizeB; local++) (problem.weights[sizeA + local] as number) *= weights[startB + local] as number;
  }
}

/** Solves the part's pairs and judges every fold's own rows: pair by pair, for each all chains. */
export function runSolvePart(input: SolvePartInput, context: SolveContext): PartResult {
  const { layout, form } = context;
  const tally = partTally(input.chains, layout, context.classes);
  const weights = input.chains.map((chain) => layout.folds.map(({ trained }) => classWeights(chain.classWeight, context.classes, trained)));
  const answers: Uint8Array[] = [];
  for (const pair of input.pairs) {
    const ranges = pairRanges(layout, pair);
    const tiles = layout.folds.map((view) => ownTiles(layout, view, pair));
    const solver = (pairSize(layout, pair) > input.large.rows ? largeSolver : blockSolver)(input, context, { ranges, tiles });
    for (const [at, chain] of input.chains.entries()) {
      const rungs = ladder(chain.costs.map(({ C }) => C));
      const problems = solver.use(chain.kernel);
      const folds = layout.folds.map((view, fold): PairFold | null => {
        if (absent(view, pair)) return null;
        const byClass = weights[at]?.[fold] as Float64Array;
        restrict(problems, ranges, {
          outside: view.outside,
          weights: layout.weights,
          classWeights: [byClass[pair[0]] as number, byClass[pair[1]] as number],
        });
        const answer = climb(rungs, problems, chain);
        const start = performance.now();
        const own = form.own === "none" ? [] : solver.decide(tiles[fold] as DecisionTiles, answer.solutions);
        const result = pairFold(answer, { form, own, later: firstIsLater(view, pair) });
        tally.add({ chain: at, fold, pair }, answer, (performance.now() - start) / 1000);
        return result;
      });
      answers.push(encodePairAnswer(folds, answerShape(layout, pair, { form, costs: chain.costs.length })));
    }
  }
  return { bytes: joinAnswers(answers), ...tally.facts() };
}

/** How one pair is solved: in a block of its own, or, where that is too large, by rows. */
interface PairSolver {
  /** The problems with a kernel's values. */
  use(kernel: Kernel): PairProblems;
  decide(tiles: DecisionTiles, solutions: LadderAnswer["solutions"]): readonly Float64Array[];
}

interface SolverPair {
  readonly ranges: PairRanges;
  readonly tiles: readonly DecisionTiles[];
}

function blockSolver({ source }: SolvePartInput, { memory, arena, slotOffset }: SolveContext, { ranges }: SolverPair): PairSolver {
  const space = scratch(slotOffset);
  const block = pairBlock(memory, space, { arena, ranges, source });
  const problemsAt = slotOffset + space.used();
  let held: { readonly matrix: KernelMatrix; readonly problems: PairProblems; readonly end: number } | undefined;
  return {
    use(kernel) {
      block.fill(kernel);
      if (held?.matrix.unit !== unitDiagonal(kernel)) {
        const rest = scratch(problemsAt);
        const matrix = block.matrix(kernel);
        held = { matrix, problems: pairProblems(memory, rest, { ranges, matrix }), end: problemsAt + rest.used() };
      }
      return held.problems;
    },
    decide(tiles, solutions) {
      const { matrix, problems, end } = held as NonNullable<typeof held>;
      const space = scratch(end);
      return decide(memory, { space, kernel: matrix, tiles, size: problems.main.size, rowOf: (local) => local }, solutions);
    },
  };
}

function largeSolver({ large }: SolvePartInput, { memory, arena, slotOffset }: SolveContext, { ranges, tiles }: SolverPair): PairSolver {
  const { sizeA, sizeB } = ranges;
  const pair = largePair(memory, scratch(slotOffset), {
    arena,
    positions: ranges,
    columns: { startA: 0, sizeA, startB: sizeA, sizeB },
    tiles: mostTiles(tiles),
    workingRows: large.workingRows,
    cacheBytes: large.cacheBytes,
  });
  return {
    use(kernel) {
      pair.use(kernel);
      return pair;
    },
    decide: (own, solutions) => pair.decide(own, solutions),
  };
}

function mostTiles(tiles: readonly DecisionTiles[]): number {
  return Math.max(0, ...tiles.map(({ starts }) => starts.length));
}

function pairFold(
  { solutions, asked }: LadderAnswer,
  { form, own, later }: { readonly form: AnswerForm; readonly own: readonly Float64Array[]; readonly later: boolean },
): PairFold {
  const supports = form.solutions ? supportLocals(solutions) : new Uint32Array(0);
  const coefficients = new Float64Array(supports.length * solutions.length);
  for (const [at, solution] of solutions.entries()) {
    const to = at * supports.length;
    for (let place = 0; place < supports.length; place++) {
      coefficients[to + place] = solution.coefficients[supports[place] as number] as number;
    }
  }
  return {
    asked: Uint16Array.from(asked, ({ solution }) => solution),
    skipped: Uint8Array.from(asked, ({ skipped }) => (skipped ? 1 : 0)),
    offsets: Float64Array.from(solutions, ({ offset }) => offset),
    locals: supports,
    coefficients,
    votes: form.own === "votes" ? own.map((decisions) => votesOf(decisions, later)) : [],
    values: form.own === "values" ? own.map(singleDecisions) : [],
  };
}

function supportLocals(solutions: LadderAnswer["solutions"]): Uint32Array {
  const size = solutions[0]?.coefficients.length ?? 0;
  const found = new Uint32Array(size);
  let count = 0;
  for (let local = 0; local < size; local++) {
    if (solutions.some(({ coefficients }) => coefficients[local] !== 0)) found[count++] = local;
  }
  return found.subarray(0, count);
}

function votesOf(decisions: Float64Array, later: boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(decisions.length / 8));
  for (let row = 0; row < decisions.length; row++) {
    const value = decisions[row] as number;
    if (value > 0 || (value === 0 && later)) (bits[row >> 3] as number) |= 1 << (row & 7);
  }
  return bits;
}

/** Sums up the times, counts and warnings of a part. */
function partTally(chains: readonly Chain[], layout: SvmLayout, classes: readonly string[]) {
  const own = chains.map(({ costs }) => costs.map(() => layout.folds.map(() => ({ fit: 0, predict: 0 }))));
  const counts = { solves: 0, skipped: 0, iterations: 0 };
  /** Folds of each pair, chain and C that ended at the iteration limit. */
  const limited = new Map<string, { readonly pair: ClassPair; readonly chain: Chain; readonly C: number; folds: number }>();
  return {
    add(place: { readonly chain: number; readonly fold: number; readonly pair: ClassPair }, answer: LadderAnswer, seconds: number): void {
      counts.solves += answer.solves;
      counts.skipped += answer.skipped;
      counts.iterations += answer.iterations;
      const solved = answer.asked.reduce((sum, { skipped }) => sum + (skipped ? 0 : 1), 0);
      for (const [cost, one] of answer.asked.entries()) {
        const time = own[place.chain]?.[cost]?.[place.fold];
        if (time === undefined || one.skipped) continue;
        time.fit += one.seconds;
        time.predict += seconds / solved;
      }
      for (const C of answer.limited) {
        const key = `${place.pair.join(" ")} ${place.chain} ${C}`;
        const known = limited.get(key) ?? { pair: place.pair, chain: chains[place.chain] as Chain, C, folds: 0 };
        known.folds++;
        limited.set(key, known);
      }
    },
    facts(): Omit<PartResult, "bytes"> {
      return {
        own: chains.flatMap(({ costs }, chain) =>
          costs.flatMap(({ requests }, cost) =>
            requests.flatMap((request) =>
              layout.folds
                .map((_: FoldView, fold) => ({
                  request,
                  fold,
                  fitSeconds: (own[chain]?.[cost]?.[fold]?.fit ?? 0) / requests.length,
                  predictSeconds: (own[chain]?.[cost]?.[fold]?.predict ?? 0) / requests.length,
                }))
                .filter(({ fitSeconds, predictSeconds }) => fitSeconds + predictSeconds > 0),
            ),
          ),
        ),
        counts,
        warnings: [...limited.values()].map(
          ({ pair, chain: { kernel, maxIterations }, C, folds }) =>
            `svm(): the iteration limit (${maxIterations}) ended ${folds} of ${layout.folds.length} solves of ${classes[pair[0]]} against ${classes[pair[1]]} with C=${C}${kernel.kind === "linear" ? "" : `, ${kernelName(kernel)}`}; raise maxIterations or the tolerance.`,
        ),
      };
    },
  };
}
