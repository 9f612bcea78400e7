/**
 * The hyperparameters of a process: those of the largest posterior density.
 *
 * Priors: on length scales the log-normal of C. Hvarfner, E. O. Hellsten, L. Nardi, "Vanilla Bayesian optimization performs great in high
 * dimensions", ICML 2024, arXiv:2402.02229, eq. 9, whose location grows with √D; log-normal on the variances.
 */
import { log } from "../../math/elementary.ts";
import { lbfgsb } from "../../math/lbfgsb.ts";
import { hyperparameterCount, type KernelShape } from "./kernel.ts";
import { negativeLogPosterior, type Observations, type Prior } from "./likelihood.ts";

export function priorOf(shape: KernelShape): Prior {
  const { axisCount: d, additive } = shape;
  const size = hyperparameterCount(shape);
  const prior: Prior = {
    mean: new Float64Array(size),
    deviation: new Float64Array(size),
    lower: new Float64Array(size),
    upper: new Float64Array(size),
    noiseRate: 30,
  };
  const put = (i: number, [mean, deviation]: readonly [number, number], [lower, upper]: readonly [number, number]): void => {
    prior.mean[i] = mean;
    prior.deviation[i] = deviation;
    prior.lower[i] = log(lower);
    prior.upper[i] = log(upper);
  };
  for (let i = 0; i < d; i++) {
    put(i, [-0.35 + 0.5 * log(d), 0.75], [0.01, 1000]);
    if (additive) put(d + i, [-0.3, 0.8], [0.01, 1000]);
  }
  put(additive ? 2 * d : d, [0, 1.5], [1e-3, 1e3]);
  if (additive) put(2 * d + 1, [0, 1.5], [1e-4, 1e3]);
  put(size - 1, [log(1e-4), 3], [1e-8, 1]);
  return prior;
}

/** The best of a climb from each start, at most `evaluations` points each. */
export function fitHyperparameters(
  shape: KernelShape,
  observations: Observations,
  starts: readonly Float64Array[],
  evaluations: number,
): Float64Array {
  const prior = priorOf(shape);
  const evaluate = negativeLogPosterior(shape, observations, prior);
  let best = starts[0] as Float64Array;
  let least = Infinity;
  for (const start of starts) {
    const { x, value } = lbfgsb(evaluate, start, prior, { maxEvaluations: evaluations, gradientTolerance: 1e-3, valueTolerance: 1e-5 });
    if (value < least) {
      least = value;
      best = x;
    }
  }
  return best;
}
