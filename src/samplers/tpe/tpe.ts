/**
 * Tree-structured Parzen estimator: proposes what is likeliest under the density l of the best trials against the density g of the others.
 *
 * Sources: J. Bergstra, R. Bardenet, Y. Bengio, B. Kégl, "Algorithms for hyper-parameter optimization", NIPS 2011 (the method; trees); S. Falkner,
 * A. Klein, F. Hutter, "BOHB", ICML 2018, arXiv:1807.01774 (kernels over all parameters at once); S. Watanabe, arXiv:2304.11127, 2023 (its parts);
 * Y. Ozaki et al., J. Artificial Intelligence Research 73, 2022, doi 10.1613/jair.1.13188 (several objectives). What was tried: docs/decisions/0011-tpe.md.
 * Notation: n trials, the best ⌈n / 10⌉ of them (at most 25) good; l and g as in leaders.ts and crowd.ts; both are densities over the tree of
 * active parameters, relative to the uniform one.
 */
import type { Proposal, Sampler } from "../../core/sampler.ts";
import type { Params } from "../../core/space.ts";
import type { Rng } from "../../math/rng.ts";
import { OpenCells } from "./cells.ts";
import type { Others } from "./crowd.ts";
import { bestTrials, emptyHistory, type History, rankWeights, remember } from "./history.ts";
import { drawCode, drawKernel, type Leaders, leadersOf, logDensity, logMarginal, meanLevels } from "./leaders.ts";
import { type Neglected, neglected } from "./neglected.ts";
import { replicate } from "./replicate.ts";
import { type Axis, codeAt, codesOf, drawAlong, paramsOf, type TreeSpace } from "./tree-space.ts";

/** Fewer trials than this are no model. */
const fewest = 10;
/** Candidates drawn from l for one proposal. */
const candidates = 24;
/** The share of good trials, and how many at most. */
const goodShare = 0.1;
const mostGood = 25;
/** Every third trial looks at each parameter alone: that puts good values of different trials together, where parameters hardly interact. */
const aloneEvery = 3;
/** Every fourth trial, where there are choices, belongs to an alternative that the best trial does not have. */
const turnEvery = 4;
/** Every twelfth trial is the best one but for one parameter. */
const anewEvery = 12;

/**
 * The tree-structured Parzen estimator, for spaces of any kind: mixed, with branches, finite; for one objective or several, with outcome constraints.
 * Its first ten trials are random draws: `startup(10, sobol(), tpe())` spreads them better. In a finite space it proposes nothing twice while something is
 * left, then repeats what may be best. Trials that run count as bad (a constant lie), so that those beside them look elsewhere. O(n · parameters) a proposal.
 */
export function tpe(): Sampler<History> {
  return Object.freeze<Sampler<History>>({
    name: "tpe",
    options: Object.freeze({}),
    traits: Object.freeze({ adaptive: true, usesClock: false }),
    start: emptyHistory,
    absorb: remember,
    propose,
    size: () => null,
  });
}

/** One proposal's densities and the way that they are looked at. */
interface Search {
  readonly history: History;
  readonly leaders: Leaders;
  readonly others: Others;
  /** Whether each parameter is looked at alone. */
  readonly alone: boolean;
  /** The alternative to be looked at, if any. */
  readonly turn: Neglected | undefined;
  readonly open: OpenCells;
  readonly rng: Rng;
}

