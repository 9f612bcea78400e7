import { describe, expect, it } from "vitest";
import { accuracy, balancedAccuracy } from "hpo";
import { rng } from "#hpo/math/rng";
import { metricCandidate, rowMeanCandidate } from "#hpo/validation/selection-candidate";
import { type Candidate, type Selection, selectionEstimate } from "#hpo/validation/selection-estimate";

/** Each row its own unit. */
function rowSelection(scores: readonly (readonly number[])[], starts: readonly number[], resamples: number): Selection {
  const rows = scores[0]?.length ?? 0;
  return {
    direction: "maximize",
    candidates: scores.map((row) => rowMeanCandidate(Float32Array.from(row), starts)),
    units: Int32Array.from({ length: rows }, (_, row) => row),
    unitCount: rows,
    starts,
    weights: null,
    resamples,
  };
}

/** The same by its definition, over every draw that there is. */
function expected(scores: readonly (readonly number[])[]): number {
  const rows = scores[0]?.length ?? 0;
  let sum = 0;
  let count = 0;
  for (let code = 0; code < rows ** rows; code++) {
    const draws = Array.from({ length: rows }, (_, place) => Math.floor(code / rows ** place) % rows);
    const outside = Array.from({ length: rows }, (_, row) => row).filter((row) => !draws.includes(row));
    if (outside.length === 0) continue;
    const inside = scores.map((one) => draws.reduce((total, row) => total + (one[row] as number), 0) / rows);
    const chosen = scores[inside.indexOf(Math.max(...inside))] as readonly number[];
    sum += outside.reduce((total, row) => total + (chosen[row] as number), 0) / outside.length;
    count++;
  }
  return sum / count;
}

describe("selectionEstimate", () => {
  it("is the mean over draws of what the best on the drawn rows is worth on the others", () => {
    const scores = [
      [0.9, 0.1, 0.4, 0.3, 0.2],
      [0.2, 0.7, 0.5, 0.1, 0.8],
      [0.6, 0.6, 0.1, 0.5, 0.3],
    ];
    const found = selectionEstimate(rowSelection(scores, [0, 5], 40_000), rng(1));
    expect(found?.value).toBeCloseTo(expected(scores), 2);
    expect(found?.low).toBeGreaterThanOrEqual(0.1);
    expect(found?.high).toBeLessThanOrEqual(0.9);
  });

  it("says of the best of forty guesses that it guesses", () => {
    let best = 0;
    let fair = 0;
    let covered = 0;
    for (let repeat = 0; repeat < 30; repeat++) {
      const stream = rng(repeat).fork("guesses");
      const scores = Array.from({ length: 40 }, () => Array.from({ length: 100 }, (): number => (stream.uniform() < 0.5 ? 1 : 0)));
      best += Math.max(...scores.map((one) => one.reduce((sum, value) => sum + value, 0) / 100));
      const found = selectionEstimate(rowSelection(scores, [0, 25, 50, 75, 100], 300), stream);
      fair += found?.value ?? Number.NaN;
      covered += (found?.low ?? 1) <= 0.5 && (found?.high ?? 0) >= 0.5 ? 1 : 0;
    }
    expect(best / 30 - 0.5).toBeGreaterThan(0.08);
    expect(Math.abs(fair / 30 - 0.5)).toBeLessThan((best / 30 - 0.5) / 4);
    expect(covered).toBeGreaterThanOrEqual(28);
  });

  it("draws the rows of a group together, and a row with all its predictions", () => {
    // One group has all that is right: a row of it that stays out means that all of it does.
    const scores = Float32Array.from([1, 1, 1, 0, 0, 0]);
    const candidates = [rowMeanCandidate(scores, [0, 6])];
    const units = Int32Array.from([0, 0, 0, 1, 1, 1]);
    const found = selectionEstimate(
      { direction: "maximize", candidates, units, unitCount: 2, starts: [0, 6], weights: null, resamples: 200 },
      rng(3),
    );
    expect([found?.low, found?.high]).toEqual([0, 1]);
  });

  it("minimises where less is better, breaks ties by order, leaves out what is not defined, and has none where nothing is", () => {
    const of = (value: number): Candidate => ({ picked: () => value, reported: () => value });
    const base = { units: Int32Array.of(0, 1, 2), unitCount: 3, starts: [0, 3], weights: null, resamples: 50 };
    const value = (direction: "maximize" | "minimize", ...values: number[]) =>
      selectionEstimate({ ...base, direction, candidates: values.map(of) }, rng(0))?.value;
    expect(value("minimize", 3, 1, 2)).toBe(1);
    expect(value("maximize", Number.NaN, 1, 2)).toBe(2);
    expect(value("maximize", Number.NaN)).toBeUndefined();
    const tie: Candidate[] = [of(1), { picked: () => 1, reported: () => 7 }];
    expect(selectionEstimate({ ...base, direction: "maximize", candidates: tie }, rng(0))?.value).toBe(1);
  });

  it("judges any metric fold by fold as trials are, rows by their weight", () => {
    const stream = rng(8);
    const folds = Array.from({ length: 3 }, () => {
      const truth = Int32Array.from({ length: 40 }, () => stream.below(3));
      const predicted = Float64Array.from(truth, (code) => (stream.uniform() < 0.7 ? code : stream.below(3)));
      return { truth, predicted, scores: null, weights: null, classCount: 3 };
    });
    const starts = [0, 40, 80, 120];
    const scores = Float32Array.from(
      folds.flatMap(({ truth, predicted }) => Array.from(truth, (code, row) => (code === predicted[row] ? 1 : 0))),
    );
    const shares = Float64Array.from({ length: 120 }, () => stream.below(3));
    const slow = metricCandidate(accuracy(), folds, starts);
    const weights = Float64Array.from([0, 40, 80], (start) => shares.subarray(start, start + 40).reduce((sum, one) => sum + one, 0));
    expect(slow.picked(shares, weights)).toBeCloseTo(rowMeanCandidate(scores, starts).picked(shares, weights), 12);
    const other = metricCandidate(balancedAccuracy(), folds, starts);
    const whole = new Float64Array(120).fill(1);
    const mean = folds.reduce((sum, fold) => sum + balancedAccuracy().evaluate(fold), 0) / 3;
    expect(other.picked(whole, Float64Array.of(40, 40, 40))).toBeCloseTo(mean, 12);
  });
});
