/**
 * Student's t distribution by the incomplete beta function.
 *
 * Source: M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions" (1964), 26.7.1 and 26.5.27.
 */
import { incompleteBeta } from "./incomplete-beta.ts";

/** P(T > t) for T of Student's t with `degrees` (above 0) degrees of freedom; relative accuracy in the tail. NaN for NaN. */
export function studentTail(t: number, degrees: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  if (Math.abs(t) === Infinity) return t > 0 ? 0 : 1;
  const square = t * t;
  const tail = 0.5 * incompleteBeta(degrees / 2, 0.5, degrees / (degrees + square), square / (degrees + square));
  return t < 0 ? 1 - tail : tail;
}

/** t with P(|T| > t) = `probability`, in (0, 1): half the width of an interval of confidence 1 − probability, in standard errors. */
export function studentDeviation(probability: number, degrees: number): number {
  return fallingRoot((t) => 2 * studentTail(t, degrees) - probability);
}

/** Where a falling function of 0 … ∞ is 0, to the last bits, by halving. */
export function fallingRoot(f: (x: number) => number): number {
  let low = 0;
  let high = 1;
  while (f(high) > 0 && high < 1e300) high *= 2;
  for (;;) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) return middle;
    if (f(middle) > 0) low = middle;
    else high = middle;
  }
}
