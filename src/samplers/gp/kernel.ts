/**
 * The covariance of a function's values at two configurations.
 *
 * k(x, x′) = s M(r) + a/D Σᵢ mᵢ m′ᵢ M(|xᵢ − x′ᵢ| / λᵢ),  r² = Σᵢ (xᵢ − x′ᵢ)² / ℓᵢ²,  M(r) = (1 + √5 r + 5 r²/3) e^(−√5 r):
 * a Matérn-5/2 kernel with one length scale ℓᵢ an axis (ARD) and, where D is small, a sum of kernels of one axis each. Categories are
 * 0 or 1 apart (Hamming); mᵢ is 1 where axis i is active, and an axis that is not lies at ½ in the first term, so that
 * branches are apart by their choice and each parameter of a branch is learned from the trials that have it.
 *
 * Sources: C. E. Rasmussen, C. K. I. Williams, "Gaussian Processes for Machine Learning", 2006, eq. 4.17 and chapter 5;
 * D. Duvenaud, H. Nickisch, C. E. Rasmussen, "Additive Gaussian processes", NeurIPS 2011, arXiv:1112.4394; for branches the idea of
 * K. Swersky et al., "Raiders of the lost architecture", 2014, arXiv:1409.4011.
 *
 * Hyperparameters θ, all natural logarithms: ℓ (D), then λ (D) and s, a, σ² with the sum, or s, σ² without it; σ² is the noise's variance.
 */
import { decayingExp } from "../../math/decaying-exp.ts";
import { exp } from "../../math/elementary.ts";

const root5 = 2.23606797749979;

/** The shape of the kernel. */
export interface KernelShape {
  readonly axisCount: number;
  readonly categorical: Uint8Array;
  /** With the sum of kernels of one axis. */
  readonly additive: boolean;
}

/** A kernel with its hyperparameters. */
export interface Kernel extends KernelShape {
  /** √5 / ℓᵢ. */
  readonly joint: Float64Array;
  /** √5 / λᵢ. */
  readonly single: Float64Array;
  /** s. */
  readonly jointVariance: number;
  /** a / D; 0 without the sum. */
  readonly singleVariance: number;
  readonly noiseVariance: number;
}

/** Configurations as rows: features and activity, `count` × axes, row-major. */
export interface FeatureRows {
  readonly count: number;
  readonly features: Float64Array;
  readonly active: Uint8Array;
}

export function hyperparameterCount({ axisCount, additive }: KernelShape): number {
  return additive ? 2 * axisCount + 3 : axisCount + 2;
}

export function kernelOf(shape: KernelShape, theta: ArrayLike<number>): Kernel {
  const { axisCount: d, additive } = shape;
  const at = (i: number): number => exp(theta[i] as number);
  const scale = (i: number): number => root5 * exp(-(theta[i] as number));
  return {
    ...shape,
    joint: Float64Array.from({ length: d }, (_, i) => scale(i)),
    single: Float64Array.from({ length: d }, (_, i) => (additive ? scale(d + i) : 0)),
    jointVariance: at(additive ? 2 * d : d),
    singleVariance: additive ? at(2 * d + 1) / d : 0,
    noiseVariance: at(additive ? 2 * d + 2 : d + 1),
  };
}

/** k(x, x) without noise. */
export function priorVariance(kernel: Kernel, active: Uint8Array, start: number = 0): number {
  let count = 0;
  for (let i = 0; i < kernel.axisCount; i++) count += active[start + i] as number;
  return kernel.jointVariance + kernel.singleVariance * count;
}

/** k(x, row j) for j < count into `out` from `at`, x being row `start` of `features` and `active`. O(count × D). */
export function covariances(
  kernel: Kernel,
  rows: FeatureRows,
  x: { readonly features: Float64Array; readonly active: Uint8Array; readonly start: number },
  into: { readonly out: Float64Array; readonly at: number; readonly count: number },
): void {
  const { axisCount: d, categorical, joint, single, jointVariance, singleVariance } = kernel;
  for (let j = 0; j < into.count; j++) {
    const row = j * d;
    let squared = 0;
    let sum = 0;
    for (let i = 0; i < d; i++) {
      const gap = Math.abs((x.features[x.start + i] as number) - (rows.features[row + i] as number));
      const delta = categorical[i] === 1 && gap > 0 ? 1 : gap;
      const scaled = delta * (joint[i] as number);
      squared += scaled * scaled;
      if (singleVariance > 0 && (x.active[x.start + i] as number) * (rows.active[row + i] as number) === 1) {
        const t = delta * (single[i] as number);
        sum += (1 + t + (t * t) / 3) * decayingExp(t);
      }
    }
    const r = Math.sqrt(squared);
    into.out[into.at + j] = jointVariance * (1 + r + squared / 3) * decayingExp(r) + singleVariance * sum;
  }
}

/**
 * k(x, row j) into `out` and its derivatives along x's axes `wanted` into `slopes` (wanted.length × count, one axis after the
 * other); `decays` is scratch of one number an axis. The wanted axes must be ordered and active in x.
 */
export function covarianceSlopes(
  kernel: Kernel,
  rows: FeatureRows,
  x: { readonly features: Float64Array; readonly active: Uint8Array },
  into: { readonly out: Float64Array; readonly slopes: Float64Array; readonly wanted: readonly number[]; readonly decays: Float64Array },
): void {
  const { axisCount: d, categorical, joint, single, jointVariance, singleVariance } = kernel;
  const { out, slopes, wanted, decays } = into;
  const n = rows.count;
  for (let j = 0; j < n; j++) {
    const row = j * d;
    let squared = 0;
    let sum = 0;
    for (let i = 0; i < d; i++) {
      const gap = Math.abs((x.features[i] as number) - (rows.features[row + i] as number));
      const delta = categorical[i] === 1 && gap > 0 ? 1 : gap;
      const scaled = delta * (joint[i] as number);
      squared += scaled * scaled;
      if (singleVariance > 0 && (x.active[i] as number) * (rows.active[row + i] as number) === 1) {
        const t = delta * (single[i] as number);
        const decay = decayingExp(t);
        decays[i] = decay;
        sum += (1 + t + (t * t) / 3) * decay;
      }
    }
    const r = Math.sqrt(squared);
    const decay = decayingExp(r);
    out[j] = jointVariance * (1 + r + squared / 3) * decay + singleVariance * sum;
    const common = (-jointVariance / 3) * (1 + r) * decay;
    for (let w = 0; w < wanted.length; w++) {
      const i = wanted[w] as number;
      const difference = (x.features[i] as number) - (rows.features[row + i] as number);
      const scale = joint[i] as number;
      let slope = common * scale * scale * difference;
      if (singleVariance > 0 && rows.active[row + i] === 1) {
        const inverse = single[i] as number;
        const t = Math.abs(difference) * inverse;
        slope -= ((singleVariance * inverse * inverse * difference) / 3) * (1 + t) * (decays[i] as number);
      }
      slopes[w * n + j] = slope;
    }
  }
}
