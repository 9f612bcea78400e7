import { createHash } from "node:crypto";
import type { Answer, SolverPart } from "../../core/estimator.ts";
import type { Json } from "../../core/json.ts";
import type { Chain } from "./chains.ts";
import { chainKey } from "./chains.ts";
import { kernelBase, kernelName } from "./kernel.ts";
import type { SvmLayout } from "./layout.ts";
import { type ClassPair, classPairs, pairSize } from "./pair-of-classes.ts";
import type { SolvedPairs } from "./vote-part.ts";

/** Pairs to be solved for some chains and folds, before the plan knows where base values come from. */
export interface SolveWork {
  readonly key: string;
  readonly label: string;
  readonly cost: number;
  readonly pairs: readonly ClassPair[];
  readonly chains: readonly Chain[];
  /** From the first fold to before the last. */
  readonly folds: readonly [number, number];
}

/** Some folds of a chain to be voted on, once its pairs are solved. */
export interface VoteWork {
  readonly key: string;
  readonly label: string;
  readonly cost: number;
  readonly chain: Chain;
  readonly folds: readonly [number, number];
  readonly solved: readonly SolvedPairs[];
}

/** What a chain adds to the work of those before it. */
export interface ChainWork {
  readonly chain: Chain;
  /** Those that begin with this chain; some go on to later ones. */
  readonly solves: readonly SolveWork[];
  /** Empty where a pair's answer is the answer. */
  readonly votes: readonly VoteWork[];
}

/** Small pieces of work are put together into parts of these seconds; a part should never take more than these. */
const fewSeconds = 0.05;
const mostSeconds = 2.5;
/** A part is at most this share of the work, so that workers end together; of little work a larger one, as every part has its price. */
const share = 1 / 64;
const largeShare = 1 / 8;
const leastSeconds = 0.01;
/** With fewer chains their votes are cut by folds to keep all workers busy; a vote reads all solutions, so cuts have their price. */
const fewChains = 4;
/** Chains solved together at most: more gain nothing, and answers come the sooner. */
const mostChains = 16;

/** What the work of all chains follows from. */
export interface WorkShape {
  readonly layout: SvmLayout;
  readonly width: number;
  readonly answer: Answer;
  /** The solutions on all rows are kept. */
  readonly models: boolean;
}

/** Cuts all work into parts. They follow from the requests and the layout alone, so that a resume finds them again under any memory limit. */
export function chainWorks(chains: readonly Chain[], { layout, width, answer, models }: WorkShape): readonly ChainWork[] {
  const pairs = classPairs(layout);
  const batches = (["distances", "products", "entries"] as const).flatMap((base) => {
    const members = chains.filter(({ kernel }) => kernelBase(kernel) === base);
    return Array.from({ length: Math.ceil(members.length / mostChains) }, (_, at) => members.slice(at * mostChains, (at + 1) * mostChains));
  });
  const weigh = (pair: ClassPair, chain: Chain): number => pairSeconds(pair, chain, { layout, width, answer });
  const total = chains.reduce((sum, chain) => sum + pairs.reduce((all, pair) => all + weigh(pair, chain), 0), 0);
  const small = Math.min(fewSeconds, Math.max(leastSeconds, total * largeShare));
  const limit = Math.min(mostSeconds, Math.max(small, total * share));
  return batches.flatMap((members) => {
    const name = members.length === 1 ? kernelName((members[0] as Chain).kernel) : groupName(members);
    const solves = solveWorks(members, { pairs, folds: layout.folds.length, limit, small, weigh, name, models });
    const voteLimit = members.length < fewChains ? limit : mostSeconds;
    return members.map((chain) => ({
      chain,
      solves: solves.filter((work) => work.chains[0] === chain),
      votes: pairs.length <= 1 ? [] : voteWorks(chain, solves, { layout, width, limit: voteLimit, answer, models }),
    }));
  });
}

function groupName(chains: readonly Chain[]): string {
  const [first, last] = [chains[0], chains.at(-1)] as [Chain, Chain];
  const [one, two] = [kernelName(first.kernel), kernelName(last.kernel)];
  return one === two ? one : `${one} … ${two}`;
}

/** Expected seconds for all folds and C of one pair and chain. */
function pairSeconds(pair: ClassPair, chain: Chain, { layout, width, answer }: Omit<WorkShape, "models">): number {
  const rows = pairSize(layout, pair);
  const asked = Math.min(3, chain.costs.length + 1);
  // Held-out decisions take five solves of four fifths of the rows.
  const solves = answer === "probabilities" ? 5 : 1;
  return (
    layout.folds.length * solves * asked * (rows ** 2 * 3e-10 + rows * 1.5e-7 + 1e-5) + rows ** 2 * (1e-9 + 0.6e-10 * summed(chain, width))
  );
}

/** Features that a kernel value sums over. */
function summed({ kernel }: Chain, width: number): number {
  return kernelBase(kernel) === "entries" ? 1 : width;
}

interface SolveCut {
  readonly pairs: readonly ClassPair[];
  readonly folds: number;
  readonly limit: number;
  /** Seconds up to which pairs are put together. */
  readonly small: number;
  readonly weigh: (pair: ClassPair, chain: Chain) => number;
  readonly name: string;
  readonly models: boolean;
}

