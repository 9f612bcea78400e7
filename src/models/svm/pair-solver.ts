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
  const ranges = columnsOf(block.ranges);
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
  /** Where the rows lie in the arena. */
  readonly positions: PairRanges;
  /** Two classes as ranges of the kernel's rows, which are those of the positions; the ranges may be the same. */
  readonly columns: PairRanges;
  /** Tiles judged at once. */
  readonly tileCount: number;
}

/** Solves a pair in a block of its own; by kernel rows where that would be too large. */
export function pairSolver(place: SolverPlace, pair: SolverPair): PairSolver {
  return rowsOf(pair.positions) > pair.large.rows ? largeSolver(place, pair) : blockSolver(place, pair);
}

/** Two classes that lie behind one another, each in its order. */
export function columnsOf({ sizeA, sizeB }: PairRanges): PairRanges {
  return { startA: 0, sizeA, startB: sizeA, sizeB };
}

function rowsOf({ sizeA, sizeB }: PairRanges): number {
  return sizeA + sizeB;
}

function blockSolver({ memory, arena, slotOffset }: SolverPlace, { source, positions, columns, tileCount }: SolverPair): PairSolver {
  const space = scratch(slotOffset);
  const block = pairBlock(memory, space, { arena, ranges: positions, source });
  const problemsAt = slotOffset + space.used();
  let filled = "";
  let held: { readonly unit: boolean; readonly problems: PairProblems; readonly decide: Decider } | undefined;
  return (kernel) => {
    const name = JSON.stringify(kernel);
    if (name !== filled) block.fill(kernel);
    filled = name;
    if (held?.unit !== unitDiagonal(kernel)) {
      const rest = scratch(problemsAt);
      const matrix = block.matrix(kernel);
      const problems = { main: pairProblem(memory, rest, columns, matrix), side: pairProblem(memory, rest, columns, matrix) };
      held = { unit: matrix.unit, problems, decide: decider(memory, rest, { kernel: matrix, size: rowsOf(positions), tileCount }) };
    }
    return held;
  };
}

function largeSolver({ memory, arena, slotOffset }: SolverPlace, { large, positions, columns, tileCount }: SolverPair): PairSolver {
  const { workingRows, cacheBytes } = large;
  const pair = largePair(memory, scratch(slotOffset), { arena, positions, columns, tiles: tileCount, workingRows, cacheBytes });
  return (kernel) => {
    pair.use(kernel);
    return { problems: pair, decide: pair.decide };
  };
}
