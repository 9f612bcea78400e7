/**
 * Values of one objective on the scale that its process models: linear from the best one to the end of the front (the median at least),
 * logarithmic above, then standardised: what is far from the front does not flatten it, and hypervolumes within it keep their proportions.
 */
import { log } from "../../math/elementary.ts";

export interface ScaledObjective {
  /** NaN where the value is. */
  readonly values: readonly number[];
  /** What one of the objective is on the scale, where it is linear. */
  readonly slope: number;
}

/** `values` are minimised, some may be NaN or infinite (infinities count as the most extreme finite value); `frontEnd` is the worst on the front. */
export function scaledObjective(values: readonly number[], frontEnd: number): ScaledObjective {
  const sorted = values.filter((value) => Number.isFinite(value)).toSorted((a, b) => a - b);
  const best = sorted[0] ?? 0;
  const worst = sorted.at(-1) ?? 0;
  const median = sorted[sorted.length >> 1] ?? 0;
  const knee = Math.max(median, Number.isFinite(frontEnd) ? frontEnd : median);
  // Halves: the difference of two doubles may overflow.
  const half = (knee > best ? knee : worst) / 2 - best / 2;
  if (!(half > 0)) {
    const outside = (value: number): number => (value > worst ? 1 : value < best ? -1 : value - value);
    return { values: values.map(outside), slope: 1 };
  }
  const compressed = (value: number): number => {
    const z = (Math.min(worst, Math.max(best, value)) / 2 - best / 2) / half;
    return z > 1 ? 1 + log(z) : z;
  };
  const seen = sorted.map(compressed);
  const mean = seen.reduce((sum, one) => sum + one, 0) / seen.length;
  const deviation = Math.sqrt(seen.reduce((sum, one) => sum + (one - mean) ** 2, 0) / seen.length);
  return { values: values.map((value) => (compressed(value) - mean) / deviation), slope: 0.5 / half / deviation };
}
