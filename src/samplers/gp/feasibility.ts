/**
 * How likely a configuration is to meet the outcome constraints, each by a process of its own.
 *
 * Source: J. R. Gardner et al., "Bayesian optimization with inequality constraints", ICML 2014.
 */
import { exp } from "../../math/elementary.ts";
import { normalLogCdf, normalLogPdf } from "../../math/normal-distribution.ts";
import type { FeaturePoint } from "./feature-space.ts";
import type { History } from "./history.ts";
import { type Posterior, predict, predictSlopes } from "./posterior.ts";
import { type Surrogate, surrogateOf } from "./surrogate.ts";

/** The processes of the constraints that enough trials told, with room for `room` fantasies. */
export function constraintSurrogates(history: History, room: number): readonly Surrogate[] {
  const count = history.trials.reduce((most, trial) => Math.max(most, trial.constraints.length), 0);
  return Array.from({ length: count }, (_, index) => surrogateOf(history, index, room)).filter((one) => one !== undefined);
}

/** The logarithm of the probability that all constraints hold at a point; 0 where there are none. */
export function logFeasibility(constraints: readonly Surrogate[], point: FeaturePoint): number {
  let sum = 0;
  for (const { posterior, zero } of constraints) {
    predict(posterior, point);
    sum += normalLogCdf((zero - posterior.mean) / posterior.deviation);
  }
  return sum;
}

/** The same; adds its derivatives along the axes `wanted` to `slopes`. */
export function addFeasibilitySlopes(
  constraints: readonly Surrogate[],
  point: FeaturePoint,
  wanted: readonly number[],
  slopes: Float64Array,
): number {
  let sum = 0;
  for (const { posterior, zero } of constraints) {
    predictSlopes(posterior, point, wanted);
    const z = (zero - posterior.mean) / posterior.deviation;
    const probability = normalLogCdf(z);
    sum += probability;
    const ratio = exp(normalLogPdf(z) - probability) / posterior.deviation;
    addSlopes(slopes, posterior, -ratio, -ratio * z);
  }
  return sum;
}

/** slopes += byMean · ∂mean + byDeviation · ∂deviation, as last predicted. */
export function addSlopes(slopes: Float64Array, { meanSlopes, deviationSlopes }: Posterior, byMean: number, byDeviation: number): void {
  for (let w = 0; w < slopes.length; w++) {
    slopes[w] = (slopes[w] as number) + byMean * (meanSlopes[w] as number) + byDeviation * (deviationSlopes[w] as number);
  }
}
