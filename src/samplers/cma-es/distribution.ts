/**
 * The normal distribution of CMA-ES and its update by one generation.
 *
 * Sources: N. Hansen, "The CMA Evolution Strategy: A Tutorial" (2016, revised 2023), arXiv 1604.00772, the equations named in the code;
 * N. Hansen, "Injecting external solutions into CMA-ES" (2011), arXiv 1110.4181, for points drawn elsewhere. Notation: m mean, σ step,
 * C = B D² Bᵀ covariance, A = diag(scale) the margin's scaling, v = m + σ A B D z a point, y = B D z, z ~ N(0, I).
 */
import { exp } from "../../math/elementary.ts";
import { symmetricEigen } from "../../math/symmetric-eigen.ts";
import type { Strategy } from "./strategy.ts";

/** What points are drawn from; never changed once it is made. */
export interface Snapshot {
  readonly mean: Float64Array;
  readonly sigma: number;
  /** A; 1 but for coordinates whose values can be counted. */
  readonly scale: Float64Array;
  /** B, n × n, row-major, one eigenvector a column. */
  readonly vectors: Float64Array;
  /** D. */
  readonly roots: Float64Array;
  /** σ A √C_dd: the standard deviation of each coordinate. */
  readonly deviations: Float64Array;
}

/** Snapshot and memory of one run, from a start to a restart. */
export interface Distribution {
  readonly strategy: Strategy;
  snapshot: Snapshot;
  readonly covariance: Float64Array;
  readonly pathSigma: Float64Array;
  readonly pathC: Float64Array;
  generation: number;
  /** (1 − c_σ)^(2 · generation). */
  decay: number;
}

/** A share of the range; wider draws would mostly leave the cube. */
export const widestDeviation = 0.5;

/** The start of a run: C = I. */
export function startDistribution(strategy: Strategy, mean: Float64Array, sigma: number): Distribution {
  const n = strategy.dimension;
  const identity = new Float64Array(n * n);
  for (let d = 0; d < n; d++) identity[d * n + d] = 1;
  const ones = new Float64Array(n).fill(1);
  return {
    strategy,
    snapshot: { mean, sigma, scale: ones, vectors: identity.slice(), roots: ones, deviations: ones.map(() => sigma) },
    covariance: identity,
    pathSigma: new Float64Array(n),
    pathC: new Float64Array(n),
    generation: 0,
    decay: 1,
  };
}

/** v = m + σ A B D z into `v`. */
export function place(snapshot: Snapshot, z: Float64Array, v: Float64Array): void {
  const { mean, sigma, scale, vectors, roots } = snapshot;
  const n = mean.length;
  for (let d = 0; d < n; d++) {
    let y = 0;
    for (let k = 0; k < n; k++) y += (vectors[d * n + k] as number) * (roots[k] as number) * (z[k] as number);
    v[d] = (mean[d] as number) + sigma * (scale[d] as number) * y;
  }
}

/**
 * Takes in a generation: `points` best first, with a weight each. Points drawn from earlier distributions or elsewhere are
 * welcome: each counts as a step from the present mean, shortened where own steps are never as long (Hansen 2011, eq. 3).
 * O(λ n² + n³).
 */
