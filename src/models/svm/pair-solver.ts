import type { SharedMemory } from "../../core/shared-memory.ts";
import type { ArenaMap } from "./arena.ts";
import { type Decider, decider, takeDecisions } from "./decisions.ts";
import { type Kernel, unitDiagonal } from "./kernel.ts";
import { largePair, type LargeRule } from "./large-pair.ts";
import { type BaseSource, pairBlock, takePairBlock } from "./pair-block.ts";
import { type KernelMatrix, type PairRanges, pairProblem, takePairProblem, type TwoClassProblem } from "./pair-problem.ts";
import { type Scratch, scratch } from "./scratch.ts";

/** When a pair is large, and what its kernel rows may take. */
export interface LargePart extends LargeRule {
  readonly cacheBytes: number;
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

/** The problems of one pair with a kernel's values, and the judging of its rows by their solutions. */
export type PairSolver = (kernel: Kernel) => { readonly problems: PairProblems; readonly decide: Decider };

export interface SolverPlace {
  readonly memory: SharedMemory;
  readonly arena: ArenaMap;
  readonly slotOffset: number;
}

export interface SolverPair {
  readonly source: BaseSource;
  readonly large: LargePart;
  readonly ranges: PairRanges;
  /** Tiles judged at once. */
  readonly tileCount: number;
}

/** Solves a pair in a block of its own; by kernel rows where that would be too large. */
export function pairSolver(place: SolverPlace, pair: SolverPair): PairSolver {
  return pair.ranges.sizeA + pair.ranges.sizeB > pair.large.rows ? largeSolver(place, pair) : blockSolver(place, pair);
}

function blockSolver({ memory, arena, slotOffset }: SolverPlace, { source, ranges, tileCount }: SolverPair): PairSolver {
  const space = scratch(slotOffset);
  const block = pairBlock(memory, space, { arena, ranges, source });
  const problemsAt = slotOffset + space.used();
  let held: { readonly unit: boolean; readonly problems: PairProblems; readonly decide: Decider } | undefined;
  return (kernel) => {
    block.fill(kernel);
    if (held?.unit !== unitDiagonal(kernel)) {
      const rest = scratch(problemsAt);
      const matrix = block.matrix(kernel);
      const over = { kernel: matrix, size: ranges.sizeA + ranges.sizeB, tileCount };
      held = { unit: matrix.unit, problems: pairProblems(memory, rest, { ranges, matrix }), decide: decider(memory, rest, over) };
    }
    return held;
  };
}

function largeSolver({ memory, arena, slotOffset }: SolverPlace, { large, ranges, tileCount }: SolverPair): PairSolver {
  const { sizeA, sizeB } = ranges;
  const pair = largePair(memory, scratch(slotOffset), {
    arena,
    positions: ranges,
    columns: { startA: 0, sizeA, startB: sizeA, sizeB },
    tiles: tileCount,
    workingRows: large.workingRows,
    cacheBytes: large.cacheBytes,
  });
  return (kernel) => {
    pair.use(kernel);
    return { problems: pair, decide: pair.decide };
  };
}
