/**
 * How much better than the best trial the best of all configurations may be.
 *
 * Source: A. Makarova, H. Shen, V. Perrone, A. Klein, J. B. Faddoul, A. Krause, M. Seeger, C. Archambeau, "Automatic termination for hyperparameter optimization",
 * AutoML 2022, arXiv:2104.08166, eq. 4: the simple regret is at most r̄ = min over trials of μ + √β σ, less min over the space of μ − √β σ,
 * with β = 2 ln(D t² π² / 6δ) / 5 after t trials in D dimensions, δ = 0.1.
 */
import type { GainBound, GainModel } from "../../core/gain-model.ts";
import { log } from "../../math/elementary.ts";
import type { Rng } from "../../math/rng.ts";
import { decode } from "../../space/unit-cube.ts";
import { searchAcquisition } from "./acquisition-search.ts";
import type { FeaturePoint } from "./feature-space.ts";
import { cellsOf } from "./finite-space.ts";
import { emptyHistory, type History, type Observed, remember } from "./history.ts";
import { outcomeScale } from "./outcome-scale.ts";
import { type Posterior, predict, predictSlopes } from "./posterior.ts";
import { surrogateOf } from "./surrogate.ts";

const delta = 0.1;

/**
 * The regret bound by the process of `gp()`. Standard errors of folds are left to the noise that is fitted: all trials have the same folds, so that what these
 * say of the rows is no noise between configurations. Where the space is not finite the lower bound is searched for, not proven. About the time of a proposal.
 */
export function regretBound(): GainModel<History> {
  return Object.freeze<GainModel<History>>({
    start: emptyHistory,
    absorb: (history, trial) => remember(history, { ...trial, standardErrors: trial.state === "pruned" ? trial.standardErrors : [] }),
    bound,
  });
}

function bound(history: History, rng: Rng): GainBound | undefined {
  const { space, trials } = history;
  if (space.axes.length === 0) return undefined;
  const surrogate = surrogateOf(history, "value", 0);
  if (surrogate === undefined) return undefined;
  const { posterior, chosen } = surrogate;
  const scale = outcomeScale(trials.map(({ value }) => value));
  const t = trials.length;
  const width = Math.sqrt((2 * log((space.axes.length * t * t * Math.PI * Math.PI) / (6 * delta))) / 5);
  let upper = Infinity;
  let best = Infinity;
  for (const index of chosen) {
    const { value, pruned, constraints, point } = trials[index] as Observed;
    if (pruned || Number.isNaN(value) || !constraints.every((one) => one <= 0)) continue;
    predict(posterior, point);
    upper = Math.min(upper, posterior.mean + width * posterior.deviation);
    best = Math.min(best, value);
  }
  if (upper === Infinity) return undefined;
  const gain = scale.originalOf(upper) - scale.originalOf(lowest(history, { posterior, width, rng }));
  const noise = Math.sqrt(posterior.kernel.noiseVariance) / scale.slopeAt(best);
  return Number.isFinite(gain) && Number.isFinite(noise) ? { gain, noise } : undefined;
}

/** The least μ − width σ of the configurations that the study's rules allow. */
function lowest(
  { space, trials, feasible }: History,
  { posterior, width, rng }: { readonly posterior: Posterior; readonly width: number; readonly rng: Rng },
): number {
  const at = (point: FeaturePoint): number => {
    predict(posterior, point);
    return width * posterior.deviation - posterior.mean;
  };
  const allows = (unit: Float64Array): boolean => feasible === null || feasible(decode(space.space, unit));
  const cells = cellsOf(space);
  if (cells !== null) return -cells.reduce((most, { unit, point }) => (allows(unit) ? Math.max(most, at(point)) : most), -Infinity);
  const best = trials
    .filter(({ value }) => !Number.isNaN(value))
    .toSorted((a, b) => a.value - b.value || a.number - b.number)
    .slice(0, 5)
    .map(({ unit }) => unit);
  const slopesAt = (point: FeaturePoint, wanted: readonly number[], slopes: Float64Array): number => {
    predictSlopes(posterior, point, wanted);
    for (let w = 0; w < wanted.length; w++) {
      slopes[w] = width * (posterior.deviationSlopes[w] as number) - (posterior.meanSlopes[w] as number);
    }
    return width * posterior.deviation - posterior.mean;
  };
  const [first] = searchAcquisition({ space, acquisition: { at, slopesAt }, rng, best, allows });
  return first === undefined ? Number.NaN : -first.promise;
}
