import { accuracy, crossValidate, csv, f1, holdOut, inMemory, kFold, mse, predefined, r2, svm } from "hpo";
import { describe, expect, it } from "vitest";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { ridge } from "../fixtures/ridge.ts";
import { dataFolder } from "./iris.ts";

describe("crossValidate()", () => {
  // scikit-learn 1.2.1: SVC(C=3, gamma=0.7) on minmax_scale(X) in 32 bits, fold = row modulo 5; right rows a fold, mean of
  // accuracy with its standard error, mean of macro F1.
  it.each([
    ["iris", [29, 30, 28, 28, 29], 0.96, 0.012472191289246468, 0.9598319029897976],
    ["wine", [36, 36, 36, 34, 34], 0.9885714285714287, 0.006998542122237654, 0.9879499860058466],
  ])("agrees with scikit-learn on %s", async (name, right, value, standardError, macro) => {
    const whole = await csv(`${dataFolder}/${name}.csv.gz`, { target: "y", scale: "min-max" }).load({
      folder: ".",
      task: "classification",
    });
    const { features, rows, targets } = whole;
    if (features.kind !== "dense" || targets[0]?.kind !== "class") throw new TypeError("unexpected data");
    const { width, stride, values } = features;
    const data = inMemory({
      name,
      features: Array.from({ length: rows }, (_, row) => [...values.subarray(row * stride, row * stride + width)]),
      target: Array.from(targets[0].codes, (code) => `class ${code}`),
      fold: Array.from({ length: rows }, (_, row) => row % 5),
    });
    const metrics = { accuracy: accuracy(), f1: f1({ average: "macro" }) };
    const result = await crossValidate({ data, model: svm({ kernel: "rbf", C: 3, gamma: 0.7 }), cv: predefined(), metrics });
    expect(result.folds.map(({ correct }) => correct)).toEqual(right);
    expect(result.values["accuracy"]?.value).toBeCloseTo(value, 12);
    expect(result.values["accuracy"]?.standardError).toBeCloseTo(standardError, 12);
    expect(result.values["f1"]?.value).toBeCloseTo(macro, 12);
    expect(result.values["accuracy"]?.pooled).toBeCloseTo(right.reduce((a, b) => a + b) / rows, 12);
    expect(result.predictions.map(({ fold }) => fold)).toEqual([0, 1, 2, 3, 4]);
  });

  // scikit-learn 1.2.1: Ridge(alpha) on x = (i, 7i mod 11), y = i/2 − (7i mod 11)/4 + sin i, i < 20, fold = i mod 4.
  it.each([
    [0.1, 0.5030387908409931, 0.01849810881969893, 0.9325581888829594, 0.9406980033011828],
    [10, 0.5119228517265868, 0.02118537115647937, 0.9324577856410172, 0.9396506833749624],
  ])("agrees with scikit-learn on a regression: alpha %f", async (alpha, value, standardError, meanR2, pooledR2) => {
    const features = Array.from({ length: 20 }, (_, i) => [i, (i * 7) % 11]);
    const target = features.map(([a = 0, b = 0], i) => a / 2 - b / 4 + Math.sin(i));
    const data = inMemory({ name: "line", features, target, kind: "number", fold: features.map((_, i) => i % 4) });
    const { values, folds } = await crossValidate({ data, model: ridge({ alpha }), cv: predefined(), metrics: { mse: mse(), r2: r2() } });
    expect(values["mse"]?.value).toBeCloseTo(value, 10);
    expect(values["mse"]?.standardError).toBeCloseTo(standardError, 10);
    expect(values["r2"]?.value).toBeCloseTo(meanR2, 10);
    // Pooled from predictions in 32 bits.
    expect(values["r2"]?.pooled).toBeCloseTo(pooledR2, 6);
    expect(folds.map(({ correct }) => correct)).toEqual([null, null, null, null]);
  });

  it("has no standard error for a hold-out", async () => {
    const data = csv(`${dataFolder}/iris.csv.gz`, { target: "y" });
    const cv = holdOut({ train: 0.6, validation: 0.2, test: 0.2 });
    const { values, folds } = await crossValidate({ data, model: nearestCentroid({ shrink: 0 }), cv, metrics: { accuracy: accuracy() } });
    expect(folds).toHaveLength(1);
    expect(values["accuracy"]?.standardError).toBeNull();
    expect(values["accuracy"]?.value).toBe(values["accuracy"]?.pooled);
  });

  it("says why a model failed", async () => {
    const data = inMemory({ name: "line", features: [[0], [1], [2], [3]], target: [0, 1, 2, 3], kind: "number" });
    const failing = { data, model: ridge({ alpha: 1, fails: true }), cv: kFold({ folds: 2 }), metrics: { mse: mse() } };
    await expect(crossValidate(failing)).rejects.toThrow("RangeError: the matrix is singular");
  });
});
