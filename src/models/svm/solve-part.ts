import { performance } from "node:perf_hooks";
import type { PartResult } from "../../core/estimator.ts";
import type { SharedMemory } from "../../core/shared-memory.ts";
import type { ArenaMap } from "./arena.ts";
import type { Chain } from "./chains.ts";
import { classWeights } from "./class-weights.ts";
import { type Decider, decider, singleDecisions, takeDecisions, tileColumns } from "./decisions.ts";
import { cureOf, type EndedBy, endedBy, endings } from "./early-end.ts";
import { heldOutCurves, type HeldOut, innerParts } from "./held-out.ts";
import { kernelName, unitDiagonal } from "./kernel.ts";
import { ladder } from "./ladder.ts";
import type { FoldView, SvmLayout } from "./layout.ts";
import { type AnswerForm, answerWriter, type PairFold } from "./pair-answer.ts";
import { type BaseSource, pairBlock, takePairBlock } from "./pair-block.ts";
import { climb, type LadderAnswer } from "./pair-ladder.ts";
import { absent, answerShape, type ClassPair, firstIsLater, ownTiles, pairRanges } from "./pair-of-classes.ts";
import { type KernelMatrix, type PairProblem, type PairRanges, pairProblem, takePairProblem } from "./pair-problem.ts";
import { type Scratch, scratch } from "./scratch.ts";

/** Pairs of classes to be solved for every chain, fold and C, as plain data. */
export interface SolvePartInput {
  readonly kind: "solve";
  readonly source: BaseSource;
  readonly chains: readonly Chain[];
  readonly pairs: readonly ClassPair[];
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
  readonly main: PairProblem;
  readonly side: PairProblem;
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
  const { layout, form, arena, memory } = context;
  const tally = partTally(input.chains, layout, context.classes);
  const weights = input.chains.map((chain) => layout.folds.map(({ trained }) => classWeights(chain.classWeight, context.classes, trained)));
  const answers = answerWriter();
  for (const pair of input.pairs) {
    const ranges = pairRanges(layout, pair);
    const space = scratch(context.slotOffset);
    const block = pairBlock(memory, space, { arena, ranges, source: input.source });
    const problemsAt = context.slotOffset + space.used();
    const tiles = layout.folds.map((view) => ownTiles(layout, view, pair));
    const size = ranges.sizeA + ranges.sizeB;
    const tileCount = form.curves ? size / tileColumns : Math.max(0, ...tiles.map(({ starts }) => starts.length));
    let held: { readonly unit: boolean; readonly problems: PairProblems; readonly decide: Decider } | undefined;
    for (const [at, chain] of input.chains.entries()) {
      const rungs = ladder(chain.costs.map(({ C }) => C));
      block.fill(chain.kernel);
      const matrix = block.matrix(chain.kernel);
      if (held?.unit !== unitDiagonal(chain.kernel)) {
        const rest = scratch(problemsAt);
        const over = { kernel: matrix, size, tileCount };
        held = { unit: matrix.unit, problems: pairProblems(memory, rest, { ranges, matrix }), decide: decider(memory, rest, over) };
      }
      const { problems, decide } = held;
      const folds = layout.folds.map((view, fold): PairFold | null => {
        if (absent(view, pair)) return null;
        const byClass = weights[at]?.[fold] as Float64Array;
        restrict(problems, ranges, {
          outside: view.outside,
          weights: layout.weights,
          classWeights: [byClass[pair[0]] as number, byClass[pair[1]] as number],
        });
        const answer = climb(rungs, problems, chain);
        const inner = form.curves
          ? heldOutCurves(innerParts(layout, view, pair), {
              decide,
              problems,
              rungs,
              costs: chain.costs.length,
              limits: chain,
            })
          : nothingHeldOut;
        const start = performance.now();
        const own = form.own === "none" ? [] : decide(tiles[fold] as (typeof tiles)[number], answer.solutions);
        const result = pairFold(answer, { form, own, later: firstIsLater(view, pair), inner });
        tally.add({ chain: at, fold, pair }, [answer, ...inner.answers], (performance.now() - start) / 1000);
        return result;
      });
      answers.add(folds, answerShape(layout, pair, { form, costs: chain.costs.length }));
    }
  }
  return { bytes: answers.bytes(), ...tally.facts() };
}

