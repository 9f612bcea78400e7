import type { Answer } from "../../core/estimator.ts";
import { aligned } from "./byte-pieces.ts";
import type { Chain } from "./chains.ts";
import type { Rung } from "./ladder.ts";
import type { SvmLayout } from "./layout.ts";
import { type AnswerForm, type AnswerShape, decodePairAnswer, type PairFold, splitAnswers } from "./pair-answer.ts";
import type { LadderAnswer } from "./pair-ladder.ts";
import { type ClassPair, pairSize } from "./pair-of-classes.ts";
import type { PairRecord } from "./pair-record.ts";

/*
 * Where folds start from the solution on all rows (docs/decisions/0009-fold-seeding.md), those solutions are a model that costs no solve.
 * The part that solves a pair's first fold stores them before the folds, in the form of a fold that tests no row; the part
 * that votes on the first fold hands them on, since what it reads is dropped.
 */

/** A C to which the road did not end within the tolerance, in place of its solution. */
const unsolved = 0xffff;

/**
 * Whether parts keep the solutions on all rows: asked for, there, and of every row that a model would be fitted to. Probabilities take more than
 * they tell.
 */
export function keepsWhole({ order, weights, whole }: SvmLayout, answer: Answer, models: boolean): boolean {
  if (!models || whole === null || answer === "probabilities") return false;
  return order.every((row, at) => row < 0 || whole[at] === 0 || weights?.[at] === 0);
}

const form: AnswerForm = { own: "none", solutions: true, curves: false };

/** The shape of what is kept of a pair. */
export function wholeShape(layout: SvmLayout, pair: ClassPair, costs: number): AnswerShape {
  return { form, costs, ownCounts: [0], size: pairSize(layout, pair) };
}

/** What is kept of a pair's climb on all rows. */
export function wholeRecord(
  record: PairRecord,
  answer: LadderAnswer,
  { rungs, chain }: { rungs: readonly Rung[]; chain: Chain },
): PairFold {
  const found = record(answer, { form, own: [], later: false, inner: { curves: [], answers: [] } });
  const ended = [...answer.limited, ...answer.stuck];
  if (ended.length === 0) return found;
  const anchors = rungs.flatMap(({ C, anchor }) => (anchor && ended.includes(C) ? [C] : []));
  const asked = found.asked.map((solution, cost) => {
    const { C } = chain.costs[cost] as Chain["costs"][number];
    return ended.includes(C) || anchors.some((anchor) => anchor < C) ? unsolved : solution;
  });
  return { ...found, asked };
}

/** Reads what was kept of a pair; null where it was not solved on all rows. */
export function decodeWhole(stretch: Uint8Array, shape: AnswerShape): PairFold | null {
  return decodePairAnswer(aligned(stretch), shape)[0] ?? null;
}

/** The solution for a C: a = y α of each of `locals`, and the offset; undefined where the solves did not end within their tolerance. */
export function wholeSolution(
  { asked, locals, coefficients, offsets }: PairFold,
  cost: number,
): { readonly coefficients: Float64Array; readonly offset: number } | undefined {
  const solution = asked[cost] as number;
  if (solution === unsolved) return undefined;
  const count = locals.length;
  return { coefficients: coefficients.subarray(solution * count, (solution + 1) * count), offset: offsets[solution] as number };
}

/** Where the answers of a solve part lie: pair by pair, for each all chains. */
export interface SolvedStretches {
  folds(pair: number, chain: number): Uint8Array;
  /** undefined where the part does not solve the first fold, or models are not kept. */
  whole(pair: number, chain: number): Uint8Array | undefined;
}

export function solvedStretches(
  bytes: Uint8Array,
  part: { readonly pairs: number; readonly chains: number; readonly folds: readonly [number, number]; readonly models: boolean },
): SolvedStretches {
  const each = part.models && part.folds[0] === 0 ? 2 : 1;
  const all = splitAnswers(aligned(bytes), part.pairs * part.chains * each);
  const first = (pair: number, chain: number): number => (pair * part.chains + chain) * each;
  return {
    folds: (pair, chain) => all[first(pair, chain) + each - 1] as Uint8Array,
    whole: (pair, chain) => (each === 2 ? all[first(pair, chain)] : undefined),
  };
}
