import { log } from "./elementary.ts";

/**
 * A lower confidence sequence for the mean of N numbers in [0, 1] that are drawn one by one, without replacement, in random order: entry t − 1 is a bound
 * from the first t draws, and with probability 1 − α no entry is above the mean, whenever one stops. Each is the larger of the empirical-Bernstein-type bound
 *
 *   Σ λᵢ(xᵢ + Σ_{j<i} xⱼ / (N − i + 1)) − ln(1/α) − Σ 4(xᵢ − μ̂ᵢ₋₁)² ψ(λᵢ), divided by Σ λᵢ(1 + (i − 1)/(N − i + 1)),
 *
 * with ψ(λ) = (−ln(1 − λ) − λ)/4, μ̂ᵢ = (½ + Σ_{j≤i} xⱼ)/(i + 1) and
 * λᵢ = √(2 ln(1/α) / ((¼ + Σ_{j<i} (xⱼ − μ̂ⱼ₋₁)²) ln(i + 1))), at most ½, and of the logical bound Σ xᵢ / N, which
 * is certain since no draw to come is below 0; and of all before. O(draws)
 *
 * Source: I. Waudby-Smith, A. Ramdas, "Confidence sequences for sampling without replacement", NeurIPS 2020, theorem 4 (one side of it) and section 3.
 */
export function lowerConfidenceSequence(draws: readonly number[], population: number, alpha: number): Float64Array {
  const bounds = new Float64Array(draws.length);
  const level = log(1 / alpha);
  let sum = 0;
  let top = -level;
  let bottom = 0;
  /** ¼ + Σ (xᵢ − μ̂ᵢ₋₁)²: what λ is chosen by. */
  let spread = 0.25;
  let best = 0;
  for (let i = 1; i <= draws.length; i++) {
    const x = draws[i - 1] as number;
    const left = population - i + 1;
    const before = (0.5 + sum) / i;
    const lambda = Math.min(0.5, Math.sqrt((2 * level) / (spread * log(1 + i))));
    const error = (x - before) * (x - before);
    top += lambda * (x + sum / left) - error * (-log(1 - lambda) - lambda);
    bottom += lambda * (1 + (i - 1) / left);
    spread += error;
    sum += x;
    best = Math.max(best, top / bottom, sum / population);
    bounds[i - 1] = best;
  }
  return bounds;
}