const nothingHeldOut: HeldOut = { curves: [], answers: [] };

interface Judged {
  readonly form: AnswerForm;
  readonly own: readonly Float64Array[];
  readonly later: boolean;
  readonly inner: HeldOut;
}

function pairFold({ solutions, asked }: LadderAnswer, { form, own, later, inner }: Judged): PairFold {
  const locals = form.solutions ? supportLocals(solutions) : new Uint32Array(0);
  const { length } = locals;
  const coefficients = new Float64Array(length * solutions.length);
  const offsets = new Float64Array(solutions.length);
  for (let at = 0; at < solutions.length; at++) {
    const solution = solutions[at] as LadderAnswer["solutions"][number];
    const values = solution.coefficients;
    const to = at * length;
    for (let place = 0; place < length; place++) coefficients[to + place] = values[locals[place] as number] as number;
    offsets[at] = solution.offset;
  }
  const solutionOf = new Uint16Array(asked.length);
  const skipped = new Uint8Array(asked.length);
  for (let cost = 0; cost < asked.length; cost++) {
    const one = asked[cost] as LadderAnswer["asked"][number];
    solutionOf[cost] = one.solution;
    // Where all inner solves are identical too, so is the curve.
    skipped[cost] = one.skipped && inner.answers.every((answer) => answer.asked[cost]?.skipped === true) ? 1 : 0;
  }
  return {
    asked: solutionOf,
    skipped,
    offsets,
    locals,
    coefficients,
    votes: form.own === "votes" ? own.map((decisions) => votesOf(decisions, later)) : [],
    values: form.own === "values" ? own.map(singleDecisions) : [],
    curves: Float64Array.from(inner.curves.flatMap(({ slope, offset }) => [slope, offset])),
  };
}

function supportLocals(solutions: LadderAnswer["solutions"]): Uint32Array {
  const size = solutions[0]?.coefficients.length ?? 0;
  const supports = new Uint8Array(size);
  for (const { coefficients } of solutions) {
    for (let local = 0; local < size; local++) if (coefficients[local] !== 0) supports[local] = 1;
  }
  const found = new Uint32Array(size);
  let count = 0;
  for (let local = 0; local < size; local++) {
    found[count] = local;
    count += supports[local] as number;
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
  /** Solves of a pair, fold and C. */
  let total = 1;
  /** Folds of each pair, chain and C that ended before the tolerance was met: at the iteration limit, or where rounding leaves no step. */
  const ended = new Map<
    string,
    { readonly pair: ClassPair; readonly chain: Chain; readonly C: number; readonly by: EndedBy; folds: number }
  >();
  return {
    /** The answer of a fold, then those of its inner parts; `seconds` are those of judging. */
    add(
      place: { readonly chain: number; readonly fold: number; readonly pair: ClassPair },
      answers: readonly [LadderAnswer, ...LadderAnswer[]],
      seconds: number,
    ): void {
      const solved = answers[0].asked.reduce((sum, { skipped }) => sum + (skipped ? 0 : 1), 0);
      for (const [at, answer] of answers.entries()) {
        counts.solves += answer.solves;
        counts.skipped += answer.skipped;
        counts.iterations += answer.iterations;
        for (const [cost, one] of answer.asked.entries()) {
          const time = own[place.chain]?.[cost]?.[place.fold];
          if (time === undefined || one.skipped) continue;
          time.fit += one.seconds;
          if (at === 0) time.predict += seconds / solved;
        }
      }
      total = Math.max(total, answers.length);
      for (const by of endings) {
        for (const C of answers.flatMap((answer) => answer[by])) {
          const key = `${place.pair.join(" ")} ${place.chain} ${C} ${by}`;
          const known = ended.get(key) ?? { pair: place.pair, chain: chains[place.chain] as Chain, C, by, folds: 0 };
          known.folds++;
          ended.set(key, known);
        }
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
        warnings: [...ended.values()].map(
          ({ pair, chain: { kernel, maxIterations }, C, by, folds }) =>
            `svm(): ${endedBy(by, maxIterations)} ended ${folds} of ${layout.folds.length * total} solves of ${classes[pair[0]]} against ${classes[pair[1]]} with C=${C}${kernel.kind === "linear" ? "" : `, ${kernelName(kernel)}`}; ${cureOf(by)}.`,
        ),
      };
    },
  };
}
