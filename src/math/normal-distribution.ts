/**
 * The standard normal distribution, with relative accuracy in both tails, from + − × ÷ √ and this package's exp and log alone.
 *
 * Sources: W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation 23 (1969), 631–637,
 * doi 10.1090/S0025-5718-1969-0247736-4; P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution
 * function" (2003), refined by one step of Halley's method.
 */
import { exp, log } from "./elementary.ts";

const inverseRootPi = 0.5641895835477563;
const inverseRoot2 = 0.7071067811865476;
const rootTwoPi = 2.5066282746310007;
const logRootTwoPi = 0.9189385332046728;

const a = [3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694, 0.18577770618460315] as const;
const b = [23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171] as const;
const c = [
  0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769, 1712.0476126340707, 2051.0783778260716,
  1230.3393547979972, 2.1531153547440383e-8,
] as const;
const d = [
  15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597, 4362.619090143247, 3439.3676741437216,
  1230.3393548037495,
] as const;
const p = [
  0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275, 0.0006587491615298378, 0.016315387137302097,
] as const;
const q = [2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918] as const;

/** erf(x) for |x| ≤ 0.46875. */
function erfNearZero(x: number): number {
  const z = x * x;
  let top = a[4] * z;
  let bottom = z;
  for (let i = 0; i < 3; i++) {
    top = (top + (a[i] as number)) * z;
    bottom = (bottom + (b[i] as number)) * z;
  }
  return (x * (top + a[3])) / (bottom + b[3]);
}

/** e^(y²) erfc(y) for y ≥ 0.46875. */
function scaledErfc(y: number): number {
  if (y <= 4) {
    let top = c[8] * y;
    let bottom = y;
    for (let i = 0; i < 7; i++) {
      top = (top + (c[i] as number)) * y;
      bottom = (bottom + (d[i] as number)) * y;
    }
    return (top + c[7]) / (bottom + d[7]);
  }
  if (y > 6e7) return inverseRootPi / y;
  const z = 1 / (y * y);
  let top = p[5] * z;
  let bottom = z;
  for (let i = 0; i < 4; i++) {
    top = (top + (p[i] as number)) * z;
    bottom = (bottom + (q[i] as number)) * z;
  }
  return (inverseRootPi - (z * (top + p[4])) / (bottom + q[4])) / y;
}

/** e^(−y²) without the rounding error of y². */
function gaussian(y: number): number {
  const head = Math.trunc(y * 16) / 16;
  return exp(-head * head) * exp(-(y - head) * (y + head));
}

/** φ(x) = e^(−x²/2) / √(2π). */
export function normalPdf(x: number): number {
  return exp(-0.5 * x * x) / rootTwoPi;
}

/** ln φ(x). */
export function normalLogPdf(x: number): number {
  return -0.5 * x * x - logRootTwoPi;
}

/** Φ(x), the probability of a value below x; relative error below 10⁻¹⁴ down to x = −37. */
export function normalCdf(x: number): number {
  const y = Math.abs(x) * inverseRoot2;
  if (!(y > 0.46875)) return 0.5 + 0.5 * erfNearZero(x * inverseRoot2);
  const tail = y > 27 ? 0 : 0.5 * gaussian(y) * scaledErfc(y);
  return x < 0 ? tail : 1 - tail;
}

/** ln Φ(x), also where Φ(x) underflows. */
export function normalLogCdf(x: number): number {
  if (x > 5) {
    // ln(1 − t) for t below 3 · 10⁻⁷.
    const t = normalCdf(-x);
    return -t * (1 + t / 2);
  }
  if (x > -0.66) return log(normalCdf(x));
  const y = -x * inverseRoot2;
  return log(0.5 * scaledErfc(y)) - y * y;
}

/** (1 − Φ(x)) / φ(x), Mills' ratio, for x ≥ 0.67: near 1/x far out. */
export function millsRatio(x: number): number {
  return scaledErfc(x * inverseRoot2) * (rootTwoPi / 2);
}

const quantileA = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
] as const;
const quantileB = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572] as const;
const quantileC = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783,
] as const;
const quantileD = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416] as const;

/** x with Φ(x) = probability; ∓∞ at 0 and 1, NaN outside [0, 1]. Exact to a few units in the last place of the probability. */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1)) return Number.NaN;
  if (probability === 0) return -Infinity;
  if (probability === 1) return Infinity;
  // The upper half mirrors the lower: there 1 − probability is exact.
  if (probability > 0.5) return -normalQuantile(1 - probability);
  const x = firstQuantile(probability);
  // Halley's method on ln Φ would lose digits near ½; on Φ it is exact where φ does not underflow.
  const error = (normalCdf(x) - probability) * rootTwoPi * exp(0.5 * x * x);
  return x - error / (1 + 0.5 * x * error);
}

/** Relative error below 1.2 · 10⁻⁹; for probabilities up to ½. */
function firstQuantile(probability: number): number {
  if (probability < 0.02425) {
    const r = Math.sqrt(-2 * log(probability));
    const [c0, c1, c2, c3, c4, c5] = quantileC;
    const [d0, d1, d2, d3] = quantileD;
    return (((((c0 * r + c1) * r + c2) * r + c3) * r + c4) * r + c5) / ((((d0 * r + d1) * r + d2) * r + d3) * r + 1);
  }
  const r = probability - 0.5;
  const s = r * r;
  const [a0, a1, a2, a3, a4, a5] = quantileA;
  const [b0, b1, b2, b3, b4] = quantileB;
  return ((((((a0 * s + a1) * s + a2) * s + a3) * s + a4) * s + a5) * r) / (((((b0 * s + b1) * s + b2) * s + b3) * s + b4) * s + 1);
}
