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
import { spaceSize } from "../../space/space-grid.ts";
import { decode, encode } from "../../space/unit-cube.ts";
import { type Acquisition, acquisitionAt, acquisitionSlopes } from "./acquisition.ts";
import { type Box, type Candidate, byPromise, type Promising, searchAcquisition, uniformPoint } from "./acquisition-search.ts";
import { emptyPoint, type FeaturePoint, featuresAt, featuresOf, keyOf } from "./feature-space.ts";
import { cellsOf, openCell } from "./finite-space.ts";
import { emptyHistory, type History, type Observed, remember } from "./history.ts";
import { constraintSurrogates } from "./feasibility.ts";
import { believe } from "./posterior.ts";
import { type Surrogate, surrogateOf } from "./surrogate.ts";

/**
 * How far from the best trial, in each coordinate of the unit cube, every second trial is looked for while others are pending. A pending trial takes the
 * uncertainty away only where it stands, so expected improvement sends the next one to another far corner, and eight at once go to eight of them before the
 * first has told that corners are bad; a trust region keeps half of them where the model knows something (D. Eriksson et al., "Scalable global optimization
 * via local Bayesian optimization", NeurIPS 2019, arXiv:1910.01739). Widths and shares that were tried: docs/decisions/0018.
 */
const halfWidth = 0.2;
/** Up to this trial only: what was gained was measured up to here, and beyond nothing more came of it. */
const mostNear = 100;

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
 * the model. A finite space is searched without repeats until all of it is tried. About 8 ms a trial near trial 100, 14 ms near 200 and 20 ms from there on (5 floats):
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
        throw new HpoError(
          "OPTION_INVALID",
          `gp(): a study must have one objective; got ${context.directions.length}. Name one, or take a sampler for several.`,
        );
      }
      return emptyHistory(context);
    },
    absorb: remember,
    propose: (history, number, pending, rng) => propose(history, pending, rng, { costAware, near: isNear(number, pending.length) }),
    size: () => null,
  });
}

function isNear(number: number, pending: number): boolean {
  return pending > 0 && number < mostNear && number % 2 === 1;
}

interface Way {
  readonly costAware: boolean;
  /** Whether to look about the best trial only, where not all of the space is judged. */
  readonly near: boolean;
}

function propose(history: History, pending: readonly Params[], rng: Rng, { costAware, near }: Way): Proposal {
  const { space, seen, feasible } = history;
  const waiting = pending.map((params) => featuresOf(space, params));
  const waitingKeys = new Set(waiting.map((point) => keyOf(point)));
  const point = emptyPoint(space);
  const isNewKey = (key: string): boolean => !seen.has(key) && !waitingKeys.has(key);
  const isNew = (unit: Float64Array): boolean => {
    featuresAt(space, unit, point);
    return isNewKey(keyOf(point));
  };
  const allows = (unit: Float64Array): boolean => feasible === null || feasible(decode(space.space, unit));
  const acquisition = space.axes.length === 0 ? undefined : acquisitionOf(history, waiting, costAware);
  const centre = near && cellsOf(space) === null ? acquisition?.incumbent : undefined;
  const candidates =
    acquisition === undefined
      ? Array.from({ length: 50 }, () => ({ unit: uniformPoint(space, rng), promise: 0 })).filter(({ unit }) => allows(unit))
      : candidatesOf(history, acquisition, rng, { isNewKey, allows, centre });
  const chosen = candidates.find(({ unit }) => isNew(unit));
  const why = acquisition === undefined ? "a random draw: too few values to model" : whyOf(acquisition, centre !== undefined);
  const propose = (params: Params): Proposal => Object.freeze({ params, by: "gp", why });
  if (chosen !== undefined) return propose(decode(space.space, chosen.unit));
  // All candidates were tried: the next cell that was not, and where there is none a replicate of what promises most.
  const size = spaceSize(space.space);
  if (size !== null && size > seen.size) {
    const isOpen = (params: Params): boolean => (feasible === null || feasible(params)) && isNew(encode(space.space, params));
    const start = Math.floor(rng.uniform() * Math.min(size, 2 ** 49));
    const cell = openCell(space.space, { start, most: seen.size + waitingKeys.size + 10_000 }, isOpen);
    if (cell !== undefined) return Object.freeze({ params: cell, by: "gp", why: "the next configuration that was not tried" });
  }
  return propose(decode(space.space, candidates[0]?.unit ?? uniformPoint(space, rng)));
}