function propose(history: History, number: number, pending: readonly Params[], rng: Rng): Proposal {
  const { tree, count } = history;
  const open = new OpenCells(history, pending);
  if (count < fewest) return firstDraw(history, { open, pending, rng });
  const turn = number % turnEvery === 0 && history.directions.length === 1 ? neglected(history) : undefined;
  const { trials, leaders } =
    turn === undefined ? mainLeaders(history) : leadersAmong(history, turn.trials.slice(0, goodCount(turn.trials.length)));
  const others = {
    without: trials,
    pending: pending.map((params) => codesOf(tree, params)),
    levels: meanLevels(leaders),
    // The same share of both densities, so that where nothing was tried the ratio is 1: no reward for being far from everything.
    prior: (leaders.prior * (count - trials.length + 1)) / (trials.length + 1),
  };
  const search = { history, leaders, others, alone: number % aloneEvery === 1, turn, open, rng };
  const cells = open.list();
  const anew = cells === null && turn === undefined && history.directions.length === 1 && number % anewEvery === anewEvery - 1;
  const changed = anew ? bestWithOneAnew(search) : undefined;
  if (changed !== undefined)
    return Object.freeze({ params: paramsOf(tree, changed), by: "tpe", why: "the best trial but for one parameter" });
  const codes = cells === null ? bestDraw(search) : bestOf(search, cells);
  if (codes === undefined) return rest(history, { open, pending, rng });
  return Object.freeze({ params: paramsOf(tree, codes), by: "tpe", why: whyOf(search) });
}

interface Led {
  readonly trials: readonly number[];
  readonly leaders: Leaders;
}

/** Those of the last proposal, by history: mostly the next one has the same. They follow from the trials and are only kept. */
const led = new WeakMap<History, Led>();

function mainLeaders(history: History): Led {
  const trials = bestTrials(history, goodCount(history.count));
  const known = led.get(history);
  if (known !== undefined && known.trials.length === trials.length && known.trials.every((id, i) => id === trials[i])) return known;
  const made = leadersAmong(history, trials);
  led.set(history, made);
  return made;
}

function leadersAmong({ tree, codes, directions }: History, trials: readonly number[]): Led {
  const weights = directions.length > 1 ? new Float64Array(trials.length).fill(1) : rankWeights(trials.length);
  return {
    trials,
    leaders: leadersOf(
      tree,
      trials.map((id) => codes[id] as Float64Array),
      weights,
    ),
  };
}

function goodCount(n: number): number {
  return Math.min(mostGood, Math.ceil(goodShare * n));
}

/** ln l − ln g of each parameter alone, summed. */
function promiseAlone({ history, leaders, others }: Search, codes: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < codes.length; d++) {
    const code = codes[d] as number;
    if (!Number.isNaN(code)) sum += logMarginal(leaders, d, code) - history.crowd.logMarginal(d, code, others);
  }
  return sum;
}

/** The most promising of `list`, the earliest where several are; of the alternative whose turn it is, if it has any. */
function bestOf(search: Search, list: readonly Float64Array[]): Float64Array | undefined {
  const { turn, alone } = search;
  const own = turn === undefined ? [] : list.filter((codes) => codes[turn.d] === turn.code);
  const judged = own.length > 0 ? own : list;
  return alone ? bestAlone(search, judged) : bestJointly(search, judged);
}

function bestAlone(search: Search, list: readonly Float64Array[]): Float64Array | undefined {
  let best: Float64Array | undefined;
  let most = -Infinity;
  for (const codes of list) {
    const promise = promiseAlone(search, codes);
    if (promise <= most && best !== undefined) continue;
    most = promise;
    best = codes;
  }
  return best;
}

/** Those that l likes most come first, so that g need not be known to the end of most others. */
function bestJointly({ history, leaders, others }: Search, list: readonly Float64Array[]): Float64Array | undefined {
  const terms = new Float64Array(history.count + others.pending.length);
  const liked = Float64Array.from(list, (codes) => logDensity(leaders, codes));
  const order = Array.from(list.keys()).sort((a, b) => (liked[b] as number) - (liked[a] as number) || a - b);
  let best: number | undefined;
  let most = -Infinity;
  for (const index of order) {
    const good = liked[index] as number;
    // A little above, so that rounding does not part equal ones.
    const promise = good - history.crowd.logDensity(list[index] as Float64Array, others, terms, good - most + 1e-9);
    if (best !== undefined && (promise < most || (promise === most && index > best))) continue;
    most = promise;
    best = index;
  }
  return best === undefined ? undefined : list[best];
}

/**
 * The best trial with one parameter drawn anew from the whole of its range (what a changed choice makes active, too): of so many draws that with the fewest
 * trials near it. l lies about the best trials, so where all of them have a parameter in the wrong one of several valleys it never leads out of that.
 * Source: the perturbation of few coordinates in R. G. Regis, C. A. Shoemaker, "Combining radial basis function surrogates and dynamic coordinate search in
 * high-dimensional expensive black-box optimization", Engineering Optimization 45(5), 2013, doi 10.1080/0305215X.2012.687731.
 */
