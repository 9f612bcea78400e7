/**
 * Differential evolution with scales that adapt.
 *
 * Sources: R. Storn, K. Price, J. Global Optimization 11 (1997), 341–359; J. Zhang, A. C. Sanderson, "JADE: Adaptive Differential Evolution With
 * Optional External Archive", IEEE Trans. Evol. Comput. 13(5) (2009), 945–958, doi 10.1109/TEVC.2009.2014613, whose equations the code
 * names. Notation: N members, F the scale of differences, CR the share of parameters that change, μ_F and μ_CR their means.
 */
import { checkOptions, integer, optional } from "../core/options.ts";
import type { FinishedTrial, Sampler } from "../core/sampler.ts";
import { type Rng, rng } from "../math/rng.ts";
import { decode, encode } from "../space/unit-cube.ts";
import { type Axes, axesOf } from "./axes.ts";
import { compareOutcomes, type RankedOutcome, rankedOutcome, singleObjectiveSign } from "./ranked-outcome.ts";

/** Options of `differentialEvolution()`. */
export interface DifferentialEvolutionOptions {
  /** N, at least 5; default 10, or as many as there are parameters. */
  readonly population?: number;
}

interface Member extends RankedOutcome {
  /** The unit cube's coordinates; drawn where the parameter was not active. */
  readonly unit: Float64Array;
}

interface EvolutionState {
  readonly axes: Axes;
  readonly sign: number;
  readonly stream: Rng;
  readonly size: number;
  readonly members: Member[];
  /** Members that were replaced, at most N. */
  readonly archive: Float64Array[];
  meanScale: number;
  meanShare: number;
  /** What succeeded since the means were last moved. */
  readonly successes: { readonly scale: number; readonly share: number }[];
}

/** p, the share of members that lead, and c, how fast the means move. */
const leaders = 0.15;
const learning = 0.1;
/** How often a changed choice is drawn anew, else taken from a leader or another member. */
const freshChoice = 0.1;

/**
 * Differential evolution (JADE): the first N trials, drawn uniformly, are the members; every later trial n challenges member
 * n mod N with a point between it and one of the best, shifted by the difference of two others, and takes its place where it is no
 * worse. Integers and lists are moved on their scale and rounded; a choice is taken over from a leader or another member. Failed
 * trials are worst; broken outcome constraints go before the value. For rugged functions and a thousand trials or more; slower than `cmaes()`
 * where parameters are correlated. O(N log N + n) a trial.
 * @throws HpoError OPTION_INVALID, at the start, where there is more than one objective.
 */
export function differentialEvolution(options: DifferentialEvolutionOptions = {}): Sampler {
  checkOptions("differentialEvolution", options, { population: optional(integer(5, 100_000)) });
  const population = options.population ?? null;
  return Object.freeze<Sampler<EvolutionState>>({
    name: "differentialEvolution",
    options: Object.freeze({ population }),
    traits: Object.freeze({ adaptive: true, usesClock: false }),
    start({ space, directions, seed }) {
      const axes = axesOf(space);
      return {
        axes,
        sign: singleObjectiveSign("differentialEvolution", directions),
        stream: rng(seed ?? 0).fork("differentialEvolution"),
        size: population ?? Math.max(10, axes.numeric.length + axes.choices.length),
        members: [],
        archive: [],
        meanScale: 0.5,
        meanShare: 0.5,
        successes: [],
      };
    },
    absorb(state, trial) {
      take(state, trial, { unit: located(state, trial), ...rankedOutcome(trial, state.sign) });
      return state;
    },
    propose(state, number, _pending, own) {
      const { axes, members, size } = state;
      const by = "differentialEvolution";
      if (members.length < size) {
        const unit = Float64Array.from({ length: axes.dimensionCount }, () => own.uniform());
        return Object.freeze({ params: decode(axes.space, unit), by, why: `member ${members.length + 1} of ${size}` });
      }
      const target = number % size;
      const scales = scalesOf(state, number);
      let unit = challenger(state, { target, ...scales }, own);
      // Members share coordinates, so a difference may be none: that would try the member itself again.
      for (let more = 0; more < 5 && isSame(unit, (members[target] as Member).unit); more++) {
        unit = challenger(state, { target, ...scales }, own);
      }
      return Object.freeze({ params: decode(axes.space, unit), by, why: `challenges member ${target + 1} of ${size}` });
    },
    size: () => null,
  });
}