/**
 * Largest pairs first: one that takes too long is cut by chains, small ones are put together. Folds are cut only where a pair and chain alone
 * takes too long: each part solves anew what guides all folds, or computes kernel rows anew that they share.
 */
function solveWorks(chains: readonly Chain[], { pairs, folds, limit, small, weigh, name, models }: SolveCut): readonly SolveWork[] {
  const weighed = pairs
    .map((pair) => ({ pair, cost: chains.reduce((sum, chain) => sum + weigh(pair, chain), 0) }))
    .sort((one, two) => two.cost - one.cost);
  const works: SolveWork[] = [];
  const add = (first: number, last: number, members: readonly Chain[]): void => {
    const inside = weighed.slice(first, last);
    const range = `${last - first === 1 ? `pair ${last}` : `pairs ${first + 1}–${last}`} of ${pairs.length}`;
    const part = members.length === chains.length ? name : groupName(members);
    const cost = (inside.reduce((sum, one) => sum + one.cost, 0) * members.length) / chains.length;
    const alone = inside.length === 1 && members.length === 1;
    for (const cut of evenRanges(folds, alone ? Math.ceil(cost / mostSeconds) : 1)) {
      const all = cut[1] - cut[0] === folds;
      const place = all ? range : `${range} · folds ${cut[0] + 1}–${cut[1]}`;
      works.push({
        key: `solve ${chainsDigest(members, models)} ${place}`,
        label: `${part} · ${place}`,
        cost: all ? cost : (cost * (cut[1] - cut[0])) / folds,
        pairs: inside.map(({ pair }) => pair),
        chains: members,
        folds: cut,
      });
    }
  };
  for (let at = 0; at < weighed.length; ) {
    const first = at;
    let cost = (weighed[at++] as (typeof weighed)[number]).cost;
    const pieces = Math.min(chains.length, Math.ceil(cost / limit));
    if (pieces > 1) {
      for (const cut of evenRanges(chains.length, pieces)) add(first, at, chains.slice(...cut));
      continue;
    }
    for (; at < weighed.length && cost + (weighed[at]?.cost as number) <= small; at++) cost += weighed[at]?.cost as number;
    add(first, at, chains);
  }
  return works;
}

/** Cuts 0 … `length` into `pieces` ranges of about the same length, at least one and none empty. */
function evenRanges(length: number, pieces: number): readonly (readonly [number, number])[] {
  const count = Math.max(1, Math.min(pieces, length));
  const cut = (of: number): number => Math.round((of * length) / count);
  return Array.from({ length: count }, (_, at) => [cut(at), cut(at + 1)]);
}

/** Cuts a chain's votes by folds where they take long. */
function voteWorks(
  chain: Chain,
  solves: readonly SolveWork[],
  { layout, width, limit, answer, models }: WorkShape & { readonly limit: number },
): readonly VoteWork[] {
  const solved = solves.flatMap(({ key, pairs, chains, folds }) =>
    chains.includes(chain) ? [{ key, pairs, chains: chains.length, chain: chains.indexOf(chain), folds }] : [],
  );
  const present = layout.counts.filter((count) => count > 0).length;
  const rows = layout.folds.reduce((sum, { test }) => sum + test.length, 0) * (answer === "labels" ? 0.1 : 1);
  const coupling = answer === "probabilities" ? rows * chain.costs.length * present ** 2 * 1.2e-7 : 0;
  const cost = 1e-4 + coupling + rows * layout.size * (1e-9 + 1.2e-10 * summed(chain, width) + (present - 1) * 0.3e-9);
  const cuts = evenRanges(layout.folds.length, Math.ceil(cost / limit));
  return cuts.map((folds) => {
    const range = cuts.length === 1 ? "votes" : `votes of folds ${folds[0] + 1}–${folds[1]}`;
    return {
      key: `vote ${chainsDigest([chain], models)} ${range}`,
      label: `${kernelName(chain.kernel)} · ${range}`,
      cost: cost / cuts.length,
      chain,
      folds,
      solved: solved.filter((part) => part.folds[0] < folds[1] && folds[0] < part.folds[1]),
    };
  });
}

/** A short name of everything that decides the chains' answers and what is stored of them; keys stay short whatever number of chains they name. */
function chainsDigest(chains: readonly Chain[], models: boolean): string {
  const text = chains.map((chain) => `${chainKey(chain)} C=${chain.costs.map(({ C }) => C).join(",")}`).join("; ");
  return createHash("sha256")
    .update(models ? `${text}; models` : text)
    .digest("hex")
    .slice(0, 16);
}

/** The requests of some chains, ascending. */
export function requestsOf(chains: readonly Chain[]): readonly number[] {
  return chains.flatMap(({ costs }) => costs.flatMap(({ requests }) => requests)).sort((one, two) => one - two);
}

export function durablePart(work: SolveWork | VoteWork, chains: readonly Chain[], input: object): SolverPart {
  const { key, label, cost } = work;
  return { key, label, cost, durable: true, requests: requestsOf(chains), input: input as Json };
}
