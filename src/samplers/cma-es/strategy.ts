import { log } from "../../math/elementary.ts";

/**
 * The constants of CMA-ES for n coordinates and λ points a generation.
 *
 * Source: N. Hansen, "The CMA Evolution Strategy: A Tutorial" (2016, revised 2023), arXiv 1604.00772, table 1 and equations 49–58.
 */
export interface Strategy {
  /** n, the number of coordinates. */
  readonly dimension: number;
  /** λ, points a generation, at least 4. */
  readonly population: number;
  /** w_1 … w_λ, best point first: the first half is positive and sums to 1, the others are negative. */
  readonly weights: Float64Array;
  /** μ_eff of the positive weights. */
  readonly effective: number;
  readonly cSigma: number;
  readonly dSigma: number;
  readonly cPath: number;
  readonly cOne: number;
  readonly cMu: number;
  /** E‖N(0, I)‖. */
  readonly expectedNorm: number;
}

/**
 * λ: 1¾ times the tutorial's 4 + ⌊3 ln n⌋ (eq. 48), since half of a generation are points that were there before (docs/decisions/0013).
 */
export function defaultPopulation(dimension: number): number {
  return Math.floor(1.75 * (4 + Math.floor(3 * log(Math.max(1, dimension)))));
}

/** For at least one coordinate. */
export function strategy(dimension: number, population: number): Strategy {
  const n = dimension;
  const half = Math.floor(population / 2);
  // eq. 49
  const raw = Float64Array.from({ length: population }, (_, i) => log((population + 1) / 2) - log(i + 1));
  const effective = effectiveCount(raw.subarray(0, half));
  const effectiveNegative = effectiveCount(raw.subarray(half));
  // eq. 55–58
  const cSigma = (effective + 2) / (n + effective + 5);
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (n + 1)) - 1) + cSigma;
  const cPath = (4 + effective / n) / (n + 4 + (2 * effective) / n);
  const cOne = 2 / ((n + 1.3) * (n + 1.3) + effective);
  const cMu = Math.min(1 - cOne, (2 * (0.25 + effective + 1 / effective - 2)) / ((n + 2) * (n + 2) + effective));
  // eq. 50–53: the negative weights must leave the matrix positive definite.
  const bound = Math.min(1 + cOne / cMu, 1 + (2 * effectiveNegative) / (effective + 2), (1 - cOne - cMu) / (n * cMu));
  let positive = 0;
  let negative = 0;
  for (const weight of raw) {
    if (weight > 0) positive += weight;
    else negative -= weight;
  }
  const weights = raw.map((weight) => (weight > 0 ? weight / positive : negative === 0 ? 0 : (bound * weight) / negative));
  const expectedNorm = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  return { dimension, population, weights, effective, cSigma, dSigma, cPath, cOne, cMu, expectedNorm };
}

/** (Σ w)² / Σ w². */
function effectiveCount(weights: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}
