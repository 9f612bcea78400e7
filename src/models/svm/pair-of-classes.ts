import type { Answer } from "../../core/estimator.ts";
import { type DecisionTiles, joinTiles } from "./decisions.ts";
import type { FoldView, SvmLayout, TestedClass } from "./layout.ts";
import type { AnswerForm, AnswerShape } from "./pair-answer.ts";
import type { PairRanges } from "./pair-problem.ts";

/** Two class codes, the smaller first; its decisions are positive. */
export type ClassPair = readonly [number, number];

/** The pairs of classes that have rows, in order. */
export function classPairs(layout: SvmLayout): readonly ClassPair[] {
  const present = [...layout.counts.keys()].filter((code) => (layout.counts[code] as number) > 0);
  return present.flatMap((a, at) => present.slice(at + 1).map((b) => [a, b] as const));
}

export function pairRanges(layout: SvmLayout, [a, b]: ClassPair): PairRanges {
  return {
    startA: layout.starts[a] as number,
    sizeA: layout.sizes[a] as number,
    startB: layout.starts[b] as number,
    sizeB: layout.sizes[b] as number,
  };
}

export function pairSize(layout: SvmLayout, [a, b]: ClassPair): number {
  return (layout.sizes[a] as number) + (layout.sizes[b] as number);
}

/** A pair exists in a fold where both classes have training rows. */
export function absent({ rank }: FoldView, [a, b]: ClassPair): boolean {
  return (rank[a] as number) < 0 || (rank[b] as number) < 0;
}

/** A decision of 0 is a vote for the class that comes later in the training rows, as in LIBSVM. */
export function firstIsLater({ rank }: FoldView, [a, b]: ClassPair): boolean {
  return (rank[a] as number) > (rank[b] as number);
}

/** The own rows' columns in the pair's block. */
export function ownTiles(layout: SvmLayout, { tested }: FoldView, [a, b]: ClassPair): DecisionTiles {
  return joinTiles((tested[a] as TestedClass).tiles, (tested[b] as TestedClass).tiles, layout.sizes[a] as number);
}

export function ownTileCount({ tested }: FoldView, [a, b]: ClassPair): number {
  return (tested[a] as TestedClass).tiles.starts.length + (tested[b] as TestedClass).tiles.starts.length;
}

/** How many own rows a pair has in a fold. */
export function ownCount({ tested }: FoldView, [a, b]: ClassPair): number {
  return (tested[a] as TestedClass).places.length + (tested[b] as TestedClass).places.length;
}

/** One pair's own rows are all test rows, and its answer is the answer; of more pairs, a vote needs the solutions. */
export function answerForm(pairs: number, answer: Answer): AnswerForm {
  const curves = answer === "probabilities";
  if (pairs <= 1) return { own: answer === "labels" ? "votes" : "values", solutions: false, curves };
  return { own: answer === "labels" ? "votes" : "none", solutions: true, curves };
}

/** The shape of an answer for some folds: from the first to before the last. */
export function answerShape(
  layout: SvmLayout,
  pair: ClassPair,
  { form, costs, folds }: Pick<AnswerShape, "form" | "costs"> & { readonly folds: readonly [number, number] },
): AnswerShape {
  return { form, costs, ownCounts: layout.folds.slice(...folds).map((fold) => ownCount(fold, pair)), size: pairSize(layout, pair) };
}
