import type { Metric } from "../../core/metric.ts";
import type { NestedEstimate } from "../../core/nested-record.ts";
import type { PredictionRecord } from "../../core/records.ts";
import { ownMember } from "../../core/own-member.ts";
import { normalQuantile } from "../../math/normal-distribution.ts";
import type { Judging } from "../judging.ts";
import { metricInput } from "../metric-input.ts";
import { meanOfUnits, nestedInflation } from "./row-interval.ts";

/** What is known of an outer fold once its search has chosen. */
export interface JudgedFold {
  /** On the rows that the search never saw. */
  readonly test: PredictionRecord;
  /** The chosen trial's out-of-fold predictions in its search; empty where they are not kept. */
  readonly inner: readonly PredictionRecord[];
  /** By metric. */
  readonly values: Readonly<Record<string, number>>;
}

const z = normalQuantile(0.975);

/** What all outer folds together say of a metric. `ordered`: rows are tested by models of earlier rows. A pure function of data, folds and predictions. */
export function nestedEstimate(
  metric: Metric,
  folds: readonly JudgedFold[],
  { judging, name, ordered }: { readonly judging: Judging; readonly name: string; readonly ordered: boolean },
): NestedEstimate {
  const { rowScores } = metric;
  if (rowScores === undefined)
    return overFolds(
      Float64Array.from(folds, ({ values }) => ownMember(values, name) ?? Number.NaN),
      name,
    );
  const { roles } = judging.data;
  const group = roles.group?.codes ?? null;
  const scoresOf = (record: PredictionRecord): Float64Array => rowScores(metricInput(judging, record));
  const rows = folds.flatMap(({ test }) => Array.from(test.rows));
  const scores = joined(folds.map(({ test }) => scoresOf(test)));
  const weights = roles.weight === null ? null : Float64Array.from(rows, (row) => (roles.weight as Float64Array)[row] as number);
  const { mean, standardError } = meanOfUnits({ scores, weights, ...unitsOf(rows, group) });
  if (!Number.isFinite(mean)) return none(`${name} is not defined on a row`);
  if (!Number.isFinite(standardError)) return { ...none("one row or group has no spread"), value: mean };
  const why = noInflation(folds, { rows, ordered, grouped: group !== null, weighted: weights !== null });
  if (ordered) return { ...none(why ?? ""), value: mean };
  const repeats = rows.length / new Set(rows).size;
  const inflation =
    why !== null
      ? null
      : nestedInflation(
          folds.map(({ test, inner }) => ({
            inner: joined(inner.map(scoresOf)),
            innerRows: new Set(inner.flatMap((one) => Array.from(one.rows))).size,
            outer: scoresOf(test),
          })),
          folds.length / repeats,
        );
  const half = z * standardError;
  const wide = half * (inflation ?? 1);
  return {
    value: mean,
    standardError,
    plainLow: mean - half,
    plainHigh: mean + half,
    inflation,
    low: mean - wide,
    high: mean + wide,
    why,
  };
}

/** Why the factor can't be had; null where it can. */
function noInflation(
  folds: readonly JudgedFold[],
  about: { readonly rows: readonly number[]; readonly ordered: boolean; readonly grouped: boolean; readonly weighted: boolean },
): string | null {
  if (about.ordered) return "rows in the order of time can't stand for each other";
  if (about.grouped) return "rows of a group are not independent, which the correction takes them for";
  if (about.weighted) return "rows have weights, which the correction does not know";
  const tests = new Map<number, number>();
  for (const row of about.rows) tests.set(row, (tests.get(row) ?? 0) + 1);
  const repeats = folds.length === 0 ? 0 : about.rows.length / tests.size;
  if (folds.length / repeats < 3 || [...tests.values()].some((count) => count !== repeats)) {
    return "the correction takes three outer folds that test each row equally often";
  }
  if (folds.some(({ test }) => test.rows.length < 2)) return "the correction takes two test rows in each outer fold";
  return folds.some(({ inner }) => inner.length === 0)
    ? "the correction takes predictions, which keepPredictions: false does not keep"
    : null;
}

/** A metric that is no mean over rows: outer folds share training rows, so that their spread gives no interval. */
function overFolds(values: Float64Array, name: string): NestedEstimate {
  if (values.some((value) => !Number.isFinite(value))) return none(`${name} is not defined on every outer fold`);
  const units = Int32Array.from(values.keys());
  const { mean, standardError } = meanOfUnits({ scores: values, weights: null, units, unitCount: values.length });
  const why = `${name} is no mean over rows, and the values of outer folds are not independent of each other`;
  return { ...none(why), value: mean, standardError: Number.isFinite(standardError) ? standardError : null };
}

/** Nothing, and why. */
export function none(why: string): NestedEstimate {
  return { value: null, standardError: null, plainLow: null, plainHigh: null, inflation: null, low: null, high: null, why };
}

/** A row tested more than once, or all rows of a group, are one unit. */
function unitsOf(rows: readonly number[], group: Int32Array | null): { readonly units: Int32Array; readonly unitCount: number } {
  const numbers = new Map<number, number>();
  const units = Int32Array.from(rows, (row) => {
    const key = group === null ? row : (group[row] as number);
    const known = numbers.get(key) ?? numbers.size;
    numbers.set(key, known);
    return known;
  });
  return { units, unitCount: numbers.size };
}

function joined(lists: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}
