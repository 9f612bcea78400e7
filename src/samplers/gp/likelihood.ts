/**
 * The logarithm of the posterior density of a Gaussian process's hyperparameters and its gradient.
 *
 * Source: C. E. Rasmussen, C. K. I. Williams, "Gaussian Processes for Machine Learning", 2006: with K the covariances of the observations, noise
 * included, and α = K⁻¹ y, ln p(y | θ) = −½ yᵀα − ½ ln det K − n/2 ln 2π (eq. 2.30), and
 * ∂/∂θ = ½ Σᵢⱼ (αᵢ αⱼ − K⁻¹ᵢⱼ) ∂Kᵢⱼ/∂θ (eq. 5.9).
 */
import { cholesky, inverseFromFactor, logDeterminant, packedLength, solveLower, solveUpper } from "../../math/cholesky.ts";
import { decayingExp } from "../../math/decaying-exp.ts";
import { log } from "../../math/elementary.ts";
import { type FeatureRows, hyperparameterCount, kernelOf, type KernelShape, priorVariance } from "./kernel.ts";

/** What a process is fitted to. */
export interface Observations {
  readonly rows: FeatureRows;
  /** Values, standardised. */
  readonly y: Float64Array;
  /** Known variance of each value's error, beside the fitted noise. */
  readonly errors: Float64Array;
}

/** A normal prior on each hyperparameter's logarithm, and its bounds. */
export interface Prior {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** The density falls with e^(−rate · σ²) besides. */
  readonly noiseRate: number;
}

const log2Pi = 1.8378770664093453;

/**
 * −ln p(y | θ) − ln p(θ), up to a constant of the prior, as a function of θ that writes its gradient. O(n³ / 2 + n² D) a call;
 * the distances of all pairs are kept between calls (8 n² D bytes with the sum of kernels, half without).
 */
