import { studentTail } from "../../math/student-t.ts";
import type { FoldDifferences } from "./fold-differences.ts";

/** Where the mean difference is, given the folds: three probabilities that sum to 1. */
export interface CorrelatedTTest {
  /** The half width of the region of practical equivalence, in the metric's unit. */
  readonly rope: number;
  /** P(difference < −rope), P(−rope ≤ difference ≤ rope) and P(difference > rope). */
  readonly below: number;
  readonly within: number;
  readonly above: number;
}

/**
 * The Bayesian correlated t-test. With a prior that says nothing, and folds that correlate by ρ = n₂/(n₁ + n₂), the mean difference follows a Student
 * distribution about the mean of the folds with J − 1 degrees of freedom and scale √(s² (1/J + ρ/(1 − ρ))); ρ/(1 − ρ) is n₂/n₁, so that the scale is the standard
 * error of the corrected t-test. Without spread all of it lies at the mean.
 *
 * Source: A. Benavoli, G. Corani, J. Demšar and M. Zaffalon, "Time for a change: a tutorial for comparing multiple classifiers through Bayesian analysis",
 * J. Machine Learning Research 18 (2017), 77, 1–36, section 3.1; G. Corani and A. Benavoli, Machine Learning 100 (2015), 285–304.
 */
export function correlatedTTest({ mean, standardError, degrees }: FoldDifferences, rope: number): CorrelatedTTest {
  if (standardError === 0) {
    const [below, above] = [mean < -rope ? 1 : 0, mean > rope ? 1 : 0];
    return { rope, below, within: 1 - below - above, above };
  }
  const below = studentTail((mean + rope) / standardError, degrees);
  const above = studentTail((rope - mean) / standardError, degrees);
  return { rope, below, within: Math.max(0, 1 - below - above), above };
}
