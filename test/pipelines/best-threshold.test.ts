import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accuracy, balancedAccuracy, f1, type Metric, rng } from "hpo";
import { bestThreshold, classesFrom, type ScoredRows } from "#hpo/pipelines/best-threshold";

/** Every middle between neighbouring scores and the usual threshold, one after the other. */
function slowBest(metric: Metric, { scores, truth, weights }: ScoredRows, usual: number): number {
  const ascending = [...new Set(scores)].sort((a, b) => a - b);
  const tried = [usual, ...ascending.slice(1).map((high, at) => ((ascending[at] as number) + high) / 2)];
  const values = tried.map((threshold) => {
    const predicted = Float64Array.from(scores, (score) => Number(score >= threshold));
    return metric.evaluate({ truth, predicted, scores: null, weights, classCount: 2 });
  });
  const top = Math.max(...values);
  const best = tried.filter((_, at) => values[at] === top);
  const least = Math.min(...best.map((threshold) => Math.abs(threshold - usual)));
  return Math.min(...best.filter((threshold) => Math.abs(threshold - usual) === least));
}

describe("bestThreshold()", () => {
  it("is that of trying every threshold", () => {
    const row = fc.record({
      score: fc.integer({ min: -20, max: 20 }),
      truth: fc.integer({ min: 0, max: 1 }),
      weight: fc.integer({ min: 0, max: 3 }),
    });
    const metrics = [accuracy(), balancedAccuracy(), f1()];
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), fc.nat(2), fc.boolean(), (rows, which, weighted) => {
        const metric = metrics[which] as Metric;
        const scored = {
          scores: Float64Array.from(rows, ({ score }) => score / 4),
          truth: Int32Array.from(rows, ({ truth }) => truth),
          weights: weighted ? Float64Array.from(rows, ({ weight }) => weight + 1) : null,
        };
        expect(bestThreshold(metric, scored, 0).threshold).toBe(slowBest(metric, scored, 0));
      }),
      { numRuns: 300 },
    );
  });

  it("finds the best of thousands of scores by a few hundred trials", () => {
    const stream = rng(5);
    const truth = Int32Array.from({ length: 20_000 }, (_, row) => Number(row % 8 === 0));
    const scores = Float64Array.from(truth, (code) => stream.normal() + 2 * code);
    let asked = 0;
    const metric: Metric = { ...balancedAccuracy(), evaluate: (input) => (asked++, balancedAccuracy().evaluate(input)) };
    const { threshold, value } = bestThreshold(metric, { scores, truth, weights: null }, 0);
    const usual = balancedAccuracy().evaluate({ truth, predicted: classesFrom(scores, 0), scores: null, weights: null, classCount: 2 });
    expect(asked).toBeLessThan(600);
    expect(value).toBeGreaterThan(usual + 0.05);
    // The two densities cross at 1, whatever the shares of the classes.
    expect(Math.abs(threshold - 1)).toBeLessThan(0.1);
  });

  it("keeps the usual threshold where the metric is nowhere defined, or nothing is better", () => {
    const nowhere: Metric = { ...accuracy(), evaluate: () => Number.NaN };
    const scored = { scores: Float64Array.of(-1, 2, 3), truth: Int32Array.of(0, 1, 1), weights: null };
    expect(bestThreshold(nowhere, scored, 0.25)).toEqual({ threshold: 0.25, value: Number.NaN });
    expect(bestThreshold(accuracy(), scored, 0.25)).toEqual({ threshold: 0.25, value: 1 });
    expect(bestThreshold(accuracy(), { ...scored, scores: Float64Array.of(7, 7, 7) }, 0.25).threshold).toBe(0.25);
  });

  it("follows metrics that are to be small", () => {
    const wrong: Metric = { ...accuracy(), direction: "minimize", evaluate: (input) => 1 - accuracy().evaluate(input) };
    const scored = { scores: Float64Array.of(-3, -2, -1, 4), truth: Int32Array.of(0, 0, 1, 1), weights: null };
    expect(bestThreshold(wrong, scored, 0)).toEqual({ threshold: -1.5, value: 0 });
  });
});