export function negativeLogPosterior(
  shape: KernelShape,
  { rows, y, errors }: Observations,
  prior: Prior | null,
): (theta: Float64Array, gradient: Float64Array) => number {
  const { axisCount: d, additive } = shape;
  const n = rows.count;
  const triangle = packedLength(n);
  const size = hyperparameterCount(shape);
  const gaps = pairGaps(shape, rows);
  const both = additive ? pairActivity(shape, rows) : new Uint8Array(0);
  const factor = new Float64Array(triangle);
  const inverse = new Float64Array(triangle);
  const scratch = new Float64Array(triangle);
  const alpha = new Float64Array(n);
  // By pair: M(r) and −r² dM/d(r²) / r²; by pair and axis, −dM/d ln λ of the sum's kernels; by pair their sum.
  const joints = new Float64Array(triangle);
  const bends = new Float64Array(triangle);
  const singles = new Float64Array(additive ? triangle : 0);
  const singleBends = new Float64Array(additive ? triangle * d : 0);
  const jointSlopes = new Float64Array(d);
  const singleSlopes = new Float64Array(d);

  return (theta, gradient) => {
    const kernel = kernelOf(shape, theta);
    const { joint, single, jointVariance, singleVariance, noiseVariance } = kernel;
    for (let i = 0, pair = 0; i < n; i++) {
      for (let j = 0; j < i; j++, pair++) {
        let squared = 0;
        let sum = 0;
        const at = pair * d;
        for (let k = 0; k < d; k++) {
          const gap = gaps[at + k] as number;
          const scaled = gap * (joint[k] as number);
          squared += scaled * scaled;
          if (!additive) continue;
          if (both[at + k] === 1) {
            const t = gap * (single[k] as number);
            const decay = decayingExp(t);
            sum += (1 + t + (t * t) / 3) * decay;
            singleBends[at + k] = ((t * t) / 3) * (1 + t) * decay;
          } else singleBends[at + k] = 0;
        }
        const r = Math.sqrt(squared);
        const decay = decayingExp(r);
        joints[pair] = (1 + r + squared / 3) * decay;
        bends[pair] = ((1 + r) / 3) * decay;
        if (additive) singles[pair] = sum;
        factor[pair] = jointVariance * (joints[pair] as number) + singleVariance * sum;
      }
      factor[pair++] = priorVariance(kernel, rows.active, i * d) + noiseVariance + (errors[i] as number);
    }
    cholesky(factor, n);
    alpha.set(y);
    solveLower(factor, n, alpha);
    let fit = 0;
    for (let i = 0; i < n; i++) fit += (alpha[i] as number) * (alpha[i] as number);
    solveUpper(factor, n, alpha);
    inverseFromFactor(factor, n, inverse, scratch);
    let value = 0.5 * fit + 0.5 * logDeterminant(factor, n, log) + 0.5 * n * log2Pi;

    // −2 ∂/∂θ over the pairs i > j counts each twice, which the ½ of eq. 5.9 takes back.
    jointSlopes.fill(0);
    singleSlopes.fill(0);
    let jointShare = 0;
    let singleShare = 0;
    let trace = 0;
    for (let i = 0, pair = 0; i < n; i++) {
      const own = alpha[i] as number;
      for (let j = 0; j < i; j++, pair++) {
        const weight = own * (alpha[j] as number) - (inverse[pair] as number);
        jointShare += weight * (joints[pair] as number);
        const bend = weight * (bends[pair] as number);
        const at = pair * d;
        for (let k = 0; k < d; k++) {
          const gap = gaps[at + k] as number;
          jointSlopes[k] = (jointSlopes[k] as number) + bend * gap * gap;
        }
        if (!additive) continue;
        singleShare += weight * (singles[pair] as number);
        for (let k = 0; k < d; k++) singleSlopes[k] = (singleSlopes[k] as number) + weight * (singleBends[at + k] as number);
      }
      const weight = 0.5 * (own * own - (inverse[pair++] as number));
      trace += weight;
      jointShare += weight;
      if (additive) for (let k = 0; k < d; k++) singleShare += weight * (rows.active[i * d + k] as number);
    }
    for (let k = 0; k < d; k++) {
      const scale = joint[k] as number;
      gradient[k] = -jointVariance * scale * scale * (jointSlopes[k] as number);
      if (additive) gradient[d + k] = -singleVariance * (singleSlopes[k] as number);
    }
    gradient[additive ? 2 * d : d] = -jointVariance * jointShare;
    if (additive) gradient[2 * d + 1] = -singleVariance * singleShare;
    gradient[size - 1] = -noiseVariance * trace;

    if (prior !== null) {
      for (let k = 0; k < size; k++) {
        const away = ((theta[k] as number) - (prior.mean[k] as number)) / (prior.deviation[k] as number);
        value += 0.5 * away * away;
        gradient[k] = (gradient[k] as number) + away / (prior.deviation[k] as number);
      }
      value += prior.noiseRate * noiseVariance;
      gradient[size - 1] = (gradient[size - 1] as number) + prior.noiseRate * noiseVariance;
    }
    return value;
  };
}

/** |xᵢ − x′ᵢ| for each pair i > j (at its place in a packed triangle) and axis; 0 or 1 for categories. */
function pairGaps({ axisCount: d, categorical }: KernelShape, { count, features }: FeatureRows): Float64Array {
  const gaps = new Float64Array(packedLength(count) * d);
  for (let i = 0, pair = 0; i < count; i++, pair++) {
    for (let j = 0; j < i; j++, pair++) {
      for (let k = 0; k < d; k++) {
        const gap = Math.abs((features[i * d + k] as number) - (features[j * d + k] as number));
        gaps[pair * d + k] = categorical[k] === 1 && gap > 0 ? 1 : gap;
      }
    }
  }
  return gaps;
}

function pairActivity({ axisCount: d }: KernelShape, { count, active }: FeatureRows): Uint8Array {
  const both = new Uint8Array(packedLength(count) * d);
  for (let i = 0, pair = 0; i < count; i++, pair++) {
    for (let j = 0; j < i; j++, pair++) {
      for (let k = 0; k < d; k++) both[pair * d + k] = (active[i * d + k] as number) * (active[j * d + k] as number);
    }
  }
  return both;
}
