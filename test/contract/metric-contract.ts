import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Metric, MetricInput } from "#hpo/core/metric";
import { metricsOracle, rowsOf } from "../metrics/metric-rows.ts";

/** What a metric promises beyond the contract. */
export interface MetricPromises {
  /** The column of metrics_oracle.json that holds scikit-learn's values. */
  readonly oracle: string;
  /** The value of a perfect prediction; null where that depends on more than the labels. */
  readonly perfect: number | null;
  /** The least and the greatest value there is. */
  readonly range: readonly [number, number];
}

interface Row {
  readonly truth: number;
  readonly predicted: number;
  readonly weight: number;
  readonly scores: readonly number[];
}

const classes = 4;
/** Quarters, so that ties are frequent and sums exact. */
const quarter = fc.integer({ min: 1, max: 12 }).map((value) => value / 4);

function rows(task: Metric["task"]): fc.Arbitrary<Row[]> {
  const label = task === "classification" ? fc.nat(classes - 1) : fc.integer({ min: -40, max: 40 }).map((value) => value / 4);
  const scores = fc.array(quarter, { minLength: classes, maxLength: classes }).map((raw) => {
    const sum = raw.reduce((total, one) => total + one, 0);
    return raw.map((one) => one / sum);
  });
  return fc.array(fc.record({ truth: label, predicted: label, weight: quarter, scores }), { minLength: 1, maxLength: 40 });
}

/** Laws of every metric, each checked on random folds, and its values against scikit-learn's. */
export function describeMetricContract(name: string, factory: () => Metric, promises: MetricPromises): void {
  const { task, needs } = factory();
  const input = (list: readonly Row[], weighted: boolean): MetricInput =>
    rowsOf({
      classes: task === "classification" ? classes : 0,
      truth: list.map((row) => row.truth),
      predicted: list.map((row) => row.predicted),
      ...(needs !== "labels" && { scores: list.flatMap((row) => row.scores) }),
      ...(weighted && { weights: list.map((row) => row.weight) }),
    });
  /** Equal but for the rounding of sums in another order. */
  const expectAlike = (a: number, b: number): void => {
    if (Number.isNaN(a) || Number.isNaN(b)) expect(a).toBe(b);
    else expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-10 * (1 + Math.abs(b)));
  };
  const law = (check: (list: Row[]) => void): void => {
    fc.assert(fc.property(rows(task), check), { seed: 42, numRuns: 200 });
  };

  describe(`${name} keeps the metric contract`, () => {
    it("is the weighted mean of its row scores, where it has them", () => {
      const metric = factory();
      if (metric.rowScores === undefined) return;
      for (const weighted of [false, true]) {
        law((list) => {
          const given = input(list, weighted);
          const scores = metric.rowScores?.(given) ?? new Float64Array(0);
          expect(scores).toHaveLength(list.length);
          const weights = list.map((row) => (weighted ? row.weight : 1));
          const total = weights.reduce((sum, one) => sum + one, 0);
          expectAlike(weights.reduce((sum, one, row) => sum + one * (scores[row] as number), 0) / total, metric.evaluate(given));
        });
      }
    });

    it("agrees with scikit-learn on random folds, weighted and not", () => {
      let compared = 0;
      for (const { expected, ...given } of task === "classification" ? metricsOracle.classification : metricsOracle.regression) {
        const value = factory().evaluate(rowsOf(given));
        const oracle = expected[promises.oracle];
        expect(oracle).toBeDefined();
        if (typeof oracle !== "number") expect(value).toBeNaN();
        else {
          // Sums of at most 150 terms in another order: some 1e-14, relative to the terms.
          expect(Math.abs(value - oracle)).toBeLessThanOrEqual(1e-12 * (1 + Math.abs(oracle)));
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(30);
    });

    it("gives the same bits for the same fold, changes nothing and stays in its range", () => {
      law((list) => {
        const given = input(list, true);
        const before = structuredClone(given);
        const value = factory().evaluate(given);
        expect(factory().evaluate(given)).toBe(value);
        expect(given).toEqual(before);
        if (Number.isNaN(value)) return;
        expect(value).toBeGreaterThanOrEqual(promises.range[0] - 1e-12);
        expect(value).toBeLessThanOrEqual(promises.range[1] + 1e-12);
      });
    });

    it("does not depend on the order of the rows", () => {
      law((list) => expectAlike(factory().evaluate(input([...list].reverse(), true)), factory().evaluate(input(list, true))));
    });

    it("takes equal weights as none, whatever their size", () => {
      law((list) => {
        const plain = factory().evaluate(input(list, false));
        for (const weight of [1, 0.25, 8]) {
          const weighted = list.map((row) => ({ ...row, weight }));
          expectAlike(factory().evaluate(input(weighted, true)), plain);
        }
      });
    });

    it("takes a row of twice the weight as two rows", () => {
      law((list) => {
        if (list.length < 2) return;
        const doubled = list.flatMap((row, index) => (index % 2 === 0 ? [row, row] : [row]));
        const weighted = list.map((row, index) => ({ ...row, weight: index % 2 === 0 ? 2 : 1 }));
        expectAlike(factory().evaluate(input(weighted, true)), factory().evaluate(input(doubled, false)));
      });
    });

    it("has the slopes of its value by each prediction, where it gives any", () => {
      if (factory().slopes === undefined) return;
      law((list) => {
        const given = input(list, true);
        const slopes = factory().slopes?.(given) ?? new Float64Array(0);
        expect(slopes).toHaveLength(list.length);
        for (const [row, slope] of slopes.entries()) {
          if (Number.isNaN(slope)) continue;
          // Quarters apart, so no prediction passes its true value; a metric bends by at most the square of what it is.
          const moved = (by: number): number =>
            factory().evaluate({ ...given, predicted: given.predicted.map((value, at) => (at === row ? value + by : value)) });
          const quotient = (moved(1e-5) - moved(-1e-5)) / 2e-5;
          const size = 1 + Math.abs(moved(0)) + Math.abs(slope);
          expect(Math.abs(slope - quotient)).toBeLessThanOrEqual(1e-5 * size);
        }
      });
    });

    it("is not defined for no rows", () => expect(factory().evaluate(input([], false))).toBeNaN());

    it("is not defined, and throws nothing, where a needed prediction is NaN", () => {
      law((list) => {
        const given = input(list, true);
        (needs === "labels" ? given.predicted : (given.scores as Float64Array)).fill(Number.NaN);
        expect(factory().evaluate(given)).toBeNaN();
      });
    });

    if (promises.perfect !== null) {
      it("gives its best value for a perfect prediction", () => {
        law((list) => {
          const value = factory().evaluate(
            input(
              list.map((row) => ({ ...row, predicted: row.truth })),
              true,
            ),
          );
          if (!Number.isNaN(value)) expectAlike(value, promises.perfect as number);
        });
      });
    }

    if (needs !== "labels") {
      it(`is not defined without ${needs}`, () => {
        expect(factory().evaluate(rowsOf({ classes, truth: [0, 1, 2, 3] }))).toBeNaN();
      });
    }

    it("says what it is in plain, frozen data", () => {
      const metric = factory();
      expect(Object.isFrozen(metric)).toBe(true);
      expect(structuredClone(metric.options)).toEqual(metric.options);
    });
  });
}
