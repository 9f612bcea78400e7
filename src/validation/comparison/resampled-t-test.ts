import { studentDeviation, studentTail } from "../../math/student-t.ts";
import type { FoldDifferences } from "./fold-differences.ts";

/** What the corrected resampled t-test finds. */
export interface ResampledTTest {
  /** ±∞ where all folds differ by the same amount, 0 where none differs. */
  readonly t: number;
  readonly degrees: number;
  /** Two-sided: how often so large a |t| would come where the two are equal. */
  readonly p: number;
  /** Of the mean difference. */
  readonly interval: readonly [low: number, high: number];
  readonly confidence: number;
}

/**
 * The corrected resampled t-test of two configurations on the same folds.
 *
 * Source: as `foldDifferences`.
 */
export function resampledTTest({ mean, standardError, degrees }: FoldDifferences, confidence: number = 0.95): ResampledTTest {
  const t = mean === 0 ? 0 : mean / standardError;
  const p = Math.min(1, 2 * studentTail(Math.abs(t), degrees));
  const reach = standardError === 0 ? 0 : studentDeviation(1 - confidence, degrees) * standardError;
  return { t, degrees, p, interval: [mean - reach, mean + reach], confidence };
}
