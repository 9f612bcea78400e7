import type { FoldResult, FoldSolver, SolveRequest } from "../../core/estimator.ts";
import { aligned } from "./byte-pieces.ts";
import type { Chain } from "./chains.ts";
import { classProbabilities } from "./class-probabilities.ts";
import { bit } from "./hard-rows.ts";
import type { FoldView, TestedClass } from "./layout.ts";
import { curveOf, decodePairAnswer, type PairFold, splitAnswers } from "./pair-answer.ts";
import { answerForm, answerShape, type ClassPair, classPairs } from "./pair-of-classes.ts";
import { type Curve, plattProbability } from "./platt.ts";
import { decodeVerdicts, type Verdict } from "./vote-answer.ts";
import { type PairVotes, votedClasses, votedScores } from "./votes.ts";
import { decodeWhole, solvedStretches, wholeShape } from "./whole-answer.ts";
import type { WholePairs } from "./whole-model.ts";
import { chainWorks, type SolveWork, type VoteWork, type WorkShape } from "./work-parts.ts";

/** What a request asks of the bytes of its group's parts; what requests share is planned and decoded once. */
export interface FoldAnswers {
  folds: FoldSolver["combine"];
  /** What was kept of its pairs on all rows, where models are. */
  whole(...given: Parameters<FoldSolver["combine"]>): WholePairs;
}

/** Where the answer of a request lies. */
interface Asked {
  readonly chain: Chain;
  readonly cost: number;
  /** Where all classes vote: the parts that did. Else the parts that solved folds of the only pair, if there is one. */
  readonly votes: readonly VoteWork[];
  readonly solves: readonly SolveWork[];
}

