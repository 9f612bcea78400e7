import { checkOptions, finite, flag, integer, optional } from "../../core/options.ts";
import type { Sampler } from "../../core/sampler.ts";
import { type Rng, rng } from "../../math/rng.ts";
import { decode } from "../../space/unit-cube.ts";
import { type Axes, axesOf } from "../axes.ts";
import { singleObjectiveSign } from "../ranked-outcome.ts";
import { pick } from "./choice-weights.ts";
import { place, type Snapshot } from "./distribution.ts";
import { type Evolution, learn, startEvolution } from "./evolution.ts";
import { observe } from "./observed-point.ts";

/** Options of `cmaes()`. */
export interface CmaesOptions {
  /** Points a generation, at least 4; default ⌊1¾ (4 + ⌊3 ln n⌋)⌋ for n coordinates. */
  readonly population?: number;
  /** Standard deviation of the first steps, a share of each parameter's range; default 0.2. */
  readonly step?: number;
  /** Whether to start again elsewhere, with twice the population, once a run has converged; default true. */
  readonly restarts?: boolean;
}

interface CmaState {
  readonly evolution: Evolution;
  /** −1 where the objective is maximised, else 1. */
  readonly sign: number;
}

/** Draws for a point inside the cube before the last one is moved to its faces. */
const mostDraws = 20;

/**
 * CMA-ES: a normal distribution over the unit cube that learns its mean, step size and covariance from generations of trials
 * (N. Hansen, arXiv 1604.00772), with negative weights for bad points, a margin that keeps integers and lists in play (R. Hamano et al. 2022)
 * and restarts with a doubled population (A. Auger, N. Hansen 2005). It works best on floats and integers from about 100
 * trials on, however they are scaled and correlated.
 *
 * A generation is λ points: ⌈λ/2⌉ new trials, in number order, and the best of those before them, at most 1½ λ trials old. A trial is drawn
 * from the distribution after all generations that are complete among the trials it sees; with lookahead it is a few trials older,
 * and its points are weighed against the present one all the same. A choice has a distribution of its own, moved towards what
 * good points chose; parameters that are not active in a trial teach nothing. Ties share their ranks; trials that failed, or without a
 * number, are the worst; broken outcome constraints go before the value. O(n²) a trial and O(n³) a generation: about
 * 15 µs a trial for 5 floats.
 * @throws HpoError OPTION_INVALID, at the start, where there is more than one objective.
 */
export function cmaes(options: CmaesOptions = {}): Sampler {
  checkOptions("cmaes", options, {
    population: optional(integer(4, 100_000)),
    step: optional(finite(0, 1, true)),
    restarts: optional(flag()),
  });
  const { population = null, step = 0.2, restarts = true } = options;
  return Object.freeze<Sampler<CmaState>>({
    name: "cmaes",
    options: Object.freeze({ population, step, restarts }),
    traits: Object.freeze({ adaptive: true, usesClock: false }),
    start({ space, directions, seed }) {
      const stream = rng(seed ?? 0).fork("cmaes");
      return {
        evolution: startEvolution({ axes: axesOf(space), step, population, restarts, stream }),
        sign: singleObjectiveSign("cmaes", directions),
      };
    },
    absorb(state, trial) {
      const { options: own, run } = state.evolution;
      learn(state.evolution, observe(trial, { axes: own.axes, sign: state.sign, snapshot: run.snapshot, stream: own.stream }));
      return state;
    },
    propose({ evolution }, _number, _pending, own) {
      const { run, restartCount, choices } = evolution;
      const { axes } = evolution.options;
      const unit = new Float64Array(axes.dimensionCount).fill(0.5);
      const v = drawInside(run.snapshot, axes, own);
      for (const [d, axis] of axes.numeric.entries()) unit[axis.place] = Math.min(1, Math.max(0, v[d] as number));
      for (const [at, axis] of axes.choices.entries()) {
        unit[axis.place] = (pick(choices[at] as Float64Array, own.uniform()) + 0.5) / axis.count;
      }
      const why = `generation ${run.generation + 1} of run ${restartCount + 1}, step ${Number(run.snapshot.sigma.toPrecision(2))}`;
      return Object.freeze({ params: decode(axes.space, unit), by: "cmaes", why });
    },
    size: () => null,
  });
}

/** A draw whose floats lie within their bounds; integers and lists take what lies beyond as their ends. */
function drawInside(snapshot: Snapshot, { numeric }: Axes, own: Rng): Float64Array {
  const z = new Float64Array(numeric.length);
  const v = new Float64Array(numeric.length);
  for (let draw = 0; draw < mostDraws; draw++) {
    for (let k = 0; k < z.length; k++) z[k] = own.normal();
    place(snapshot, z, v);
    if (numeric.every(({ buckets }, d) => buckets !== null || ((v[d] as number) >= 0 && (v[d] as number) <= 1))) break;
  }
  return v;
}
