/**
 * A Gaussian process given its observations. Source: C. E. Rasmussen, C. K. I. Williams, "Gaussian Processes for Machine Learning", 2006,
 * algorithm 2.1: μ(x) = kᵀ K⁻¹ y and σ²(x) = k(x, x) − kᵀ K⁻¹ k, without the noise of a new observation.
 */
import { cholesky, packedLength, solveLower, solveUpper } from "../../math/cholesky.ts";
import { covariances, covarianceSlopes, type Kernel, priorVariance } from "./kernel.ts";
import type { FeaturePoint } from "./feature-space.ts";
import type { Observations } from "./likelihood.ts";

/** The process; `predict…` write into fields that the next call overwrites. */
export interface Posterior {
  readonly kernel: Kernel;
  /** Observations and fantasies. */
  count: number;
  readonly rows: { count: number; readonly features: Float64Array; readonly active: Uint8Array };
  readonly factor: Float64Array;
  readonly y: Float64Array;
  readonly alpha: Float64Array;
  /** The variance of each observation's error, the fitted noise included. */
  readonly noise: Float64Array;
  /** Of the last point predicted. */
  mean: number;
  deviation: number;
  readonly meanSlopes: Float64Array;
  readonly deviationSlopes: Float64Array;
  readonly scratch: { readonly k: Float64Array; readonly v: Float64Array; readonly slopes: Float64Array; readonly decays: Float64Array };
}

export interface PosteriorOptions {
  /** For how many more observations there is to be room; default 0. */
  readonly room?: number;
  /** A posterior of the same hyperparameters, whose rows are taken as far as they are the same. */
  readonly earlier?: Posterior | undefined;
}

/** Conditions on the observations. O(n³ / 6), or O(n²) for each row that `earlier` does not have; the bits are the same. */
export function posteriorOf(kernel: Kernel, { rows, y, errors }: Observations, { room = 0, earlier }: PosteriorOptions = {}): Posterior {
  const d = kernel.axisCount;
  const n = rows.count;
  const most = n + room;
  const features = new Float64Array(most * d);
  const active = new Uint8Array(most * d);
  features.set(rows.features.subarray(0, n * d));
  active.set(rows.active.subarray(0, n * d));
  const values = new Float64Array(most);
  values.set(y.subarray(0, n));
  const factor = new Float64Array(packedLength(most));
  const noise = new Float64Array(most).fill(kernel.noiseVariance);
  for (let i = 0; i < n; i++) noise[i] = kernel.noiseVariance + (errors[i] as number);
  const shared = earlier === undefined ? 0 : sharedRows(earlier, { features, active, noise, count: n });
  if (earlier !== undefined) factor.set(earlier.factor.subarray(0, packedLength(shared)));
  for (let i = shared; i < n; i++) {
    const at = packedLength(i);
    covariances(kernel, { count: i, features, active }, { features, active, start: i * d }, { out: factor, at, count: i });
    factor[at + i] = priorVariance(kernel, active, i * d) + (noise[i] as number);
  }
  cholesky(factor, n, shared);
  const posterior: Posterior = {
    kernel,
    count: n,
    rows: { count: n, features, active },
    factor,
    y: values,
    alpha: new Float64Array(most),
    noise,
    mean: 0,
    deviation: 0,
    meanSlopes: new Float64Array(d),
    deviationSlopes: new Float64Array(d),
    scratch: { k: new Float64Array(most), v: new Float64Array(most), slopes: new Float64Array(most * d), decays: new Float64Array(d) },
  };
  weigh(posterior);
  return posterior;
}

/** How many first rows two posteriors have in common. */
function sharedRows(
  { rows, noise, count, kernel }: Posterior,
  other: { readonly features: Float64Array; readonly active: Uint8Array; readonly noise: Float64Array; readonly count: number },
): number {
  const d = kernel.axisCount;
  const most = Math.min(count, other.count);
  for (let row = 0; row < most; row++) {
    if (noise[row] !== other.noise[row]) return row;
    for (let i = row * d; i < (row + 1) * d; i++) {
      if (rows.features[i] !== other.features[i] || rows.active[i] !== other.active[i]) return row;
    }
  }
  return most;
}

