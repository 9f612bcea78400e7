import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { meanOfUnits, nestedInflation } from "#hpo/validation/nested/row-interval";

interface OracleCase {
  readonly rows: number;
  readonly folds: number;
  readonly scores: readonly { readonly inner: readonly number[]; readonly outer: readonly number[] }[];
  readonly inflation: number;
  readonly outerMean: number;
  readonly outerError: number;
}

const oracle = JSON.parse(readFileSync(new URL("../../oracle/nested_cv_oracle.json", import.meta.url), "utf8")) as readonly OracleCase[];

function alone(count: number): { readonly units: Int32Array; readonly unitCount: number } {
  return { units: Int32Array.from({ length: count }, (_, i) => i), unitCount: count };
}

describe("nestedInflation", () => {
  it.each(oracle.map((one, i) => [i, one] as const))("is that of R's nested cross-validation of least squares, case %i", (_, one) => {
    const scores = one.scores.map(({ inner, outer }) => ({
      inner: Float64Array.from(inner),
      innerRows: inner.length,
      outer: Float64Array.from(outer),
    }));
    expect(nestedInflation(scores, one.folds)).toBeCloseTo(one.inflation, 12);
  });

  it("is 1 where nothing differs, and at most the root of the number of folds", () => {
    const same = { inner: Float64Array.of(1, 1, 1, 1), innerRows: 4, outer: Float64Array.of(1, 1) };
    expect(nestedInflation([same, same, same], 3)).toBe(1);
    const apart = { ...same, outer: Float64Array.of(9, 9.1) };
    expect(nestedInflation([apart, apart, apart], 3)).toBe(Math.sqrt(3));
  });

  it("counts rows, not how often inner folds test them", () => {
    const stream = rng("nested-inflation");
    const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => stream.normal());
    const folds = Array.from({ length: 4 }, () => ({ inner: draw(30), innerRows: 30, outer: draw(10) }));
    const twice = folds.map((one) => ({ ...one, inner: Float64Array.from([...one.inner, ...one.inner]) }));
    // But for the n − 1 of the variance.
    expect(nestedInflation(twice, 4) / nestedInflation(folds, 4)).toBeCloseTo(1, 1);
  });
});

describe("meanOfUnits", () => {
  it("is the mean with s/√n for rows on their own", () => {
    for (const { scores, outerMean, outerError, rows } of oracle) {
      const outer = Float64Array.from(scores.flatMap((one) => one.outer));
      if (outer.length !== rows) continue;
      const found = meanOfUnits({ scores: outer, weights: null, ...alone(rows) });
      expect(found.mean).toBeCloseTo(outerMean, 12);
      expect(found.standardError).toBeCloseTo(outerError, 12);
    }
  });

  it("takes a row tested twice, or copies of a group, for no further evidence", () => {
    const scores = Float64Array.of(1, 0, 0, 1, 1, 0.5);
    const once = meanOfUnits({ scores, weights: null, ...alone(6) });
    const units = Int32Array.from([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]);
    const twice = meanOfUnits({ scores: Float64Array.from([...scores, ...scores]), weights: null, units, unitCount: 6 });
    expect(twice.mean).toBeCloseTo(once.mean, 14);
    expect(twice.standardError).toBeCloseTo(once.standardError, 14);
  });

  it("covers the mean of drawn groups in about 95 of 100 draws, where rows taken for independent do so in far less", () => {
    const stream = rng("groups");
    let [grouped, rowwise] = [0, 0];
    for (let draw = 0; draw < 400; draw++) {
      const units = Int32Array.from({ length: 200 }, (_, i) => i % 40);
      const effects = Float64Array.from({ length: 40 }, () => stream.normal());
      const scores = Float64Array.from(units, (unit) => (effects[unit] as number) + stream.normal());
      const byGroup = meanOfUnits({ scores, weights: null, units, unitCount: 40 });
      const byRow = meanOfUnits({ scores, weights: null, ...alone(200) });
      grouped += Math.abs(byGroup.mean) <= 1.96 * byGroup.standardError ? 1 : 0;
      rowwise += Math.abs(byRow.mean) <= 1.96 * byRow.standardError ? 1 : 0;
    }
    expect(grouped / 400).toBeGreaterThan(0.91);
    expect(rowwise / 400).toBeLessThan(0.85);
  });

  it("weights rows, where two of weight 1 are one of weight 2, and has no error with one unit", () => {
    const found = meanOfUnits({ scores: Float64Array.of(3, 0, 6), weights: Float64Array.of(2, 1, 1), ...alone(3) });
    expect(found.mean).toBe(3);
    expect(found.standardError).toBeCloseTo(Math.sqrt(((0 + 9 + 9) * 3) / 2) / 4, 14);
    expect(meanOfUnits({ scores: Float64Array.of(3), weights: null, ...alone(1) }).standardError).toBeNaN();
  });
});
