import { performance } from "node:perf_hooks";
import type { PartResult } from "../../core/estimator.ts";
import type { SharedMemory } from "../../core/shared-memory.ts";
import type { ArenaMap } from "./arena.ts";
import type { Chain } from "./chains.ts";
import { classWeights } from "./class-weights.ts";
import { type Decider, type DecisionTiles, tileColumns } from "./decisions.ts";
import { heldOutCurves, type HeldOut, innerParts } from "./held-out.ts";
import { ladder, type Rung } from "./ladder.ts";
import type { FoldView, SvmLayout } from "./layout.ts";
import { type AnswerForm, answerWriter, type PairFold } from "./pair-answer.ts";
import type { BaseSource } from "./pair-block.ts";
import { climb, type LadderAnswer, type LadderStates, type SolutionPool, solutionPool } from "./pair-ladder.ts";
import { absent, answerShape, type ClassPair, firstIsLater, ownTiles, pairRanges } from "./pair-of-classes.ts";
import type { PairRanges } from "./pair-problem.ts";
import { type PairRecord, pairRecord } from "./pair-record.ts";
import { columnsOf, type LargePart, type PairProblems, pairSolver } from "./pair-solver.ts";
import { type PartTally, partTally } from "./part-tally.ts";
import { wholeRecord, wholeShape } from "./whole-answer.ts";

/** Pairs of classes to be solved for every chain and C and some folds, as plain data. */
export interface SolvePartInput {
  readonly kind: "solve";
  readonly source: BaseSource;
  readonly large: LargePart;
  readonly chains: readonly Chain[];
  readonly pairs: readonly ClassPair[];
  /** From the first fold to before the last. */
  readonly folds: readonly [number, number];
}

export interface SolveContext {
  readonly memory: SharedMemory;
  /** Absolute offsets. */
  readonly arena: ArenaMap;
  readonly slotOffset: number;
  readonly layout: SvmLayout;
  readonly form: AnswerForm;
  /** The solutions on all rows are kept. */
  readonly models: boolean;
  readonly classes: readonly string[];
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
  for (const problem of side === main ? [main] : [main, side]) {
    problem.outside.set(outside.subarray(startA, startA + sizeA));
    problem.outside.set(outside.subarray(startB, startB + sizeB), sizeA);
    problem.weights.fill(classWeights[0], 0, sizeA).fill(classWeights[1], sizeA);
    if (weights === null) continue;
    for (let local = 0; local < sizeA; local++) (problem.weights[local] as number) *= weights[startA + local] as number;
    for (let local = 0; local < sizeB; local++) (problem.weights[sizeA + local] as number) *= weights[startB + local] as number;
  }
}

/** Solves the part's pairs and judges its folds' own rows: pair by pair, for each all chains. */
export function runSolvePart(input: SolvePartInput, context: SolveContext): PartResult {
  const { layout, form } = context;
  const [firstFold, lastFold] = input.folds;
  const tally = partTally(input.chains, { folds: layout.folds.length, solved: lastFold - firstFold, classes: context.classes });
  const weights = input.chains.map((chain) => layout.folds.map(({ trained }) => classWeights(chain.classWeight, context.classes, trained)));
  const answers = answerWriter();
  const pool = solutionPool();
  for (const pair of input.pairs) {
    const ranges = pairRanges(layout, pair);
    const tiles = layout.folds.map((view) => ownTiles(layout, view, pair));
    const size = ranges.sizeA + ranges.sizeB;
    const tileCount = form.curves ? size / tileColumns : Math.max(0, ...tiles.map(({ starts }) => starts.length));
    const record = pairRecord(size);
    const solver = pairSolver(context, { ...input, positions: ranges, columns: columnsOf(ranges), tileCount });
    for (const [at, chain] of input.chains.entries()) {
      const rungs = ladder(chain.costs.map(({ C }) => C));
      const { problems: both, decide } = solver(chain.kernel);
      // Nothing is solved between anchors: one problem will do.
      const problems = rungs.every(({ anchor }) => anchor) ? { main: both.main, side: both.main } : both;
      const { guide, answer: whole } = solveWhole({ chain, pair, ranges, rungs, problems, pool, tally }, context);
      // Each cut by folds solves all rows anew, and the first keeps them.
      if (context.models && firstFold === 0) {
        answers.begin(wholeShape(layout, pair, chain.costs.length));
        answers.fold(whole === undefined ? null : wholeRecord(record, whole, { rungs, chain }));
      }
      answers.begin(answerShape(layout, pair, { form, costs: chain.costs.length, folds: input.folds }));
      const work: FoldWork = { at, chain, pair, ranges, rungs, problems, decide, record, pool, tally, guide };
      for (let fold = firstFold; fold < lastFold; fold++) {
        const view = layout.folds[fold] as FoldView;
        if (absent(view, pair)) answers.fold(null);
        else
          answers.fold(
            solveFold(work, context, { fold, tiles: tiles[fold] as DecisionTiles, byClass: weights[at]?.[fold] as Float64Array }),
          );
      }
    }
  }
  return { bytes: answers.bytes(), ...tally.facts() };
}