function bestWithOneAnew({ history, leaders, others, open, rng }: Search): Float64Array | undefined {
  const { tree } = history;
  const [from] = leaders.codes;
  if (from === undefined) return undefined;
  const terms = new Float64Array(history.count + others.pending.length);
  let chosen: Float64Array | undefined;
  let least = Infinity;
  for (let draw = 0; draw < candidates; draw++) {
    const anew = rng.below(tree.axes.length);
    const codes = new Float64Array(tree.axes.length);
    drawAlong(tree, codes, (axis, d) => (d === anew || Number.isNaN(from[d]) ? uniformCode(axis, rng) : (from[d] as number)));
    if (codes.every((code, d) => Object.is(code, from[d])) || !open.has(codes)) continue;
    const g = history.crowd.logDensity(codes, others, terms, least);
    if (g >= least) continue;
    least = g;
    chosen = codes;
  }
  return chosen;
}

/** Where none of the draws is open: the next of the grid. */
function bestDraw(search: Search): Float64Array | undefined {
  const { history, leaders, alone, turn, open, rng } = search;
  const drawn: Float64Array[] = [];
  let last = new Float64Array(0);
  for (let tries = 0; tries < 4 * candidates && drawn.length < candidates; tries++) {
    const codes = new Float64Array(history.tree.axes.length);
    const one = alone ? -1 : drawKernel(leaders, -1, rng);
    drawAlong(history.tree, codes, (_axis, d) =>
      turn?.d === d ? turn.code : drawCode(leaders, alone ? drawKernel(leaders, d, rng) : one, d, rng),
    );
    if (open.has(codes)) drawn.push(codes);
    last = codes;
  }
  return drawn.length > 0 ? bestOf(search, drawn) : open.after(last);
}

interface Draw {
  readonly open: OpenCells;
  readonly pending: readonly Params[];
  readonly rng: Rng;
}

function firstDraw(history: History, draw: Draw): Proposal {
  const why = `a random draw: fewer than ${fewest} trials to learn from`;
  const { tree } = history;
  for (let tries = 0; tries < 50; tries++) {
    const codes = uniformDraw(tree, draw.rng);
    if (draw.open.has(codes)) return Object.freeze({ params: paramsOf(tree, codes), by: "tpe", why });
  }
  return rest(history, draw);
}

function uniformDraw(tree: TreeSpace, rng: Rng): Float64Array {
  const codes = new Float64Array(tree.axes.length);
  drawAlong(tree, codes, (axis) => uniformCode(axis, rng));
  return codes;
}

function uniformCode(axis: Axis, rng: Rng): number {
  return axis.kind === "category" ? rng.below(axis.count) : codeAt(axis, rng.uniform());
}

/** Where draws found nothing open: what is left of the grid, or a repeat; where there is no end of configurations, any. */
function rest(history: History, { open, pending, rng }: Draw): Proposal {
  const codes = uniformDraw(history.tree, rng);
  const next = open.after(codes);
  if (next !== undefined) {
    return Object.freeze({ params: paramsOf(history.tree, next), by: "tpe", why: "the next configuration that was not tried" });
  }
  if (history.size === null) return Object.freeze({ params: paramsOf(history.tree, codes), by: "tpe", why: "a random draw" });
  return Object.freeze({ ...replicate(history, pending), by: "tpe" });
}

function whyOf({ history, leaders, alone, turn }: Search): string {
  const good = leaders.codes.length;
  const each = alone ? "each parameter most" : "most";
  if (turn === undefined) return `${each} like the best ${good} of ${history.count} trials`;
  const axis = history.tree.axes[turn.d];
  const place = `${axis?.name} = ${String(axis?.valueOf(turn.code))}`;
  return good === 0 ? `looks at ${place}` : `looks again at ${place}: ${each} like the best ${good} of its ${turn.trials.length} trials`;
}
