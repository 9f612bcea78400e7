import { incompleteBeta } from "./incomplete-beta.ts";

/**
 * P(X > f) for X of the F distribution with `above` and `below` degrees of freedom.
 *
 * Source: M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions" (1964), 26.6.2.
 */
export function fTail(f: number, above: number, below: number): number {
  if (!(f > 0)) return Number.isNaN(f) ? Number.NaN : 1;
  if (f === Infinity) return 0;
  const whole = below + above * f;
  return incompleteBeta(below / 2, above / 2, below / whole, (above * f) / whole);
}
