import { HpoError } from "../../core/hpo-error.ts";
import { checkOptions, flag, integer, optional } from "../../core/options.ts";
import type { FinishedTrial, Sampler, SamplerContext } from "../../core/sampler.ts";
import { type SearchState, absorbed, searchState } from "./search-state.ts";
import { decode } from "../../space/unit-cube.ts";
import { singleObjectiveSign } from "../ranked-outcome.ts";

/** Options of `lbfgs()`. */
export interface LbfgsOptions {
  /** Starts alive at once, which take turns; at least the study's lookahead, which is the default. */
  readonly starts?: number;
  /** Steps whose curvature a start remembers; default 10. */
  readonly memory?: number;
  /** Whether a trial or two are spent on holding the first gradient against a difference quotient; default true. */
  readonly check?: boolean;
}

/**
 * Gradient-based search for objectives that return `{ value, gradient }`: L-BFGS within the bounds (R. H. Byrd, P. Lu, J. Nocedal, C. Zhu, SIAM J. Sci. Comput. 16, 1995;
 * as `math/lbfgsb.ts` does it) from many starts. Floats without a step move; the rest of the configuration is fixed for a start, and other for the next one.
 *
 * Start s proposes trials s, s + starts, s + 2 starts …: with at least `lookahead` of them each knows its last answer. Starts lie at Sobol points, or at the best trials that
 * others proposed before (given points, `startup`); one that has converged is replaced. A trial that failed, breaks a constraint, or told a gradient that is not finite
 * makes its start come closer to its best point. One objective. O(memory × parameters) a trial.
 * @throws HpoError OBJECTIVE_INVALID (from `propose`'s study) where the first trial tells no gradient, and where two checks find it wrong.
 */
export function lbfgs(options: LbfgsOptions = {}): Sampler<SearchState> {
  checkOptions("lbfgs", options, { starts: optional(integer(1, 4096)), memory: optional(integer(1, 1000)), check: optional(flag()) });
  const { memory = 10, check = true } = options;
  return Object.freeze<Sampler<SearchState>>({
    name: "lbfgs",
    options: Object.freeze({ starts: options.starts ?? null, memory, check }),
    traits: Object.freeze({ adaptive: true, usesClock: false }),
    start(context) {
      const sign = singleObjectiveSign("lbfgs", context.directions);
      return searchState(context, { sign, memory, check, starts: startCount(context, options.starts) });
    },
    absorb: (state, trial: FinishedTrial) => absorbed(state, trial),
    propose(state, number) {
      const { space, slots } = state;
      const slot = slots[number % slots.length];
      const seen = number < slots.length || number - slots.length < state.absorbed;
      const point = slot?.probe?.point ?? slot?.descent.point ?? null;
      if (slot === undefined || point === null || !seen) {
        const params = decode(space, state.pointOf(spareStarts + number));
        return Object.freeze({ params, by: "lbfgs", why: "a Sobol point: no start waits for this trial" });
      }
      const params = decode(space, point);
      const { start, best, answers } = slot.descent;
      if (slot.probe !== null) {
        const parent = slot.probe.from.trial;
        return Object.freeze({ params, by: "lbfgs", why: `holds the gradient of trial ${parent} against a difference of values`, parent });
      }
      const why = `start ${start + 1}, point ${answers + 1}`;
      return Object.freeze(best === null ? { params, by: "lbfgs", why } : { params, by: "lbfgs", why, parent: best.answer.trial });
    },
    size: () => null,
  });
}

/** Far behind the points that starts take. */
const spareStarts = 2 ** 24;

function startCount({ lookahead = 1 }: SamplerContext, starts = lookahead): number {
  if (starts >= lookahead) return starts;
  throw new HpoError(
    "OPTION_INVALID",
    `lbfgs(): starts must be at least the study's lookahead (${lookahead}), so that each start knows its last answer; got ${starts}. Leave it out, or give the study a smaller lookahead.`,
    { data: { lookahead, starts } },
  );
}