export function update(distribution: Distribution, points: readonly Float64Array[], weights: Float64Array): void {
  const { strategy, snapshot, covariance, pathSigma, pathC } = distribution;
  const { dimension: n, effective, cSigma, dSigma, cPath, cOne, cMu, expectedNorm } = strategy;
  const { mean, sigma, scale, vectors } = snapshot;
  const steps = new Float64Array(points.length * n);
  const lengths = new Float64Array(points.length);
  const z = new Float64Array(n);
  const yMean = new Float64Array(n);
  const zMean = new Float64Array(n);
  const longest = longestStep(n);
  for (const [i, v] of points.entries()) {
    const y = steps.subarray(i * n, (i + 1) * n);
    const length = standardise(snapshot, v, y, z);
    const shrink = length > longest ? longest / length : 1;
    lengths[i] = length * shrink;
    const weight = Math.max(0, weights[i] as number);
    for (let d = 0; d < n; d++) {
      y[d] = (y[d] as number) * shrink;
      yMean[d] = (yMean[d] as number) + weight * (y[d] as number);
      zMean[d] = (zMean[d] as number) + weight * (z[d] as number) * shrink;
    }
  }
  // eq. 43 and 44; B z is C^(−1/2) y.
  const push = Math.sqrt(cSigma * (2 - cSigma) * effective);
  let norm = 0;
  for (let d = 0; d < n; d++) {
    let whitened = 0;
    for (let k = 0; k < n; k++) whitened += (vectors[d * n + k] as number) * (zMean[k] as number);
    const path = (1 - cSigma) * (pathSigma[d] as number) + push * whitened;
    pathSigma[d] = path;
    norm += path * path;
  }
  norm = Math.sqrt(norm);
  distribution.generation++;
  distribution.decay *= (1 - cSigma) * (1 - cSigma);
  const stalled = norm / Math.sqrt(1 - distribution.decay) < (1.4 + 2 / (n + 1)) * expectedNorm ? 0 : 1;
  const nextSigma = sigma * exp(Math.min(1, (cSigma / dSigma) * (norm / expectedNorm - 1)));
  // eq. 42
  const nextMean = mean.map((m, d) => m + sigma * (scale[d] as number) * (yMean[d] as number));
  // eq. 45
  const pull = (1 - stalled) * Math.sqrt(cPath * (2 - cPath) * effective);
  for (let d = 0; d < n; d++) pathC[d] = (1 - cPath) * (pathC[d] as number) + pull * (yMean[d] as number);
  // eq. 46 and 47
  let sum = 0;
  const scaled = weights.map((weight, i) => {
    sum += weight;
    return weight >= 0 ? weight : (weight * n) / Math.max(1e-30, (lengths[i] as number) * (lengths[i] as number));
  });
  const keep = 1 + cOne * stalled * cPath * (2 - cPath) - cOne - cMu * sum;
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let rank = 0;
      for (let i = 0; i < points.length; i++)
        rank += (scaled[i] as number) * (steps[i * n + row] as number) * (steps[i * n + column] as number);
      const entry =
        keep * (covariance[row * n + column] as number) + cOne * (pathC[row] as number) * (pathC[column] as number) + cMu * rank;
      covariance[row * n + column] = entry;
      covariance[column * n + row] = entry;
    }
  }
  // Between decompositions B and D are those of an earlier C (section B.2 of the tutorial).
  const every = Math.max(1, Math.floor(1 / (10 * n * (cOne + cMu))));
  const axes = distribution.generation % every === 0 ? principalAxes(covariance, n) : snapshot;
  const size = rescale(distribution);
  const { roots } = axes;
  distribution.snapshot = snapshotOf(covariance, {
    mean: nextMean,
    sigma: nextSigma * size,
    scale,
    vectors: axes.vectors,
    roots: roots.map((root) => root / size),
  });
}

/**
 * Makes the mean variance of C 1 and gives the factor by which σ must grow, so that σ is the step size: points that stay for two
 * generations let C shrink and σ grow, which is all the same to what is drawn.
 */
function rescale({ covariance, pathC }: Distribution): number {
  const n = pathC.length;
  let trace = 0;
  for (let d = 0; d < n; d++) trace += covariance[d * n + d] as number;
  const size = Math.sqrt(trace / n);
  for (let at = 0; at < covariance.length; at++) covariance[at] = (covariance[at] as number) / (size * size);
  for (let d = 0; d < n; d++) pathC[d] = (pathC[d] as number) / size;
  return size;
}

/** √n + 2n / (n + 2): few draws are longer. */
export function longestStep(n: number): number {
  return Math.sqrt(n) + (2 * n) / (n + 2);
}

/** y = A⁻¹ (v − m) / σ and z = D⁻¹ Bᵀ y; gives ‖z‖, the Mahalanobis distance of v. */
export function standardise(snapshot: Snapshot, v: Float64Array, y: Float64Array, z: Float64Array): number {
  const { mean, sigma, scale, vectors, roots } = snapshot;
  const n = mean.length;
  for (let d = 0; d < n; d++) y[d] = ((v[d] as number) - (mean[d] as number)) / (sigma * (scale[d] as number));
  let squares = 0;
  for (let k = 0; k < n; k++) {
    let sum = 0;
    for (let d = 0; d < n; d++) sum += (vectors[d * n + k] as number) * (y[d] as number);
    z[k] = sum / (roots[k] as number);
    squares += (z[k] as number) * (z[k] as number);
  }
  return Math.sqrt(squares);
}

function principalAxes(covariance: Float64Array, n: number): Pick<Snapshot, "vectors" | "roots"> {
  const vectors = covariance.slice();
  const roots = new Float64Array(n);
  symmetricEigen(vectors, roots);
  let largest = 0;
  for (const value of roots) largest = Math.max(largest, value);
  // Rounding may push the least eigenvalues below 0.
  return { vectors, roots: roots.map((value) => Math.sqrt(Math.max(value, largest * 1e-15))) };
}

/** Bounds σ so that no coordinate's deviation exceeds half of its range. */
function snapshotOf(covariance: Float64Array, drawn: Omit<Snapshot, "deviations">): Snapshot {
  const { mean, sigma, scale } = drawn;
  const n = mean.length;
  const spread = mean.map((_, d) => (scale[d] as number) * Math.sqrt(covariance[d * n + d] as number));
  let widest = 0;
  for (const one of spread) widest = Math.max(widest, one);
  const bounded = Math.min(sigma, widestDeviation / widest);
  return { ...drawn, sigma: bounded, deviations: spread.map((one) => bounded * one) };
}
