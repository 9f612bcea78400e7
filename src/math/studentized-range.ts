import { normalCdf, normalPdf } from "./normal-distribution.ts";
import { fallingRoot } from "./student-t.ts";

/**
 * P(Q > q) for the range Q of `count` (from 2) independent standard normal numbers, the studentized range with infinitely many degrees of freedom:
 * count ∫ φ(z) [Φ(z)ᵐ − (Φ(z) − Φ(z − q))ᵐ] dz with m = count − 1. The difference of powers is taken apart, so that small tails keep their digits.
 * The integrand is analytic and falls like a Gaussian, for which the trapezoid rule is exact to rounding at this step. O(count).
 *
 * Source: M. D. Copenhaver and B. Holland, "Computation of the distribution of the maximum studentized range statistic", J. Statistical Computation and
 * Simulation 30 (1988), 1–15; L. N. Trefethen and J. A. C. Weideman, "The exponentially convergent trapezoidal rule", SIAM Review 56 (2014), 385–458.
 */
export function rangeTail(q: number, count: number): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q <= 0) return 1;
  if (q > 100) return 0;
  const step = 1 / 16;
  let sum = 0;
  for (let z = -9; z <= q + 9; z += step) {
    const whole = normalCdf(z);
    const below = normalCdf(z - q);
    // aᵐ − bᵐ = (a − b) Σ aⁱ bᵐ⁻¹⁻ⁱ with a = whole and a − b = below.
    const rest = whole - below;
    let powers = 1;
    let own = 1;
    for (let i = 1; i < count - 1; i++) {
      own *= whole;
      powers = powers * rest + own;
    }
    sum += normalPdf(z) * below * powers;
  }
  return Math.min(1, count * step * sum);
}

/** q with P(Q > q) = `probability`, in (0, 1). */
export function rangeQuantile(probability: number, count: number): number {
  return fallingRoot((q) => rangeTail(q, count) - probability);
}