export function foldAnswers(chainsOf: (requests: readonly SolveRequest[]) => readonly Chain[], shape: WorkShape): FoldAnswers {
  const { layout, models } = shape;
  const scores = shape.answer !== "labels";
  const classes = layout.counts.length;
  const pairs = classPairs(layout);
  const form = answerForm(pairs.length, shape.answer);
  const planned = new WeakMap<readonly SolveRequest[], ReadonlyMap<number, Asked>>();
  const voted = new WeakMap<Uint8Array, readonly (readonly Verdict[])[]>();
  const solved = new WeakMap<Uint8Array, readonly (readonly (PairFold | null)[])[]>();

  function asked(request: SolveRequest, requests: readonly SolveRequest[]): Asked {
    const found = (planned.get(requests) ?? plan(requests)).get(request.index);
    if (found === undefined) throw new TypeError(`svm(): request ${request.index} is not in the group.`);
    return found;
  }

  function plan(requests: readonly SolveRequest[]): ReadonlyMap<number, Asked> {
    const found = new Map<number, Asked>();
    const chains = chainsOf(requests);
    const works = chainWorks(chains, shape);
    for (const chain of chains) {
      const votes = works.flatMap((work) => (work.chain === chain ? work.votes : []));
      const solves = works.flatMap((work) => work.solves.filter((solve) => solve.chains.includes(chain)));
      for (const [cost, { requests: asking }] of chain.costs.entries()) {
        for (const request of asking) found.set(request, { chain, cost, votes, solves });
      }
    }
    planned.set(requests, found);
    return found;
  }

  function bytesOf(parts: ReadonlyMap<string, Uint8Array>, key: string): Uint8Array {
    const bytes = parts.get(key);
    if (bytes === undefined) throw new TypeError(`svm(): the part ${key} is missing.`);
    return bytes;
  }

  /** What a vote part said, by fold from its first one. */
  function verdicts(bytes: Uint8Array, { chain, folds }: VoteWork): readonly (readonly Verdict[])[] {
    const known = voted.get(bytes);
    if (known !== undefined) return known;
    const rows = layout.folds.slice(...folds).map(({ test }) => test.length);
    const own = models && folds[0] === 0 ? (splitAnswers(aligned(bytes), pairs.length + 1)[0] as Uint8Array) : bytes;
    const found = decodeVerdicts(own, { costs: chain.costs.length, classes, scores, rows });
    voted.set(bytes, found);
    return found;
  }

  /** What a part said of the only pair, by chain and, from its first one, fold. */
  function onlyPair(bytes: Uint8Array, { chains, folds }: SolveWork): readonly (readonly (PairFold | null)[])[] {
    const known = solved.get(bytes);
    if (known !== undefined) return known;
    const all = solvedStretches(bytes, { pairs: 1, chains: chains.length, folds, models });
    const found = chains.map((chain, at) =>
      decodePairAnswer(all.folds(0, at), answerShape(layout, pairs[0] as ClassPair, { form, costs: chain.costs.length, folds })),
    );
    solved.set(bytes, found);
    return found;
  }

  function direct(parts: ReadonlyMap<string, Uint8Array>, { chain, cost, solves }: Asked): readonly FoldResult[] {
    const pair = pairs[0];
    const answers = solves.flatMap((work) => onlyPair(bytesOf(parts, work.key), work)[work.chains.indexOf(chain)] ?? []);
    return layout.folds.map((view, fold) => {
      const answer = answers[fold] ?? null;
      const votes =
        answer === null || pair === undefined
          ? []
          : [{ first: pair[0], second: pair[1], decisions: ownDecisions(view, pair, { answer, solution: answer.asked[cost] as number }) }];
      return {
        fold,
        predicted: votedClasses(view.test.length, view.rank, votes),
        scores:
          shape.answer === "probabilities"
            ? ownProbabilities(view, votes, answer === null ? undefined : curveOf(answer, cost))
            : scores
              ? votedScores(view.test.length, view.rank, votes)
              : null,
        identical: answer?.skipped[cost] === 1,
      };
    });
  }

  /** What is kept of each pair, from the part that solved or voted on the first fold. */
  function keptStretches(parts: ReadonlyMap<string, Uint8Array>, { chain, votes, solves }: Asked): readonly (Uint8Array | undefined)[] {
    const [vote] = votes;
    if (vote !== undefined) return splitAnswers(aligned(bytesOf(parts, vote.key)), pairs.length + 1).slice(1);
    return solves.slice(0, 1).map(({ key, chains, folds }) => {
      const stretches = solvedStretches(bytesOf(parts, key), { pairs: 1, chains: chains.length, folds, models });
      return stretches.whole(0, chains.indexOf(chain));
    });
  }

  return {
    folds(request, requests, parts) {
      const where = asked(request, requests);
      if (where.votes.length === 0) return direct(parts, where);
      return where.votes.flatMap((work) =>
        verdicts(bytesOf(parts, work.key), work).map((ofFold, at) => {
          const verdict = ofFold[where.cost] as Verdict;
          return {
            fold: work.folds[0] + at,
            predicted: new Float64Array(verdict.labels),
            scores: verdict.scores === null ? null : new Float64Array(verdict.scores),
            identical: verdict.identical,
          };
        }),
      );
    },
    whole(request, requests, parts) {
      const where = asked(request, requests);
      const { chain, cost } = where;
      const kept = keptStretches(parts, where);
      return {
        chain,
        cost,
        pairs: pairs.map((pair, at) => {
          const stretch = kept[at];
          return { pair, whole: stretch === undefined ? null : decodeWhole(stretch, wholeShape(layout, pair, chain.costs.length)) };
        }),
      };
    },
  };
}

/** Probabilities of the only pair's two classes, or of the only class. */
function ownProbabilities({ test, rank }: FoldView, [only]: readonly PairVotes[], curve: Curve | undefined): Float64Array {
  const probabilities = new Float64Array(test.length * rank.length);
  for (let row = 0; row < test.length; row++) {
    const known = only !== undefined && curve !== undefined;
    const values = known ? [plattProbability(curve, only.decisions[row] as number)] : [];
    probabilities.set(classProbabilities(rank, known ? [[only.first, only.second]] : [], values), row * rank.length);
  }
  return probabilities;
}

/** Decisions of the only pair in the order of the fold's test rows; ±1 where only votes are stored. */
function ownDecisions(
  view: FoldView,
  pair: ClassPair,
  { answer, solution }: { readonly answer: PairFold; readonly solution: number },
): Float32Array {
  const decisions = new Float32Array(view.test.length);
  const length = Math.ceil(view.test.length / 8);
  const votes = answer.votes.length === 0 ? undefined : answer.votes.subarray(solution * length, (solution + 1) * length);
  const values = answer.values[solution];
  let own = 0;
  for (const code of pair) {
    for (const place of (view.tested[code] as TestedClass).places) {
      decisions[place] = votes === undefined ? (values?.[own] as number) : bit(votes, own) ? 1 : -1;
      own++;
    }
  }
  return decisions;
}
