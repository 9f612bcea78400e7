import { performance } from "node:perf_hooks";
import type { PartResult } from "../../core/estimator.ts";
import type { SharedMemory } from "../../core/shared-memory.ts";
import type { ArenaMap } from "../svm/arena.ts";
import { aligned, byteReader, byteWriter } from "../svm/byte-pieces.ts";
import { takeDecisions } from "../svm/decisions.ts";
import { cureOf, endedBy, endings } from "../svm/early-end.ts";
import { kernelName } from "../svm/kernel.ts";
import { ladder } from "../svm/ladder.ts";
import type { LargeRule } from "../svm/large-pair.ts";
import { type BaseSource, takePairBlock } from "../svm/pair-block.ts";
import type { PairRanges } from "../svm/pair-problem.ts";
import { type LargePart, pairSolver } from "../svm/pair-solver.ts";
import { scratch } from "../svm/scratch.ts";
import type { SvrFold, SvrLayout } from "./layout.ts";
import { takeTubeProblem, tubeProblem } from "./tube-problem.ts";
import type { Tube } from "./tubes.ts";

/** Some folds of some tubes to be solved for every C, as plain data. */
export interface SolvePartInput {
  readonly kind: "solve";
  readonly source: BaseSource;
  readonly large: LargePart;
  readonly pieces: readonly TubePiece[];
}

/** Folds `first` to `last` of a tube. */
export interface TubePiece {
  readonly tube: Tube;
  readonly first: number;
  readonly last: number;
}

export interface SolveContext {
  readonly memory: SharedMemory;
  /** Absolute offsets. */
  readonly arena: ArenaMap;
  readonly slotOffset: number;
  readonly layout: SvrLayout;
}

/** What one fold of a tube answers for every C. */
export interface TubeAnswer {
  /** Which of `values` each C has, and whether that was proven without a solve. */
  readonly asked: Uint16Array;
  readonly skipped: Uint8Array;
  /** One value a test row, for each distinct solution. */
  readonly values: readonly Float64Array[];
}

/** Both ranges of a tube's problem are the rows of the layout. */
export function tubeRanges({ size }: SvrLayout): { readonly positions: PairRanges; readonly columns: PairRanges } {
  return { positions: { startA: 0, sizeA: size, startB: size, sizeB: 0 }, columns: { startA: 0, sizeA: size, startB: 0, sizeB: size } };
}

/** Bytes of scratch where the problem is not large; 0 where it is. */
export function solveScratchBytes(layout: SvrLayout, source: BaseSource, { rows }: LargeRule): number {
  if (layout.size > rows) return 0;
  const space = scratch(0);
  takePairBlock(space, layout.size, source);
  takeTubeProblem(space, layout.size);
  takeDecisions(space, layout.size, mostTiles(layout));
  return space.used();
}

export function mostTiles({ folds }: SvrLayout): number {
  return Math.max(0, ...folds.map(({ tiles }) => tiles.starts.length));
}

/** Solves the part's pieces, in their order: neighbours of equal kernels share the block. */
export function runSolvePart({ pieces, source, large }: SolvePartInput, context: SolveContext): PartResult {
  const { layout } = context;
  const solver = pairSolver(context, { source, large, ...tubeRanges(layout), tileCount: mostTiles(layout) });
  const writer = byteWriter();
  const own: PartResult["own"][number][] = [];
  const counts = { solves: 0, skipped: 0, iterations: 0 };
  const warnings: string[] = [];
  for (const { tube, first, last } of pieces) {
    const { problems, decide } = solver(tube.kernel);
    const problem = tubeProblem(layout, problems);
    const rungs = ladder(tube.costs.map(({ C }) => C));
    const ended = { limited: new Map<number, number>(), stuck: new Map<number, number>() };
    for (let fold = first; fold < last; fold++) {
      const view = layout.folds[fold] as SvrFold;
      const answer = problem.solve(view, rungs, tube);
      const start = performance.now();
      const values = decide(view.tiles, answer.solutions);
      const seconds = (performance.now() - start) / 1000;
      writer.add(Uint16Array.from(answer.asked, ({ solution }) => solution));
      writer.add(Uint8Array.from(answer.asked, ({ skipped }) => (skipped ? 1 : 0)));
      for (const one of values) writer.add(one);
      counts.solves += answer.solves;
      counts.skipped += answer.skipped;
      counts.iterations += answer.iterations;
      for (const by of endings) for (const C of answer[by]) ended[by].set(C, (ended[by].get(C) ?? 0) + 1);
      const solved = answer.asked.filter(({ skipped }) => !skipped).length;
      for (const [cost, { skipped, seconds: fitSeconds }] of answer.asked.entries()) {
        const requests = tube.costs[cost]?.requests ?? [];
        if (skipped) continue;
        for (const request of requests) {
          own.push({ request, fold, fitSeconds: fitSeconds / requests.length, predictSeconds: seconds / solved / requests.length });
        }
      }
    }
    for (const by of endings) {
      for (const [C, folds] of ended[by]) {
        warnings.push(
          `svr(): ${endedBy(by, tube.maxIterations)} ended ${folds} of ${last - first} solves with C=${C}, ε=${tube.epsilon}, ${kernelName(tube.kernel)}; ${cureOf(by)}, or scale the target.`,
        );
      }
    }
  }
  return { bytes: writer.bytes(), own, counts, warnings };
}

/** Reads what `runSolvePart` wrote: for each piece, one answer a fold. */
export function readAnswers(bytes: Uint8Array, pieces: readonly TubePiece[], layout: SvrLayout): readonly (readonly TubeAnswer[])[] {
  const reader = byteReader(aligned(bytes));
  return pieces.map(({ tube, first, last }) =>
    layout.folds.slice(first, last).map(({ tested }) => {
      const asked = reader.u16(tube.costs.length);
      const skipped = reader.u8(tube.costs.length);
      const solutions = asked.reduce((most, solution) => Math.max(most, solution + 1), 0);
      return { asked, skipped, values: Array.from({ length: solutions }, () => reader.f64(tested)) };
    }),
  );
}
