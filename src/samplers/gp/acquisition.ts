/**
 * How much a configuration promises: the logarithm of the expected improvement over the best so far, plus that of the probability that the outcome
 * constraints hold, less that of the seconds it is expected to take.
 *
 * Sources: S. Ament et al., NeurIPS 2023, arXiv:2310.20708; J. R. Gardner et al., "Bayesian optimization with inequality constraints", ICML 2014
 * (improvement × probability of feasibility); J. Snoek, H. Larochelle, R. P. Adams, NeurIPS 2012, arXiv:1206.2944 (improvement per second).
 */
import { improvementSlope, improvementSpread, logImprovement } from "../../math/expected-improvement.ts";
import { log } from "../../math/elementary.ts";
import { addFeasibilitySlopes, addSlopes, logFeasibility } from "./feasibility.ts";
import type { FeaturePoint } from "./feature-space.ts";
import { type Posterior, predict, predictSlopes } from "./posterior.ts";
import type { Surrogate } from "./surrogate.ts";

export interface Acquisition {
  /** null where no trial has met the constraints: then only these count. */
  readonly objective: { readonly posterior: Posterior; readonly best: number } | null;
  readonly constraints: readonly Surrogate[];
  readonly seconds: Surrogate | null;
}

/** The acquisition at a point; larger is better. */
export function acquisitionAt({ objective, constraints, seconds }: Acquisition, point: FeaturePoint): number {
  let sum = 0;
  if (objective !== null) {
    const { posterior, best } = objective;
    predict(posterior, point);
    sum += log(posterior.deviation) + logImprovement((best - posterior.mean) / posterior.deviation);
  }
  sum += logFeasibility(constraints, point);
  if (seconds !== null) {
    predict(seconds.posterior, point);
    sum -= seconds.unit * seconds.posterior.mean;
  }
  return sum;
}

/** The same with its derivatives along the axes `wanted` (ordered and active there) into `slopes`. */
export function acquisitionSlopes(
  { objective, constraints, seconds }: Acquisition,
  point: FeaturePoint,
  wanted: readonly number[],
  slopes: Float64Array,
): number {
  let sum = 0;
  slopes.fill(0);
  if (objective !== null) {
    const { posterior, best } = objective;
    predictSlopes(posterior, point, wanted);
    const z = (best - posterior.mean) / posterior.deviation;
    const h = logImprovement(z);
    sum += log(posterior.deviation) + h;
    addSlopes(slopes, posterior, -improvementSlope(z, h) / posterior.deviation, improvementSpread(z, h) / posterior.deviation);
  }
  sum += addFeasibilitySlopes(constraints, point, wanted, slopes);
  if (seconds !== null) {
    predictSlopes(seconds.posterior, point, wanted);
    sum -= seconds.unit * seconds.posterior.mean;
    addSlopes(slopes, seconds.posterior, -seconds.unit, 0);
  }
  return sum;
}
