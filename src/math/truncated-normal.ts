/**
 * The normal distribution between bounds: the logarithm of the mass of an interval, also far out and for narrow ones, and quantiles.
 *
 * Source: N. L. Johnson, S. Kotz, N. Balakrishnan, "Continuous Univariate Distributions" 1, 2nd ed., Wiley 1994, section 13.10.1; a narrow interval's
 * mass is the Taylor series of φ about its middle, with Hermite polynomials (M. Abramowitz, I. Stegun, 26.2.31).
 */
import { exp, log } from "./elementary.ts";
import { normalCdf, normalLogCdf, normalLogPdf, normalQuantile } from "./normal-distribution.ts";

/** ln(Φ(high) − Φ(low)) for low ≤ high, either of them infinite too; −∞ where they are equal. Relative error of the mass below 10⁻⁸, mostly 10⁻¹³. */
export function logNormalMass(low: number, high: number): number {
  // The lower tail mirrors the upper one, and there nothing cancels.
  if (low + high > 0) return logNormalMass(-high, -low);
  const width = high - low;
  const middle = low + width / 2;
  if (width === 0) return -Infinity;
  if (width * Math.max(1, -middle) < 0.3) {
    const [w, m] = [width * width, middle * middle];
    return log(width) + normalLogPdf(middle) + log(1 + (w * (m - 1)) / 24 + (w * w * (m * m - 6 * m + 3)) / 1920);
  }
  if (high > -1) return log(normalCdf(high) - normalCdf(low));
  const end = normalLogCdf(high);
  return end + log(1 - exp(normalLogCdf(low) - end));
}

/** x from 0 to 1 below which lies the share `p` of a normal of this mean (from 0 to 1) and deviation, cut off outside of [0, 1]. */
export function unitNormalQuantile(p: number, mean: number, deviation: number): number {
  const start = normalCdf(-mean / deviation);
  const end = normalCdf((1 - mean) / deviation);
  return Math.min(1, Math.max(0, mean + deviation * normalQuantile(start + p * (end - start))));
}
