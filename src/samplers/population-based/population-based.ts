/**
 * Population-based training: members train side by side in intervals; now and then a bad one goes on from the checkpoint of a good one, with
 * parameters a little changed, so that a schedule of parameters is found within one training.
 *
 * Source: M. Jaderberg et al., "Population Based Training of Neural Networks", arXiv:1711.09846 (2017): truncation selection as exploit, perturbing or
 * resampling as explore (section 4.1). Notation: P members; trial n = i·P + m is interval i of member m, its parent the trial whose checkpoint it goes on from.
 * Members are compared, and taken over, as they were before interval i, as far as that is seen: with lookahead 1 all after interval i − 1, with lookahead P those
 * behind m after i − 2. So no line of checkpoints reaches interval i in more than i intervals (docs/decisions/0023).
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

  /** What trial `number` goes on from: where its member was, unless it must or should give up. undefined where no member left anything. */
  function source({ seen, last, before }: PopulationState, number: number, rng: Rng): Interval | undefined {
    const interval = Math.floor(number / members);
    // Of members that are ahead, what they had reached before.
    const reached = last.flatMap((one, member) => (one !== undefined && one.interval >= interval ? before[member] : one) ?? []);
    const ranked = reached.sort((a, b) => compareOutcomes(a, b) || a.number - b.number);
    const place = ranked.findIndex((one) => one.number % members === number % members);
    const own = ranked[place];
    const goesOn = own?.complete === true;
    if (goesOn && (seen < members || place < members - quitters)) return own;
    const best = ranked.filter((one) => one !== own && one.complete).slice(0, Math.max(1, quitters));
    if (best.length === 0) return goesOn ? own : undefined;
    return best[rng.below(best.length)];
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
      const from = source(state, number, rng);
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
  const { number, params, state } = trial;
  const complete = state === "complete";
  // A pruned trial left no state, whatever its estimate.
  const outcome = complete ? rankedOutcome(trial, sign) : { violation: Infinity, cost: Infinity };
  return {
    ...outcome,
    number,
    params,
    complete,
    interval: Math.floor(number / members),
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
