/**
 * Bayesian optimization with a Gaussian process.
 *
 * Sources: D. R. Jones, M. Schonlau, W. J. Welch, "Efficient global optimization of expensive black-box functions", J. Global Optim. 13, 1998, doi
 * 10.1023/A:1008306431147 (the method); each part names its own.
 * Notation: y values on the scale of `outcome-scale.ts`, smaller is better; x a configuration as `feature-space.ts` has it; k the kernel; θ its hyperparameters.
 */
import { HpoError } from "../../core/hpo-error.ts";
import { checkOptions, flag, optional } from "../../core/options.ts";
import type { Proposal, Sampler } from "../../core/sampler.ts";
import type { Params } from "../../core/space.ts";
import type { Rng } from "../../math/rng.ts";
import { decode } from "../../space/unit-cube.ts";
import { type Acquisition, acquisitionAt, acquisitionSlopes } from "./acquisition.ts";
import { type Candidate, byPromise, firstUnseen, type Promising, searchAcquisition, uniformPoint } from "./acquisition-search.ts";
import { type FeaturePoint, featuresOf, keyOf } from "./feature-space.ts";
import { cellsOf } from "./finite-space.ts";
import { emptyHistory, type History, type Observed, remember } from "./history.ts";
import { observe, type Posterior, predict } from "./posterior.ts";
import { type Surrogate, surrogateOf } from "./surrogate.ts";

/** Options of `gp()`. */
export interface GpOptions {
  /** Prefers what is quick: improvement per second. Proposals then depend on measured time. Default false. */
  readonly costAware?: boolean;
}

/**
 * Bayesian optimization: a Gaussian process is fitted to all values so far, and the configuration of the largest expected improvement is tried next. For few or costly
 * trials on smooth functions of up to about twenty parameters; begin with spread points: `startup(10, sobol(), gp())`. Before two values are known it draws at random.
 *
 * Ordered, unordered and branched parameters; known standard errors, estimates of pruned trials, outcome constraints (at most 0 where met) and pending trials enter
 * the model. A finite space is searched without repeats until all of it is tried. About 7 ms a trial near trial 100, 15 ms near 200 and 20 ms from there on (5 floats):
 * the model takes 240 trials at most. One objective.
 * @throws HpoError OPTION_INVALID
 */
export function gp(options: GpOptions = {}): Sampler<History> {
  checkOptions("gp", options, { costAware: optional(flag()) });
  const costAware = options.costAware ?? false;
  return Object.freeze<Sampler<History>>({
    name: "gp",
    options: Object.freeze(costAware ? { costAware } : {}),
    traits: Object.freeze({ adaptive: true, usesClock: costAware }),
    start(context) {
      if (context.directions.length > 1) {
        throw new HpoError("OPTION_INVALID", `gp(): a study must have one objective; got ${context.directions.length}.`);
      }
      return emptyHistory(context);
    },
    absorb: remember,
    propose: (history, _number, pending, rng) => propose(history, pending, rng, costAware),
    size: () => null,
  });
}

function propose(history: History, pending: readonly Params[], rng: Rng, costAware: boolean): Proposal {
  const { space } = history;
  const waiting = pending.map((params) => featuresOf(space, params));
  const taken = new Set([...history.seen, ...waiting.map((point) => keyOf(point))]);
  const acquisition = space.axes.length === 0 ? undefined : acquisitionOf(history, waiting, costAware);
  if (acquisition === undefined) {
    const draws = Array.from({ length: 50 }, () => ({ unit: uniformPoint(space, rng), promise: 0 }));
    const drawn = firstUnseen(space, draws, taken) ?? draws[0];
    return Object.freeze({ params: decode(space.space, drawn?.unit ?? []), by: "gp", why: "a random draw: too few values to model" });
  }
  const candidates = candidatesOf(history, acquisition, rng, taken);
  const chosen = firstUnseen(space, candidates, taken) ?? candidates[0];
  return Object.freeze({ params: decode(space.space, chosen?.unit ?? []), by: "gp", why: whyOf(acquisition) });
}

function whyOf({ objective, constraints }: Acquisition): string {
  if (objective === null) return "most likely to meet the constraints";
  return constraints.length > 0 ? "largest expected improvement that meets the constraints" : "largest expected improvement";
}

/** By falling promise. */
function candidatesOf(history: History, acquisition: Acquisition, rng: Rng, taken: ReadonlySet<string>): readonly Candidate[] {
  const { space, trials } = history;
  const cells = cellsOf(space);
  if (cells !== null) {
    const open = cells.filter(({ key }) => !taken.has(key));
    return (open.length > 0 ? open : cells)
      .map(({ unit, point }) => ({ unit, promise: acquisitionAt(acquisition, point) }))
      .sort(byPromise);
  }
  const best = trials
    .filter(({ value }) => !Number.isNaN(value))
    .toSorted((a, b) => a.value - b.value || a.number - b.number)
    .slice(0, 5)
    .map(({ unit }) => unit);
  const promising: Promising = {
    at: (point) => acquisitionAt(acquisition, point),
    slopesAt: (point, wanted, slopes) => acquisitionSlopes(acquisition, point, wanted, slopes),
  };
  return searchAcquisition({ space, acquisition: promising, rng, best });
}

function acquisitionOf(history: History, waiting: readonly FeaturePoint[], costAware: boolean): Acquisition | undefined {
  const room = waiting.length;
  const surrogate = surrogateOf(history, "value", room);
  if (surrogate === undefined) return undefined;
  const { posterior } = surrogate;
  let best = lowestMean(history, surrogate);
  const count = history.trials.reduce((most, trial) => Math.max(most, trial.constraints.length), 0);
  const constraints = Array.from({ length: count }, (_, index) => surrogateOf(history, index, room)).filter((one) => one !== undefined);
  for (const point of waiting) {
    const mean = believe(posterior, point);
    let allowed = true;
    for (const one of constraints) if (believe(one.posterior, point) > one.zero) allowed = false;
    // What a pending trial is believed to reach is no improvement any more.
    if (allowed && best < Infinity) best = Math.min(best, mean);
  }
  const seconds = costAware ? (surrogateOf(history, "seconds", 0) ?? null) : null;
  return { objective: best < Infinity ? { posterior, best } : null, constraints, seconds };
}

/**
 * The lowest posterior mean at an observation that met the constraints: with noise a better guess than the lowest value. Since K α = y, the mean there
 * is y less the error's variance times α. Infinity where none met them.
 */
function lowestMean({ trials }: History, { posterior, chosen }: Surrogate): number {
  const { alpha, y, noise } = posterior;
  let least = Infinity;
  for (const [row, index] of chosen.entries()) {
    const { value, constraints } = trials[index] as Observed;
    // A constraint that is NaN is not met.
    if (Number.isNaN(value) || !constraints.every((one) => one <= 0)) continue;
    least = Math.min(least, (y[row] as number) - (noise[row] as number) * (alpha[row] as number));
  }
  return least;
}

/** Takes a pending trial for a finished one whose value is the mean there, which it returns. */
function believe(posterior: Posterior, point: FeaturePoint): number {
  predict(posterior, point);
  const { mean } = posterior;
  observe(posterior, point, mean);
  return mean;
}