function whyOf({ objective, constraints }: Acquisition, near: boolean): string {
  if (objective === null) return "most likely to meet the constraints";
  const where = near ? " near the best trial" : "";
  return `largest expected improvement${where}${constraints.length > 0 ? " that meets the constraints" : ""}`;
}

interface Filters {
  readonly isNewKey: (key: string) => boolean;
  readonly allows: (unit: Float64Array) => boolean;
  /** Where to look, if not everywhere. */
  readonly centre: Float64Array | undefined;
}

/** By falling promise; all are allowed. */
function candidatesOf(history: History, acquisition: Acquisition, rng: Rng, { isNewKey, allows, centre }: Filters): readonly Candidate[] {
  const { space, trials } = history;
  const cells = cellsOf(space)?.filter(({ unit }) => allows(unit));
  if (cells !== undefined) {
    const open = cells.filter(({ key }) => isNewKey(key));
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
  return searchAcquisition({
    space,
    acquisition: promising,
    rng,
    best,
    allows,
    within: centre === undefined ? undefined : boxAbout(centre),
  });
}

function boxAbout(centre: Float64Array): Box {
  return {
    lower: Float64Array.from(centre, (u) => Math.max(0, u - halfWidth)),
    upper: Float64Array.from(centre, (u) => Math.min(1, u + halfWidth)),
  };
}

interface Sought extends Acquisition {
  /** The trial that seems best. */
  readonly incumbent: Float64Array | undefined;
}

function acquisitionOf(history: History, waiting: readonly FeaturePoint[], costAware: boolean): Sought | undefined {
  const room = waiting.length;
  const surrogate = surrogateOf(history, "value", room);
  if (surrogate === undefined) return undefined;
  const { posterior } = surrogate;
  const incumbent = incumbentOf(history, surrogate);
  let best = incumbent?.mean ?? Infinity;
  const constraints = constraintSurrogates(history, room);
  for (const point of waiting) {
    const mean = believe(posterior, point);
    let allowed = true;
    for (const one of constraints) if (believe(one.posterior, point) > one.zero) allowed = false;
    // What a pending trial is believed to reach is no improvement any more.
    if (allowed && best < Infinity) best = Math.min(best, mean);
  }
  const seconds = costAware ? (surrogateOf(history, "seconds", 0) ?? null) : null;
  return { objective: best < Infinity ? { posterior, best } : null, constraints, seconds, incumbent: incumbent?.unit };
}

/** A trial, by the mean of the process there. */
interface Incumbent {
  readonly mean: number;
  readonly unit: Float64Array;
}

/**
 * The trial of the lowest posterior mean among those that met the constraints: with noise a better guess than the lowest value. Since K α = y, the mean
 * there is y less the error's variance times α. undefined where none met them.
 */
function incumbentOf({ trials }: History, { posterior, chosen }: Surrogate): Incumbent | undefined {
  const { alpha, y, noise } = posterior;
  let found: Incumbent | undefined;
  for (const [row, index] of chosen.entries()) {
    const { value, constraints, unit } = trials[index] as Observed;
    // A constraint that is NaN is not met.
    if (Number.isNaN(value) || !constraints.every((one) => one <= 0)) continue;
    const mean = (y[row] as number) - (noise[row] as number) * (alpha[row] as number);
    if (found === undefined || mean < found.mean) found = { mean, unit };
  }
  return found;
}
