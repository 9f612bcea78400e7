import type { Rng } from "../math/rng.ts";
import { mean, variance } from "./column-statistics.ts";

// What estimates of mutual information by nearest neighbours have in common.

/** The column in its standard deviations (where it varies), with a noise that makes ties improbable. */
export function jittered(values: Float64Array, rng: Rng): Float64Array {
  const deviation = Math.sqrt(variance(values, mean(values)));
  const scaled = values.map((value) => (deviation > 0 ? value / deviation : value));
  const size = 1e-10 * Math.max(1, mean(scaled.map(Math.abs)));
  return scaled.map((value) => value + size * rng.normal());
}

/** Rows nearer than the radius, itself among them; at least itself. */
export function rowsWithin(sorted: Float64Array, here: number, radius: number): number {
  const first = bound(sorted, (value) => here - value < radius);
  const end = bound(sorted, (value) => value - here >= radius);
  return Math.max(1, end - first);
}

/** The first index whose value holds; the ones that hold come last. */
function bound(sorted: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** ψ(1) … ψ(n): ψ(1) = −γ, ψ(j + 1) = ψ(j) + 1/j. */
export function integerDigamma(n: number): Float64Array {
  const psi = new Float64Array(n + 1);
  psi[1] = -0.5772156649015329;
  for (let j = 1; j < n; j++) psi[j + 1] = (psi[j] as number) + 1 / j;
  return psi;
}
