import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { loadModel } from "#hpo/pipelines/load-model";
import { svm } from "#hpo/models/svm/svm";
import { type ClassTable, classTable } from "../../table-data.ts";
import { clouds, folds, results } from "./clouds.ts";
import { featureRows, labelsOf, laplacian, precomputedTable } from "./precomputed-table.ts";

const context = { rng: rng(0), signal: new AbortController().signal };

describe("a precomputed kernel", () => {
  const table = clouds(40, 2, 13);
  const rows = Uint32Array.from({ length: 40 }, (_, row) => row);
  const fit = ({ data, target }: ClassTable) => svm({ kernel: "precomputed", C: 1 }).fit({ data, target, rows, weights: null }, context);

  it("predicts new rows from their kernel values with all rows of the data set that was fitted", async () => {
    const model = await fit(precomputedTable(table, laplacian));
    const fresh = featureRows(clouds(25, 2, 14));
    const values = fresh.map((x) => featureRows(table).map((z) => laplacian(x, z)));
    const known = classTable(
      values,
      Array.from({ length: 25 }, () => "c0"),
    );
    const all = Uint32Array.from({ length: 25 }, (_, row) => row);
    const own = model.decisionValues({ data: known.data, rows: all });
    const saved = JSON.parse(JSON.stringify(model.toJSON()));
    expect(loadModel(saved, "svm").decisionValues({ data: known.data, rows: all })).toEqual(own);
    // Σ a K(x, support) + offset, in double precision, by the JSON's own numbers.
    const { rows: supports } = model.supports;
    const numbers = new DataView(Uint8Array.from(Buffer.from(saved.pairs[0].coefficients.f64, "base64")).buffer);
    expect(supports.length).toBeGreaterThan(0);
    for (const [row, value] of own.entries()) {
      let sum = saved.pairs[0].offset as number;
      for (const [at, support] of supports.entries())
        sum += numbers.getFloat64(at * 8, true) * Math.fround(values[row]?.[support] as number);
      expect(value).toBeCloseTo(sum, 9);
    }
    await expect(async () => model.predict({ data: table.data, rows })).rejects.toThrow(
      "rows must have 40 features, as in training; got 3.",
    );
  });

  it("must be square, finite and symmetric", async () => {
    const values = featureRows(precomputedTable(table, laplacian));
    const changed = (row: number, column: number, value: number): ClassTable =>
      classTable(
        values.map((list, i) => list.map((one, j) => (i === row && j === column ? value : one))),
        labelsOf(table),
      );
    await expect(fit(table)).rejects.toThrow(
      "svm(): with a precomputed kernel the features of table must be a matrix of 40 × 40 values, one column a row; got 40 × 3.",
    );
    await expect(fit(changed(3, 5, Number.NaN))).rejects.toThrow(/must be finite and at most 1e\+30; row 4, column 6 is NaN\.$/);
    await expect(fit(changed(3, 5, Infinity))).rejects.toThrow(/row 4, column 6 is Infinity\.$/);
    await expect(fit(changed(5, 3, 0.9))).rejects.toThrow(/must be symmetric; row 4, column 6 is 0\.\d+, row 6, column 4 is 0\.8999\d+\.$/);
    // Rounding is forgiven.
    const near = changed(5, 3, (values[5]?.[3] as number) + 1e-7);
    await expect(fit(near)).resolves.toBeDefined();
    const scaled = changed(5, 3, 0.9);
    await expect(fit({ ...scaled, data: { ...scaled.data, scaling: "min-max" } })).rejects.toThrow(/must be symmetric \(leave scale out/);
  });

  it("takes the entry above the diagonal where two differ by rounding", () => {
    const symmetric = precomputedTable(table, laplacian);
    const rounded = classTable(
      featureRows(symmetric).map((list, i) => list.map((one, j) => (j < i ? one * (1 + 1e-7) : one))),
      labelsOf(table),
    );
    const given = { plan: folds(40, 2), answer: "scores" } as const;
    const options = { kernel: "precomputed", C: 5 } as const;
    expect(results(rounded, given, options)).toEqual(results(symmetric, given, options));
  });
});
