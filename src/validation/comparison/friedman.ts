import { HpoError } from "../../core/hpo-error.ts";
import type { Direction } from "../../core/metric.ts";
import { showValue } from "../../core/options.ts";
import { fTail } from "../../math/f-distribution.ts";
import { upperGamma } from "../../math/incomplete-gamma.ts";
import { rangeQuantile, rangeTail } from "../../math/studentized-range.ts";

/** What Friedman's test finds in the ranks of k methods on N data sets, and Nemenyi's after it. */
export interface Friedman {
  /** One a method: 1 is best, ties share the mean of their ranks. */
  readonly meanRanks: readonly number[];
  /** χ² with k − 1 degrees of freedom, corrected for ties; 0 where all ranks are tied. */
  readonly chiSquare: number;
  /** That no method differs: of χ², and of Iman and Davenport's F with k − 1 and (k − 1)(N − 1) degrees of freedom, which is sharper. */
  readonly pChiSquare: number;
  readonly p: number;
  /** Nemenyi: mean ranks differ at level `alpha` where they are further apart than this. */
  readonly criticalDifference: number;
  readonly alpha: number;
  /** k × k, Nemenyi's p-values of pairs, already corrected for the number of pairs; 1 on the diagonal. */
  readonly pairs: readonly (readonly number[])[];
}

/**
 * Friedman's test of methods over data sets, with Nemenyi's comparison of all pairs. `scores`: N × k, a row a data set, each score finite.
 *
 * Source: J. Demšar, "Statistical comparisons of classifiers over multiple data sets", J. Machine Learning Research 7 (2006), 1–30, section 3.2; the
 * correction for ties as in W. J. Conover, "Practical Nonparametric Statistics" (1999), 5.8.
 * @throws HpoError OPTION_INVALID unless N ≥ 2, k ≥ 2 and all rows are as long
 */
export function friedman(
  scores: readonly (readonly number[])[],
  { direction, alpha = 0.05 }: { readonly direction: Direction; readonly alpha?: number },
): Friedman {
  const sets = scores.length;
  const methods = scores[0]?.length ?? 0;
  const bad = scores.findIndex((row) => row.length !== methods || !row.every(Number.isFinite));
  if (sets < 2 || methods < 2 || bad >= 0) {
    const got = bad >= 0 ? `row ${bad + 1} is ${showValue(scores[bad])}` : `${sets} × ${methods}`;
    throw new HpoError(
      "OPTION_INVALID",
      `friedman(): scores must be at least 2 data sets × 2 methods, a finite number in each place; got ${got}.`,
    );
  }
  const sums = Array.from({ length: methods }, () => 0);
  let squares = 0;
  for (const row of scores) {
    for (const [method, rank] of ranks(row, direction).entries()) {
      sums[method] = (sums[method] as number) + rank;
      squares += rank * rank;
    }
  }
  const level = (sets * methods * (methods + 1) ** 2) / 4;
  const between = sums.reduce((sum, one) => sum + one * one, 0) / sets - level;
  const within = squares - level;
  const chiSquare = within === 0 ? 0 : ((methods - 1) * sets * between) / within;
  const left = sets * (methods - 1) - chiSquare;
  const f = left <= 1e-9 * sets * methods ? Infinity : ((sets - 1) * chiSquare) / left;
  const error = Math.sqrt((methods * (methods + 1)) / (6 * sets));
  const meanRanks = sums.map((sum) => sum / sets);
  return {
    meanRanks,
    chiSquare,
    pChiSquare: upperGamma((methods - 1) / 2, chiSquare / 2),
    p: fTail(f, methods - 1, (methods - 1) * (sets - 1)),
    criticalDifference: (rangeQuantile(alpha, methods) / Math.SQRT2) * error,
    alpha,
    pairs: meanRanks.map((one) => meanRanks.map((other) => rangeTail((Math.abs(one - other) / error) * Math.SQRT2, methods))),
  };
}

/** Of one data set's scores, 1 for the best; ties share the mean of their places. */
function ranks(row: readonly number[], direction: Direction): number[] {
  return row.map((score) => {
    let better = 0;
    let same = 0;
    for (const other of row) {
      if (other === score) same++;
      else if (direction === "maximize" ? other > score : other < score) better++;
    }
    return better + (same + 1) / 2;
  });
}
