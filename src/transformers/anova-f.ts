import { pairwiseSum } from "../math/pairwise-sum.ts";
import { mean } from "./column-statistics.ts";

/**
 * The F of a one-way analysis of variance: of the K classes that are there, with n_c rows, mean m_c and m over all n rows,
 * F = (Σ n_c (m_c − m)² / (K − 1)) / (Σ (x − m_c)² / (n − K)). ∞ where the classes differ and nothing varies within them; NaN where the column is
 * constant, and where there is one class or as many as rows. O(rows). Source: R. A. Fisher 1925; G. W. Heiman 2002.
 */
export function anovaF(values: Float64Array, classes: Int32Array): number {
  const byClass = new Map<number, number[]>();
  for (const [at, code] of classes.entries()) {
    const own = byClass.get(code);
    if (own === undefined) byClass.set(code, [values[at] as number]);
    else own.push(values[at] as number);
  }
  const groups = byClass.size;
  if (groups < 2 || groups >= values.length) return Number.NaN;
  const middle = mean(values);
  // In the order of codes, so that the order of rows moves no more than a rounding.
  const ordered = [...byClass].sort(([one], [two]) => one - two).map(([, own]) => Float64Array.from(own));
  const means = ordered.map(mean);
  const between = pairwiseSum(Float64Array.from(ordered, (own, at) => own.length * squared((means[at] as number) - middle)));
  const within = pairwiseSum(
    Float64Array.from(ordered, (own, at) => pairwiseSum(own.map((value) => squared(value - (means[at] as number))))),
  );
  return between / (groups - 1) / (within / (values.length - groups));
}

function squared(value: number): number {
  return value * value;
}
