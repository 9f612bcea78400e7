/**
 * Population-based training: members train side by side in intervals; now and then a bad one goes on from the checkpoint of a good one, with
 * parameters a little changed, so that a schedule of parameters is found within one training.
 *
 * Source: M. Jaderberg et al., "Population Based Training of Neural Networks", arXiv:1711.09846 (2017): truncation selection as exploit, perturbing or
 * resampling as explore (section 4.1). Notation: P members; trial n = i·P + m is interval i of member m, its parent the trial whose checkpoint it goes on from.
 * Members are compared at the same interval, the last one that all of them are seen to have ended, so that none looks worse for being behind:
 * with lookahead 1 that is the last interval, with lookahead P for most members the one before it.
 */
import { HpoError } from "../../core/hpo-error.ts";
import { checkOptions, finite, integer, listOf, optional, text } from "../../core/options.ts";
import type { FinishedTrial, Proposal, Sampler } from "../../core/sampler.ts";
import type { Params, Space } from "../../core/space.ts";
import type { Rng } from "../../math/rng.ts";
import { dimensions } from "../../space/dimensions.ts";
import { decode } from "../../space/unit-cube.ts";
import { compareOutcomes, type RankedOutcome, rankedOutcome, singleObjectiveSign } from "../ranked-outcome.ts";
import { sobol } from "../sobol.ts";
import { startup } from "../startup.ts";
import { changesText, type Exploration, explored, exploration } from "./exploration.ts";

/** Options of `populationBased()`. */
export interface PopulationBasedOptions {
  /** P, how many train side by side, at least 2; the study's lookahead is at most so large. Default: 10. */
  readonly members?: number;
  /** The share of members that give up, and of those that they go on from, from 0 (none ever does) to 0.5. Default: 0.2, at least one member. */
  readonly exploit?: number;
  /**
   * By what factor, above 1, a parameter on a log scale grows or shrinks when it is taken over; any other moves by (perturb − 1) / 2 of its range, and at least to
   * the next value. Default: 1.2.
   */
  readonly perturb?: number;
  /** The probability, from 0 to 1, that a parameter is drawn anew instead; a choice changes only so. Default: 0.25. */
  readonly resample?: number;
  /** Parameters that are taken over unchanged, such as those that shape what is in a checkpoint. Default: none. */
  readonly fixed?: readonly string[];
}

/** One interval of a member. */
interface Interval extends RankedOutcome {
  readonly number: number;
  readonly interval: number;
  readonly params: Params;
  /** Whether it left something to go on from. */
  readonly complete: boolean;
  /** Whether the member went on from where it was itself. */
  readonly own: boolean;
}

interface PopulationState {
  readonly exploration: Exploration;
  readonly sign: number;
  /** Trials absorbed. */
  seen: number;
  /** Of each member the last interval seen, and the one before. */
  readonly last: (Interval | undefined)[];
  readonly before: (Interval | undefined)[];
}

/**
 * Population-based training (see docs/search.md) for objectives that go on from `trial.checkpoint.read()` and leave their state by
 * `trial.checkpoint.write(bytes)`: one trial is one interval of training. The first P trials are quasi-random; then each member goes on from where it was, unless it was among the
 * worst: then from one of the best, with changed parameters. A member whose interval failed or was pruned goes on from one of the best too. O(P log P) a trial.
 * @throws HpoError OPTION_INVALID; at the start too, where `fixed` names no parameter or there is more than one objective
 */
export function populationBased(options: PopulationBasedOptions = {}): Sampler {
  checkOptions("populationBased", options, {
    members: optional(integer(2, 10_000)),
    exploit: optional(finite(0, 0.5)),
    perturb: optional(finite(1, 100, true)),
    resample: optional(finite(0, 1)),
    fixed: optional(listOf(text())),
  });
  const { members = 10, exploit = 0.2, perturb = 1.2, resample = 0.25, fixed = [] } = options;
  const quitters = exploit === 0 ? 0 : Math.min(Math.floor(members / 2), Math.max(1, Math.round(exploit * members)));
  const begin = startup(members, sobol(), training({ members, quitters, perturb, resample, fixed }));
  return Object.freeze({
    ...begin,
    name: "populationBased",
    options: Object.freeze({ members, exploit, perturb, resample, fixed: fixed.length === 0 ? null : fixed.join(", ") }),
  });
}

