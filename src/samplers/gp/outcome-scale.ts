/**
 * Values on the scale that the process models: linear from the best to the median, logarithmic above it, then standardised. So a few huge
 * values do not flatten what lies near the best, and as the search closes in, the median falls and the scale opens up.
 * The idea of compressing what is bad: D. Eriksson, M. Poloczek, "Scalable constrained Bayesian optimization", AISTATS 2021, arXiv:2002.08526 (section 3, "bilog").
 */
import { exp, log } from "../../math/elementary.ts";

export interface OutcomeScale {
  /** Of a value that is not NaN; infinities count as the most extreme finite value. */
  valueOf(value: number): number;
  /** The value at a place of the scale, which goes on straight below the best; NaN where all values are equal. */
  originalOf(place: number): number;
  /** How much the scale stretches at a value. */
  slopeAt(value: number): number;
}

/** Made from values of which some may be NaN or infinite. O(n log n). */
export function outcomeScale(values: readonly number[]): OutcomeScale {
  const sorted = Float64Array.from(values.filter((value) => Number.isFinite(value))).sort();
  const n = sorted.length;
  if (n === 0) return { valueOf: (value) => (value > 0 ? 1 : value < 0 ? -1 : 0), originalOf: () => Number.NaN, slopeAt: () => 1 };
  const best = sorted[0] as number;
  const worst = sorted[n - 1] as number;
  // Halves: the difference of two doubles may overflow.
  let middle = sorted[n >> 1] as number;
  for (let i = n >> 1; i < n && middle <= best; i++) middle = sorted[i] as number;
  const half = middle / 2 - best / 2;
  if (!(half > 0))
    return { valueOf: (value) => (value > worst ? 1 : value < best ? -1 : 0), originalOf: () => Number.NaN, slopeAt: () => 1 };
  const distance = (value: number): number => (value / 2 - best / 2) / half;
  const compressed = (value: number): number => {
    const z = distance(Math.min(worst, Math.max(best, value)));
    return z <= 1 ? z : 1 + log(z);
  };
  let mean = 0;
  for (let i = 0; i < n; i++) mean += compressed(sorted[i] as number);
  mean /= n;
  let variance = 0;
  for (let i = 0; i < n; i++) {
    const away = compressed(sorted[i] as number) - mean;
    variance += away * away;
  }
  const deviation = Math.sqrt(variance / n);
  return {
    valueOf: (value) => (compressed(value) - mean) / deviation,
    originalOf(place) {
      const z = place * deviation + mean;
      return best + 2 * half * (z <= 1 ? z : exp(z - 1));
    },
    slopeAt: (value) => 0.5 / half / Math.max(1, distance(Math.min(worst, value))) / deviation,
  };
}
