import { exp } from "../../math/elementary.ts";
import { logGamma } from "../../math/log-gamma.ts";
import { normalCdf } from "../../math/normal-distribution.ts";

/** What McNemar's test finds in rows that two classifiers both predicted. */
export interface McNemar {
  readonly bothRight: number;
  readonly onlyFirstRight: number;
  readonly onlySecondRight: number;
  readonly bothWrong: number;
  /** Two-sided p-values of "each is as often right where the other is wrong". `exact` errs on the safe side, `midP` hardly does; `continuity` is that of χ² with Edwards' correction, for many rows. */
  readonly exact: number;
  readonly midP: number;
  readonly continuity: number;
}

/**
 * McNemar's test of counts. Only rows that one alone gets right tell the two apart. Rows are taken to be independent, and the classifiers as they are:
 * that other training rows would have given others is not in it.
 *
 * Sources: Q. McNemar, Psychometrika 12 (1947), 153–157; M. W. Fagerland, S. Lydersen and P. Laake, "The McNemar test for binary matched-pairs data: mid-p and
 * asymptotic are better than exact conditional", BMC Medical Research Methodology 13 (2013), 91.
 */
export function mcNemar(counts: Pick<McNemar, "bothRight" | "onlyFirstRight" | "onlySecondRight" | "bothWrong">): McNemar {
  const { onlyFirstRight, onlySecondRight } = counts;
  const rows = onlyFirstRight + onlySecondRight;
  const fewer = Math.min(onlyFirstRight, onlySecondRight);
  if (rows === 0) return { ...counts, exact: 1, midP: 1, continuity: 1 };
  // P(X = fewer) for X of B(rows, ½), then the terms below it.
  const at = exp(logGamma(rows + 1) - logGamma(fewer + 1) - logGamma(rows - fewer + 1) - rows * Math.LN2);
  let term = at;
  let tail = at;
  for (let k = fewer; k > 0; k--) {
    term *= k / (rows - k + 1);
    tail += term;
  }
  const exact = Math.min(1, 2 * tail);
  const tied = onlyFirstRight === onlySecondRight;
  const distance = tied ? 0 : (Math.abs(onlyFirstRight - onlySecondRight) - 1) / Math.sqrt(rows);
  return { ...counts, exact, midP: tied ? 1 - at / 2 : exact - at, continuity: Math.min(1, 2 * normalCdf(-distance)) };
}

/** Counts rows by who is right: `truth`, `first` and `second` are class codes, one entry a row. */
export function agreement(truth: ArrayLike<number>, first: ArrayLike<number>, second: ArrayLike<number>): McNemar {
  const counts = { bothRight: 0, onlyFirstRight: 0, onlySecondRight: 0, bothWrong: 0 };
  for (let row = 0; row < truth.length; row++) {
    const [one, other] = [first[row] === truth[row], second[row] === truth[row]];
    if (one) counts[other ? "bothRight" : "onlyFirstRight"]++;
    else counts[other ? "onlySecondRight" : "bothWrong"]++;
  }
  return mcNemar(counts);
}
