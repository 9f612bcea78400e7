import assert from "node:assert/strict";
import { classWeights } from "#hpo/models/svm/class-weights";
import type { FoldView, SvmLayout } from "#hpo/models/svm/layout";
import type { ClassPair } from "#hpo/models/svm/pair-of-classes";
import type { SvmSettings } from "#hpo/models/svm/settings";
import { gradientOf, mostViolating, type ReferenceProblem } from "../models/svm/reference-svm.ts";
import type { ClassTable } from "../table-data.ts";

/** One two-class solution: a by data row, for rows that are in the pair. */
export interface Machine {
  readonly pair: ClassPair;
  readonly coefficients: ReadonlyMap<number, number>;
  readonly offset: number;
}

/** The optimality gap in double precision, and how far rounding can have moved it. */
export function gapOf(
  machine: Machine,
  rows: readonly { readonly row: number; readonly y: number; readonly bound: number }[],
  kernel: readonly Float32Array[],
) {
  const a = rows.map(({ row }) => machine.coefficients.get(row) ?? 0);
  for (const [at, { y, bound, row }] of rows.entries()) {
    assert.ok((a[at] as number) * y >= 0 && Math.abs(a[at] as number) <= bound, `row ${row}: a = ${a[at]}, y = ${y}, bound ${bound}`);
  }
  const reference: ReferenceProblem = {
    kernel: rows.map(({ row: i }) => rows.map(({ row: j }) => kernel[i]?.[j] as number)),
    y: rows.map(({ y }) => y),
    targets: rows.map(({ y }) => y),
    bounds: rows.map(({ bound }) => bound),
  };
  const largest = Math.max(...reference.kernel.map((row) => row.reduce((sum, value, j) => sum + Math.abs(value * (a[j] as number)), 0)));
  const sum = a.reduce((total, value) => total + value, 0);
  assert.ok(Math.abs(sum) <= 1e-9 * a.reduce((total, value) => total + Math.abs(value), 0), `Σa = ${sum}`);
  return { gap: mostViolating(reference, gradientOf(reference, a), a).gap, largest };
}

export interface Training {
  readonly table: ClassTable;
  readonly weights: Float64Array | null;
  readonly layout: SvmLayout;
}

/** The training rows of a pair that weigh something, with their bounds. */
export function trainingRows({ table, weights }: Training, train: Uint32Array, view: FoldView, pair: ClassPair, settings: SvmSettings) {
  const byClass = classWeights(settings.classWeight, table.target.classes, view.trained);
  return [...train].flatMap((row) => {
    const code = table.target.codes[row] as number;
    const weight = (byClass[code] as number) * (weights === null ? 1 : (weights[row] as number));
    if (!pair.includes(code) || !(weight > 0)) return [];
    return [{ row, y: code === pair[0] ? 1 : -1, bound: settings.C * weight }];
  });
}

/** f in single precision, checked to a tenth of the tolerance, and sums in another order. */
export function mostGap(tolerance: number, largest: number): number {
  return 1.1 * tolerance + 1e-12 * largest;
}