const nothingHeldOut: HeldOut = { curves: [], answers: [] };

/** A pair's block, filled for a chain, and what solves and judges on it. */
interface FoldWork {
  readonly at: number;
  readonly chain: Chain;
  readonly pair: ClassPair;
  readonly ranges: PairRanges;
  readonly rungs: readonly Rung[];
  readonly problems: PairProblems;
  readonly decide: Decider;
  readonly record: PairRecord;
  readonly pool: SolutionPool;
  readonly tally: PartTally;
  readonly guide: LadderStates | undefined;
}

/**
 * Fold seeding: the pair is solved on the rows of all folds first, and each fold starts from there. So the rows
 * that a fold tests touch where its solves start, and where they end as far as the tolerance leaves that open. Nothing where that is ruled out
 * (`strict`), doesn't pay, or would mix up class weights that differ from fold to fold. See docs/decisions/0009-fold-seeding.md. The folds' climbs
 * spoil the answer's solutions.
 */
function solveWhole(
  {
    chain,
    pair,
    ranges,
    rungs,
    problems,
    pool,
    tally,
  }: Pick<FoldWork, "chain" | "pair" | "ranges" | "rungs" | "problems" | "pool" | "tally">,
  { layout, classes }: SolveContext,
): { readonly guide?: LadderStates; readonly answer?: LadderAnswer } {
  if (chain.strict || layout.whole === null || chain.classWeight === "balanced" || problems.main.guided === undefined) return {};
  if (layout.folds.every((view) => absent(view, pair))) return {};
  const byClass = classWeights(chain.classWeight, classes, layout.counts);
  restrict(problems, ranges, {
    outside: layout.whole,
    weights: layout.weights,
    classWeights: [byClass[pair[0]] as number, byClass[pair[1]] as number],
  });
  const guide: LadderStates = new Map();
  const answer = climb(rungs, problems, chain, { pool, record: guide });
  tally.addShared(answer);
  return { guide, answer };
}

/** A function of its own: compiling it together with the loops around it takes as long as the folds of a small data set. */
function solveFold(
  { at, chain, pair, ranges, rungs, problems, decide, record, pool, tally, guide }: FoldWork,
  { layout, form }: SolveContext,
  { fold, tiles, byClass }: { readonly fold: number; readonly tiles: DecisionTiles; readonly byClass: Float64Array },
): PairFold {
  const view = layout.folds[fold] as FoldView;
  const classWeights = [byClass[pair[0]] as number, byClass[pair[1]] as number] as const;
  restrict(problems, ranges, { outside: view.outside, weights: layout.weights, classWeights });
  const answer = climb(rungs, problems, chain, { pool, guide });
  const inner = form.curves
    ? heldOutCurves(innerParts(layout, view, pair), { decide, problems, rungs, costs: chain.costs.length, limits: chain })
    : nothingHeldOut;
  const start = performance.now();
  const own = form.own === "none" ? [] : decide(tiles, answer.solutions);
  const result = record(answer, { form, own, later: firstIsLater(view, pair), inner });
  tally.add({ chain: at, fold, pair }, answer, inner.answers, (performance.now() - start) / 1000);
  return result;
}
