import { exp, log } from "./elementary.ts";
import { logGamma } from "./log-gamma.ts";

/**
 * I_x(a, b), the regularized incomplete beta function, for a, b > 0 and x, y = 1 − x in [0, 1]: both are given, so that neither tail loses digits.
 * Relative error about 10⁻¹³ · max(a, b) at worst. O(√max(a, b)).
 *
 * Source: NIST Digital Library of Mathematical Functions, 8.17.22 and 8.17.4, https://dlmf.nist.gov/8.17; the fraction by the method of W. J. Lentz,
 * "Generating Bessel functions in Mie scattering calculations using continued fractions", Applied Optics 15 (1976), 668–671.
 */
export function incompleteBeta(a: number, b: number, x: number, y: number): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  // The fraction is quick on this side of the mean; the other is 1 less its mirror, which is not small there.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, y, x);
  const front = exp(a * log(x) + b * log(y) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  return front / fraction(a, b, x);
}

/** 1 + d₁x/(1 + d₂x/(1 + …)), 8.17.23. */
function fraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let value = 1;
  let c = 1;
  let d = 0;
  for (let n = 1; n < 100_000; n++) {
    const m = Math.floor(n / 2);
    const top = n % 2 === 0 ? m * (b - m) : -(a + m) * (a + b + m);
    const term = (top * x) / ((a + n - 1) * (a + n));
    d = 1 + term * d;
    c = 1 + term / c;
    if (Math.abs(d) < tiny) d = tiny;
    if (Math.abs(c) < tiny) c = tiny;
    d = 1 / d;
    const step = c * d;
    value *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return value;
}
