import { exp, log } from "./elementary.ts";
import { logGamma } from "./log-gamma.ts";

/**
 * Q(a, x), the regularized upper incomplete gamma function, for a > 0 and x ≥ 0: P(X > 2x) for X of χ² with 2a degrees of freedom. O(√a) near x = a.
 *
 * Source: NIST Digital Library of Mathematical Functions, 8.7.1 (series) and 8.9.2 (fraction), https://dlmf.nist.gov/8.
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  const front = exp(a * log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * series(a, x) : front * fraction(a, x);
}

/** Σ xⁿ / (a (a + 1) … (a + n)). */
function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 100_000 && term > 1e-17 * sum; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

/** 1/(x + 1 − a − 1(1 − a)/(x + 3 − a − …)), by Lentz's method. */
function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Infinity;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < 100_000; n++) {
    const top = -n * (n - a);
    b += 2;
    d = 1 / (top * d + b);
    c = b + top / c;
    const step = c * d;
    value *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return value;
}