/** A member, or a challenger that takes its target's place where it is no worse. */
function take(state: EvolutionState, { number }: FinishedTrial, challenger: Member): void {
  const { members, archive, size, successes, stream } = state;
  if (members.length < size) {
    members.push(challenger);
    return;
  }
  const target = number % size;
  const member = members[target] as Member;
  const order = compareOutcomes(challenger, member);
  if (order <= 0) members[target] = challenger;
  if (order < 0) {
    successes.push(scalesOf(state, number));
    if (archive.length < size) archive.push(member.unit);
    else archive[stream.fork("archive", number).below(size)] = member.unit;
  }
  if (target === size - 1 && successes.length > 0) moveMeans(state);
}

/** eq. 11 and 12: the mean of CR, and Lehmer's mean of F, which favours large ones. */
function moveMeans(state: EvolutionState): void {
  let [shares, scales, squares] = [0, 0, 0];
  for (const { scale, share } of state.successes) {
    shares += share;
    scales += scale;
    squares += scale * scale;
  }
  state.meanShare += learning * (shares / state.successes.length - state.meanShare);
  state.meanScale += learning * (squares / scales - state.meanScale);
  state.successes.length = 0;
}

/**
 * F and CR of a trial (eq. 9 and 10), from a stream that its absorption can read again: what a trial was made with is not stored. Where
 * the means have moved while it ran, the present ones stand in for those of its time.
 */
function scalesOf({ stream, meanScale, meanShare }: EvolutionState, number: number): { scale: number; share: number } {
  const own = stream.fork("scales", number);
  const share = Math.min(1, Math.max(0, meanShare + 0.1 * own.normal()));
  // The ratio of two normal numbers is one of Cauchy's distribution.
  let scale = 0;
  while (!(scale > 0)) scale = Math.min(1, meanScale + 0.1 * (own.normal() / own.normal()));
  return { scale, share };
}

/** current-to-pbest/1 with archive (eq. 7) and binomial crossover (eq. 4). */
function challenger(
  { axes, members, archive, size }: EvolutionState,
  { target, scale, share }: { readonly target: number; readonly scale: number; readonly share: number },
  own: Rng,
): Float64Array {
  const ranked = members.toSorted(compareOutcomes);
  const leader = (ranked[own.below(Math.max(2, Math.round(leaders * size)))] as Member).unit;
  const present = (members[target] as Member).unit;
  const other = otherThan(own, size, [target]);
  const first = (members[other] as Member).unit;
  const last = otherThan(own, size + archive.length, [target, other]);
  const second = last < size ? (members[last] as Member).unit : (archive[last - size] as Float64Array);
  const unit = present.slice();
  const always = own.below(Math.max(1, axes.numeric.length + axes.choices.length));
  for (const [d, { place }] of axes.numeric.entries()) {
    if (own.uniform() >= share && d !== always) continue;
    const x = present[place] as number;
    const moved = x + scale * ((leader[place] as number) - x) + scale * ((first[place] as number) - (second[place] as number));
    // Halfway to the bound that it overstepped (section IV.A).
    unit[place] = moved < 0 ? x / 2 : moved > 1 ? (1 + x) / 2 : moved;
  }
  for (const [d, { place }] of axes.choices.entries()) {
    if (own.uniform() >= share && axes.numeric.length + d !== always) continue;
    const u = own.uniform();
    if (u < freshChoice) unit[place] = own.uniform();
    else unit[place] = (u < (1 + freshChoice) / 2 ? leader : first)[place] as number;
  }
  return unit;
}

/** An index below `count` that is not one of `taken`; there must be one. */
function otherThan(own: Rng, count: number, taken: readonly number[]): number {
  for (;;) {
    const index = own.below(count);
    if (!taken.includes(index)) return index;
  }
}

function located({ axes, stream }: EvolutionState, { params, number }: FinishedTrial): Float64Array {
  const unit = encode(axes.space, params);
  const inactive = [...axes.numeric, ...axes.choices].filter(({ name }) => !Object.hasOwn(params, name));
  if (inactive.length === 0) return unit;
  const own = stream.fork("inactive", number);
  for (const { place } of inactive) unit[place] = own.uniform();
  return unit;
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  return a.every((value, d) => value === b[d]);
}
