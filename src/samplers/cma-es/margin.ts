/**
 * The margin that keeps values which can be counted in play: after each generation every coordinate's next value below and above
 * has a probability of at least α/2 (α at an end of the list), α = 1 / (n λ).
 *
 * Source: R. Hamano, S. Saito, M. Nomura, S. Shirakawa, "CMA-ES with Margin: Lower-Bounding Marginal Probability for Mixed-Integer
 * Black-Box Optimization", GECCO 2022, doi 10.1145/3512290.3528827, section 4. Notation: ℓ the edges between values, m mean,
 * s = σ A √C_dd the standard deviation; χ(p) = Φ⁻¹(1 − p) is the paper's √χ²_ppf(1 − 2p).
 */
import { normalCdf, normalQuantile } from "../../math/normal-distribution.ts";
import type { Axes } from "../axes.ts";
import type { Distribution } from "./distribution.ts";

/** Corrects mean and scale of the coordinates whose values can be counted; the distribution gets a new snapshot. */
export function correctMargin(distribution: Distribution, { numeric }: Axes): void {
  if (numeric.every(({ buckets }) => buckets === null)) return;
  const { snapshot, strategy } = distribution;
  const alpha = 1 / (strategy.dimension * strategy.population);
  const mean = snapshot.mean.slice();
  const scale = snapshot.scale.slice();
  const deviations = snapshot.deviations.slice();
  for (const [d, { buckets }] of numeric.entries()) {
    if (buckets === null) continue;
    const { count, edge } = buckets;
    const m = mean[d] as number;
    const s = deviations[d] as number;
    // Edges between values are 1 … count − 1; `above` is the first one that m is not beyond.
    let above = Math.floor(m * count);
    above = Math.min(count, Math.max(1, above));
    while (above > 1 && m <= edge(above - 1)) above--;
    while (above < count && m > edge(above)) above++;
    if (above === 1 || above === count) {
      // The lowest or highest value: only one neighbour.
      const limit = above === 1 ? edge(1) : edge(count - 1);
      const side = above === 1 ? 1 : -1;
      if (normalCdf((-side * (limit - m)) / s) < alpha) mean[d] = limit + side * s * normalQuantile(alpha);
      continue;
    }
    const [lowEdge, highEdge] = [edge(above - 1), edge(above)];
    const low = normalCdf((lowEdge - m) / s);
    const high = normalCdf((m - highEdge) / s);
    if (low >= alpha / 2 && high >= alpha / 2) continue;
    if (Math.max(low, high) > 0.5) continue;
    const middle = 1 - low - high;
    const lifted = [Math.max(low, alpha / 2), Math.max(high, alpha / 2)] as const;
    const excess = 1 - lifted[0] - lifted[1] - middle;
    const room = lifted[0] + lifted[1] + middle - 1.5 * alpha;
    const share = (p: number): number => -normalQuantile(Math.min(0.5 - 1e-10, Math.max(1e-10, p + (excess * (p - alpha / 2)) / room)));
    const [a, b] = [share(lifted[0]), share(lifted[1])];
    const next = (highEdge - lowEdge) / (a + b);
    scale[d] = ((scale[d] as number) * next) / s;
    mean[d] = (lowEdge * b + highEdge * a) / (a + b);
    deviations[d] = next;
  }
  distribution.snapshot = { ...snapshot, mean, scale, deviations };
}