interface TrainingOptions {
  readonly members: number;
  /** How many give up, and from how many they go on. */
  readonly quitters: number;
  readonly perturb: number;
  readonly resample: number;
  readonly fixed: readonly string[];
}

function training({ members, quitters, ...options }: TrainingOptions): Sampler {
  const by = "populationBased";

  /** Members by rank at the last interval that all have ended; those that have ended the first where none is. */
  function ranking({ seen, last, before }: PopulationState): readonly Interval[] {
    const common = Math.floor(seen / members) - 1;
    const ended = last.flatMap((one, member) => {
      const found = common >= 0 && one !== undefined && one.interval > common ? before[member] : one;
      return found ?? [];
    });
    return ended.sort((a, b) => compareOutcomes(a, b) || a.number - b.number);
  }

  /** The interval that member m goes on from; its own unless it must or should give up. undefined where none left anything. */
  function source(state: PopulationState, member: number, rng: Rng): Interval | undefined {
    const own = state.last[member];
    const goesOn = own?.complete === true;
    const ranked = ranking(state);
    const place = ranked.findIndex(({ number }) => number % members === member);
    const judged = ranked[place];
    if (goesOn && judged !== undefined) {
      const whole = state.seen >= members;
      // What was judged is what it gave up already.
      const stale = own.interval > judged.interval && !own.own;
      if (!whole || stale || place < members - quitters) return own;
    }
    const better = ranked.filter((one) => {
      if (one.number % members === member || state.last[one.number % members]?.complete !== true) return false;
      return !goesOn || (judged !== undefined && compareOutcomes(one, judged) < 0);
    });
    const best = better.slice(0, Math.max(1, quitters));
    const chosen = best[best.length === 0 ? 0 : rng.below(best.length)];
    // The rank is that of the common interval; what is taken over is the last state.
    return chosen === undefined ? (goesOn ? own : undefined) : state.last[chosen.number % members];
  }

  const sampler: Sampler<PopulationState> = {
    name: "training",
    options: Object.freeze({}),
    traits: Object.freeze({ adaptive: true, usesClock: false, continues: members }),
    start({ space, directions }) {
      checkFixed(space, options.fixed);
      const empty = (): undefined[] => Array.from({ length: members }, () => undefined);
      const sign = singleObjectiveSign("populationBased", directions);
      return { exploration: exploration(space, options), sign, seen: 0, last: empty(), before: empty() };
    },
    absorb(state, trial) {
      const member = trial.number % members;
      state.before[member] = state.last[member];
      state.last[member] = intervalOf(trial, members, state.sign);
      state.seen++;
      return state;
    },
    propose(state, number, _pending, rng): Proposal {
      const member = number % members;
      const from = source(state, member, rng);
      const who = `member ${member}, interval ${Math.floor(number / members)}`;
      if (from === undefined) {
        const unit = Float64Array.from(state.exploration.axes, () => rng.uniform());
        return Object.freeze({
          params: decode(state.exploration.space, unit),
          by,
          why: `${who}: begins anew, since no member left a state`,
        });
      }
      const parent = from.number;
      const owner = parent % members;
      if (owner === member) return Object.freeze({ params: Object.freeze({ ...from.params }), by, why: `${who}: goes on`, parent });
      const params = explored(state.exploration, from.params, rng);
      const changes = changesText(state.exploration, from.params, params);
      return Object.freeze({ params, by, why: `${who}: goes on from member ${owner}; ${changes}`, parent });
    },
    size: () => null,
  };
  return Object.freeze(sampler as Sampler);
}

function intervalOf(trial: FinishedTrial, members: number, sign: number): Interval {
  const { number, params, state, parent } = trial;
  const complete = state === "complete";
  // A pruned trial left no state, whatever its estimate.
  const outcome = complete ? rankedOutcome(trial, sign) : { violation: Infinity, cost: Infinity };
  return {
    ...outcome,
    number,
    params,
    complete,
    interval: Math.floor(number / members),
    own: parent !== undefined && parent % members === number % members,
  };
}

function checkFixed(space: Space, fixed: readonly string[]): void {
  const names = dimensions(space).map(({ name }) => name);
  const stray = fixed.find((name) => !names.includes(name));
  if (stray === undefined) return;
  throw new HpoError(
    "OPTION_INVALID",
    `populationBased(): fixed must name parameters (${names.join(", ")}); got ${JSON.stringify(stray)}.`,
    {
      data: { name: stray },
    },
  );
}
