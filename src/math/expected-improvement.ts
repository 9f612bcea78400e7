/**
 * The logarithm of the expected improvement, also where the improvement itself underflows.
 *
 * Source: S. Ament et al., "Unexpected improvements to expected improvement for Bayesian optimization", NeurIPS 2023, arXiv:2310.20708,
 * eq. 9. Where they take asymptotic forms, the tail here is a continued fraction of Mills' ratio (A. Genz, F. Bretz 2009, eq. 2.19 at n = 1).
 *
 * Notation: for a value N(m, s²) and the best value b so far (smaller is better), z = (b − m) / s and
 * ln EI = ln s + h(z) with h(z) = ln(φ(z) + z Φ(z)).
 */
import { exp, log } from "./elementary.ts";
import { millsRatio, normalCdf, normalLogCdf, normalLogPdf, normalPdf } from "./normal-distribution.ts";

/** h(z) = ln(φ(z) + z Φ(z)), which is ln of the expected improvement in units of the standard deviation. */
export function logImprovement(z: number): number {
  if (z > -1) return log(normalPdf(z) + z * normalCdf(z));
  return normalLogPdf(z) + log(tailShare(-z));
}

/** 1 − t M(t) with M Mills' ratio: about 1 / t² far out. For t ≥ 1. */
function tailShare(t: number): number {
  if (t < 3.5) return 1 - t * millsRatio(t);
  // M = 1 / (t + c) with c = 1 / (t + 2 / (t + 3 / (t + …))), so 1 − t M = c / (t + c) without cancellation.
  let c = t;
  for (let k = 40; k >= 2; k--) c = t + k / c;
  c = 1 / c;
  return c / (t + c);
}

/** h′(z) = Φ(z) / (φ(z) + z Φ(z)), given h(z). */
export function improvementSlope(z: number, h: number): number {
  return exp(normalLogCdf(z) - h);
}

/** h′(z) z = 1 − φ(z) / (φ(z) + z Φ(z)): the slope of ln EI in ln s is 1 − that; returns φ / (φ + z Φ), given h(z). */
export function improvementSpread(z: number, h: number): number {
  return exp(normalLogPdf(z) - h);
}
