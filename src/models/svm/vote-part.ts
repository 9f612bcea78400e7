import { performance } from "node:perf_hooks";
import type { Answer, PartResult } from "../../core/estimator.ts";
import type { SharedMemory } from "../../core/shared-memory.ts";
import type { ArenaMap } from "./arena.ts";
import type { Chain } from "./chains.ts";
import { foldVote } from "./fold-vote.ts";
import { hardRows } from "./hard-rows.ts";
import type { FoldView, SvmLayout } from "./layout.ts";
import { type AnswerForm, decodePairAnswer, joinAnswers } from "./pair-answer.ts";
import { answerShape, type ClassPair, classPairs, pairSize } from "./pair-of-classes.ts";
import { encodeVerdicts, type Verdict } from "./vote-answer.ts";
import { jobLimits } from "./vote-jobs.ts";
import { solvedStretches } from "./whole-answer.ts";

/** Some folds of a chain to be voted on, as plain data. */
export interface VotePartInput {
  readonly kind: "vote";
  readonly chain: Chain;
  /** From the first fold to before the last. */
  readonly folds: readonly [number, number];
  /** The solve parts with the chain's answers. */
  readonly solved: readonly SolvedPairs[];
}

export interface SolvedPairs {
  readonly key: string;
  readonly pairs: readonly ClassPair[];
  /** Chains of the part, and which of them is this one. */
  readonly chains: number;
  readonly chain: number;
  /** The folds that the part solved: from the first to before the last. */
  readonly folds: readonly [number, number];
}

export interface VoteContext {
  readonly memory: SharedMemory;
  /** Absolute offsets. */
  readonly arena: ArenaMap;
  readonly slotOffset: number;
  readonly layout: SvmLayout;
  readonly form: AnswerForm;
  /** The solutions on all rows are kept. */
  readonly models: boolean;
  readonly answer: Answer;
}

/** Votes on the test rows that the pairs of their own class don't decide. The vote on the first fold hands on what is kept of all rows. */
export function runVotePart(input: VotePartInput, read: ReadonlyMap<string, Uint8Array>, context: VoteContext): PartResult {
  const { layout, form, answer } = context;
  const scores = answer !== "labels";
  const { chain } = input;
  const costs = chain.costs.length;
  const classes = layout.counts.length;
  const answers = input.solved
    .flatMap(({ key, pairs, chains, chain: at, folds }) => {
      const stored = read.get(key);
      if (stored === undefined) throw new TypeError(`svm(): the part ${key} is missing.`);
      const all = solvedStretches(stored, { pairs: pairs.length, chains, folds, models: context.models });
      return pairs.map((pair, place) => ({
        pair,
        first: folds[0],
        answers: decodePairAnswer(all.folds(place, at), answerShape(layout, pair, { form, costs, folds })),
        whole: all.whole(place, at),
      }));
    })
    .sort((one, two) => one.pair[0] - two.pair[0] || one.pair[1] - two.pair[1]);
  const sizes = classPairs(layout).map((pair) => pairSize(layout, pair));
  const limits = jobLimits(sizes, costs);
  const own: PartResult["own"][number][] = [];
  const verdicts: (readonly Verdict[])[] = [];
  for (let fold = input.folds[0]; fold < input.folds[1]; fold++) {
    const start = performance.now();
    const view = layout.folds[fold] as FoldView;
    const ofFold = answers.flatMap(({ pair, first, answers: cut }) => {
      const found = cut[fold - first];
      return found === undefined ? [] : [{ pair, fold: found }];
    });
    const hard = scores ? Uint32Array.from(view.codes.keys()) : hardRows(view, ofFold);
    const found = foldVote(
      context.memory,
      { arena: context.arena, slotOffset: context.slotOffset, limits },
      { layout, view, kernel: chain.kernel, costs, answers: ofFold, hard, answer },
    );
    verdicts.push(found);
    own.push(...ownTimes(chain, found, { fold, seconds: (performance.now() - start) / 1000 }));
  }
  const bytes = encodeVerdicts(verdicts, { costs, classes, scores });
  const wholes = answers.flatMap(({ whole }) => (whole === undefined ? [] : [whole]));
  const kept = context.models && input.folds[0] === 0;
  return { bytes: kept ? joinAnswers([bytes, ...wholes]) : bytes, own, counts: {}, warnings: [] };
}

/** A fold's seconds, spread over the C whose answers differ from the one before. */
function ownTimes(
  chain: Chain,
  verdicts: readonly Verdict[],
  { fold, seconds }: { readonly fold: number; readonly seconds: number },
): PartResult["own"] {
  const judged = chain.costs.filter((_, cost) => verdicts[cost]?.labels !== verdicts[cost - 1]?.labels);
  return judged.flatMap(({ requests }) =>
    requests.map((request) => ({ request, fold, fitSeconds: 0, predictSeconds: seconds / judged.length / requests.length })),
  );
}
