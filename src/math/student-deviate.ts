import { log } from "./elementary.ts";

/**
 * The standard normal deviate that is about as far out as Student's t of `degrees` (above 0) degrees of freedom: √(ν ln(1 + t²/ν)) (8ν + 1)/(8ν + 3), with
 * the sign of t. Nearer to 0 than the true one beyond 1, up to deviates of 7 by at most 0.07 for ν ≥ 9 and 0.001 for ν ≥ 83, so
 * that a test by it is on the safe side. ∞ stays ∞.
 *
 * Source: D. L. Wallace, "Bounds on normal approximations to Student's and the chi-square distributions", Annals of Mathematical Statistics 30
 * (1959), 1121–1130, doi 10.1214/aoms/1177706095.
 */
export function studentDeviate(t: number, degrees: number): number {
  const size = Math.sqrt(degrees * log(1 + (t * t) / degrees)) * ((8 * degrees + 1) / (8 * degrees + 3));
  return t < 0 ? -size : size;
}
