/**
 * Bayesian optimization of several objectives by the expected hypervolume improvement.
 *
 * Sources: M. Emmerich, K. Giannakoglou, B. Naujoks, "Single- and multiobjective evolutionary optimization assisted by Gaussian random field
 * metamodels", IEEE Trans. Evolutionary Computation 10(4), 2006, doi 10.1109/TEVC.2005.859463 (the criterion); K. Yang, M. Emmerich, A. Deutz,
 * T. Bäck, J. Global Optimization 75(1), 2019, doi 10.1007/s10898-019-00798-7 (its exact value); pending trials by the kriging believer.
 * Each objective has a Gaussian process of its own (`../gp`), given the values on the scale of `objective-scale.ts`.
 */
import { checkOptions, integer, optional } from "../../core/options.ts";
import type { Proposal, Sampler } from "../../core/sampler.ts";
import type { Params } from "../../core/space.ts";
import type { Rng } from "../../math/rng.ts";
import { decode } from "../../space/unit-cube.ts";
import { type Candidate, byPromise, firstUnseen, searchAcquisition, uniformPoint } from "../gp/acquisition-search.ts";
import { type FeaturePoint, featuresOf, keyOf } from "../gp/feature-space.ts";
import { cellsOf } from "../gp/finite-space.ts";
import type { History, Observed } from "../gp/history.ts";
import { constraintSurrogates } from "../gp/feasibility.ts";
import { believe } from "../gp/posterior.ts";
import { sobol } from "../sobol.ts";
import { startup } from "../startup.ts";
import { type FrontAcquisition, frontAcquisition } from "./front-acquisition.ts";
import { emptyHistories, type Histories, isComplete, objectiveModels, rememberAll } from "./objective-models.ts";

/** Options of `ehvi()`. */
export interface EhviOptions {
  /** So many quasi-random trials come first. Default: 10. */
  readonly startupTrials?: number;
}

/**
 * For several objectives (two to four) that are costly: tens to a few hundred trials. A Gaussian process models each objective, and the next
 * trial is where the expected growth of the dominated hypervolume is largest; constraints weigh in with the probability that they
 * hold. Works in spaces with integers, categories and branches. About 30 ms a trial over the first 200; the processes take 240 trials at most.
 * @throws HpoError OPTION_INVALID
 */
export function ehvi(options: EhviOptions = {}): Sampler {
  checkOptions("ehvi", options, { startupTrials: optional(integer(1)) });
  const { startupTrials = 10 } = options;
  return Object.freeze({ ...startup(startupTrials, sobol(), modelling()), name: "ehvi", options: Object.freeze({ startupTrials }) });
}

function modelling(): Sampler {
  const sampler: Sampler<Histories> = {
    name: "modelling",
    options: Object.freeze({}),
    traits: Object.freeze({ adaptive: true, usesClock: false }),
    start: emptyHistories,
    absorb: rememberAll,
    propose: (histories, _number, pending, rng) => propose(histories, pending, rng),
    size: () => null,
  };
  return Object.freeze(sampler as Sampler);
}

function propose(histories: Histories, pending: readonly Params[], rng: Rng): Proposal {
  const { space } = histories;
  const waiting = pending.map((params) => featuresOf(space, params));
  const taken = new Set([...(histories.objectives[0] as History).seen, ...waiting.map((point) => keyOf(point))]);
  const model = space.axes.length === 0 ? undefined : modelOf(histories, waiting);
  if (model === undefined) {
    const draws = Array.from({ length: 50 }, () => ({ unit: uniformPoint(space, rng), promise: 0 })).filter(({ unit }) =>
      allowed(histories, unit),
    );
    const unseen = firstUnseen(space, draws, taken);
    return offer(histories, unseen?.unit ?? uniformPoint(space, rng), "a random draw: too few values to model");
  }
  const candidates = candidatesOf(histories, model, taken, rng);
  const chosen = firstUnseen(space, candidates, taken) ?? candidates[0];
  return offer(histories, chosen?.unit ?? uniformPoint(space, rng), model.why);
}

/** Whether the study's rules allow a point. */
function allowed({ space, objectives }: Histories, unit: Float64Array): boolean {
  const feasible = objectives[0]?.feasible ?? null;
  return feasible === null || feasible(decode(space.space, unit));
}

function offer({ space }: Histories, unit: Float64Array, why: string): Proposal {
  return Object.freeze({ params: decode(space.space, unit), by: "ehvi", why });
}

interface Model {
  readonly acquisition: FrontAcquisition;
  readonly why: string;
  /** Units of the trials on the front, lowest in the first objective first. */
  readonly front: readonly Float64Array[];
}

function modelOf(histories: Histories, waiting: readonly FeaturePoint[]): Model | undefined {
  const models = objectiveModels(histories, waiting.length);
  if (models === undefined) return undefined;
  const { posteriors, chosen } = models;
  const first = histories.objectives[0] as History;
  const feasible = chosen
    .map((index, row) => ({ index, row }))
    .filter(({ index }) => isComplete(histories, index) && (first.trials[index] as Observed).constraints.every((one) => one <= 0));
  // With noise the process's mean is a better guess than the value.
  const seen = feasible.map(({ index, row }) => ({
    unit: (first.trials[index] as Observed).unit,
    values: Float64Array.from(posteriors, ({ y, noise, alpha }) => (y[row] as number) - (noise[row] as number) * (alpha[row] as number)),
  }));
  const believed = waiting.map((point) => Float64Array.from(posteriors, (posterior) => believe(posterior, point)));
  const constraints = constraintSurrogates(first, waiting.length);
  for (const one of constraints) for (const point of waiting) believe(one.posterior, point);
  const points = seen.map(({ values }) => values);
  // Where constraints are told, a pending trial need not meet them.
  const onFront = points.length > 0 && constraints.length === 0 ? [...points, ...believed] : points;
  const acquisition = frontAcquisition(posteriors, onFront, constraints);
  const improvement = "largest expected growth of the hypervolume";
  const why =
    points.length === 0
      ? "most likely to meet the constraints"
      : constraints.length > 0
        ? `${improvement} that meets the constraints`
        : improvement;
  const order = seen.toSorted((a, b) => (a.values[0] as number) - (b.values[0] as number));
  const front = order.filter((a) => !order.some((b) => b.values.every((value, j) => value <= (a.values[j] as number)) && b !== a));
  return { acquisition, why, front: front.map(({ unit }) => unit) };
}

/** By falling promise. */
function candidatesOf(histories: Histories, { acquisition, front }: Model, taken: ReadonlySet<string>, rng: Rng): readonly Candidate[] {
  const { space } = histories;
  const allows = (unit: Float64Array): boolean => allowed(histories, unit);
  const cells = cellsOf(space)?.filter(({ unit }) => allows(unit));
  if (cells !== undefined) {
    const open = cells.filter(({ key }) => !taken.has(key));
    return (open.length > 0 ? open : cells).map(({ unit, point }) => ({ unit, promise: acquisition.at(point) })).sort(byPromise);
  }
  // Some points along the whole front, in an order of this proposal's own.
  const order = rng.shuffle(front.map((_, i) => i));
  const best = order.slice(0, 5).map((i) => front[i] as Float64Array);
  return searchAcquisition({ space, acquisition, rng, best, allows });
}