/**
 * Adds an observation of `value` at a point, as a row of the factor. O(n²).
 * Pending trials enter so with the posterior's own mean (D. Ginsbourger, R. Le Riche, L. Carraro, "Kriging is well-suited to parallelize optimization",
 * 2010, doi 10.1007/978-3-642-10701-6_6: the kriging believer).
 */
export function observe(posterior: Posterior, { features, active }: FeaturePoint, value: number): void {
  const { kernel, rows, factor } = posterior;
  const d = kernel.axisCount;
  const n = posterior.count;
  const at = packedLength(n);
  covariances(kernel, rows, { features, active, start: 0 }, { out: factor, at, count: n });
  factor[at + n] = priorVariance(kernel, active) + kernel.noiseVariance;
  cholesky(factor, n + 1, n);
  rows.features.set(features, n * d);
  rows.active.set(active, n * d);
  posterior.y[n] = value;
  posterior.count = rows.count = n + 1;
  weigh(posterior);
}

function weigh({ factor, count, alpha, y }: Posterior): void {
  alpha.set(y);
  solveLower(factor, count, alpha);
  solveUpper(factor, count, alpha);
}

/** The mean and the deviation at a point. O(n²). */
export function predict(posterior: Posterior, { features, active }: FeaturePoint): void {
  const { kernel, rows, count: n, factor, scratch, alpha } = posterior;
  covariances(kernel, rows, { features, active, start: 0 }, { out: scratch.k, at: 0, count: n });
  let mean = 0;
  for (let j = 0; j < n; j++) mean += (scratch.k[j] as number) * (alpha[j] as number);
  scratch.v.set(scratch.k);
  solveLower(factor, n, scratch.v);
  let explained = 0;
  for (let j = 0; j < n; j++) explained += (scratch.v[j] as number) * (scratch.v[j] as number);
  posterior.mean = mean;
  posterior.deviation = deviationOf(priorVariance(kernel, active), explained);
}

/** The mean, the deviation and their derivatives along the axes `wanted`, which must be ordered and active at the point. O(n²). */
export function predictSlopes(posterior: Posterior, { features, active }: FeaturePoint, wanted: readonly number[]): void {
  const { kernel, rows, count: n, factor, scratch, alpha, meanSlopes, deviationSlopes } = posterior;
  covarianceSlopes(kernel, rows, { features, active }, { out: scratch.k, slopes: scratch.slopes, wanted, decays: scratch.decays });
  let mean = 0;
  for (let j = 0; j < n; j++) mean += (scratch.k[j] as number) * (alpha[j] as number);
  scratch.v.set(scratch.k);
  solveLower(factor, n, scratch.v);
  let explained = 0;
  for (let j = 0; j < n; j++) explained += (scratch.v[j] as number) * (scratch.v[j] as number);
  solveUpper(factor, n, scratch.v);
  posterior.mean = mean;
  posterior.deviation = deviationOf(priorVariance(kernel, active), explained);
  for (let w = 0; w < wanted.length; w++) {
    let along = 0;
    let spread = 0;
    for (let j = 0; j < n; j++) {
      const slope = scratch.slopes[w * n + j] as number;
      along += slope * (alpha[j] as number);
      spread += slope * (scratch.v[j] as number);
    }
    meanSlopes[w] = along;
    deviationSlopes[w] = -spread / posterior.deviation;
  }
}

/** At an observation rounding may leave nothing or less of the variance. */
function deviationOf(prior: number, explained: number): number {
  return Math.sqrt(Math.max(prior - explained, 1e-12 * prior));
}

/** Takes a pending trial for a finished one whose value is the mean there, which it returns. */
export function believe(posterior: Posterior, point: FeaturePoint): number {
  predict(posterior, point);
  const { mean } = posterior;
  observe(posterior, point, mean);
  return mean;
}
