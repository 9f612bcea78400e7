import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { loadModel } from "#hpo/pipelines/load-model";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { type SvmOptions, svm } from "#hpo/models/svm/svm";
import { describeEstimatorContract } from "../../contract/estimator-contract.ts";
import { runSolver } from "../../solver-run.ts";
import { classTable, foldPlan, readTable } from "../../table-data.ts";

const studies = new URL("../../../studies/data/", import.meta.url).pathname;
const wine = readTable(`${studies}wine.csv.gz`);
const iris = readTable(`${studies}iris.csv.gz`);
const context = { rng: rng(0), signal: new AbortController().signal };

for (const [name, table, options] of [
  ["svm, rbf on wine", wine, { kernel: "rbf", C: 10, gamma: 0.5 }],
  ["svm, scaled γ on iris", iris, { kernel: "rbf", C: 1 }],
  ["svm, linear on wine", wine, { kernel: "linear", C: 1 }],
] as const) {
  describeEstimatorContract(name, { estimator: svm(options), data: table.data, target: table.target, load: loadModel });
}
const two = classTable(
  [...Array(40).keys()].map((at) => [Math.sin(at), Math.cos(at * at)]),
  [...Array(40).keys()].map((at) => (Math.sin(at) > 0.2 ? "yes" : "no")),
  "f64",
);
describeEstimatorContract("svm, two classes in f64", {
  estimator: svm({ kernel: "rbf", C: 3 }),
  data: two.data,
  target: two.target,
  load: loadModel,
});

describe("svm()", () => {
  it("writes every option down, with defaults", () => {
    expect(svm({ kernel: "rbf", C: 1 }).options).toEqual({
      kernel: "rbf",
      C: 1,
      gamma: "scale",
      tolerance: 1e-3,
      maxIterations: 10_000_000,
    });
    expect(svm({ kernel: "linear", C: 1, tolerance: 0.1 }).options).toEqual({
      kernel: "linear",
      C: 1,
      tolerance: 0.1,
      maxIterations: 10_000_000,
    });
  });

  it("tells a wrong option with what it must be", () => {
    const wrong: readonly [unknown, RegExp][] = [
      [{ kernel: "cubic", C: 1 }, /^svm\(\): kernel must be one of "rbf", "linear", "poly", "sigmoid", "precomputed"; got "cubic"\.$/],
      [{ kernel: "rbf" }, /^svm\(\): C must be a finite number above 0 and at most/],
      [{ kernel: "rbf", C: 0 }, /C must be/],
      [{ kernel: "rbf", C: Number.NaN }, /C must be/],
      [{ kernel: "rbf", C: Infinity }, /C must be/],
      [{ kernel: "rbf", C: 1, gamma: 0 }, /gamma must be/],
      [{ kernel: "rbf", C: 1, gamma: "auto" }, /gamma must be .* or one of "scale"; got "auto"/],
      [
        { kernel: "linear", C: 1, gamma: 1 },
        /^svm\(\): gamma must be left out where kernel is "linear" \(it belongs to "rbf", "poly", "sigmoid"\); got 1\.$/,
      ],
      [{ kernel: "precomputed", C: 1, gamma: "scale" }, /gamma must be left out/],
      [{ kernel: "rbf", C: 1, degree: 3 }, /degree must be left out where kernel is "rbf" \(it belongs to "poly"\); got 3\.$/],
      [{ kernel: "linear", C: 1, coef0: 0 }, /coef0 must be left out where kernel is "linear" \(it belongs to "poly", "sigmoid"\)/],
      [{ kernel: "sigmoid", C: 1, degree: 2 }, /degree must be left out/],
      [{ kernel: "poly", C: 1, degree: 0 }, /degree must be an integer from 1 to 100; got 0\.$/],
      [{ kernel: "poly", C: 1, degree: 2.5 }, /degree must be an integer from 1 to 100; got 2\.5\.$/],
      [{ kernel: "poly", C: 1, coef0: Number.NaN }, /coef0 must be a finite number/],
      [
        { kernel: "rbf", C: 1, classWeight: "even" },
        /classWeight must be one of "balanced", or an object with .* for each label; got "even"\.$/,
      ],
      [{ kernel: "rbf", C: 1, classWeight: { a: 0 } }, /classWeight must be/],
      [{ kernel: "rbf", C: 1, classWeight: [1, 2] }, /classWeight must be/],
      [{ kernel: "rbf", C: 1, tolerance: 0 }, /tolerance must be/],
      [{ kernel: "rbf", C: 1, maxIterations: 0.5 }, /maxIterations must be an integer/],
      [{ kernel: "rbf", C: 1, c: 1 }, /there is no option c/],
      [undefined, /options must be an object/],
    ];
    for (const [options, message] of wrong) expect(() => svm(options as SvmOptions)).toThrow(message);
  });

  it("fits the model of the fold solver: equal labels, and scores equal within the tolerance", async () => {
    const plan = foldPlan(Int32Array.from({ length: wine.data.rows }, (_, row) => (row * 7) % 5));
    const cells = [0.1, 1, 30, 1000].flatMap((C) => [
      { kernel: "rbf" as const, C, gamma: 2 },
      { kernel: "linear" as const, C },
    ]);
    const requests = cells.map((options, index) => ({ index, options: svm(options).options }));
    const solver = svmFoldSolver({ data: wine.data, target: wine.target, plan, weights: null, answer: "scores" });
    const { results } = runSolver(solver, wine.data, requests);
    for (const [cell, options] of cells.entries()) {
      for (const [fold, { train, test }] of plan.folds.entries()) {
        const model = await svm(options).fit({ data: wine.data, target: wine.target, rows: train, weights: null }, context);
        const expected = results[cell]?.[fold];
        expect(model.predict({ data: wine.data, rows: test })).toEqual(expected?.predicted);
        const scores = model.predictScores?.({ data: wine.data, rows: test }) ?? [];
        for (const [at, score] of scores.entries()) expect(Math.abs(score - (expected?.scores?.[at] as number))).toBeLessThan(1e-3);
      }
    }
  });

  it("answers with the only class there is", async () => {
    const rows = Uint32Array.from([0, 1, 2]);
    const model = await svm({ kernel: "rbf", C: 1 }).fit({ data: iris.data, target: iris.target, rows, weights: null }, context);
    expect([...model.predict({ data: iris.data, rows: Uint32Array.from([0, 60, 120]) })]).toEqual([0, 0, 0]);
    expect([...(model.predictScores?.({ data: iris.data, rows: Uint32Array.of(60) }) ?? [])]).toEqual([0, -1, -1]);
  });

  it("uses scikit-learn's scaled γ", async () => {
    const rows = Uint32Array.from({ length: 150 }, (_, row) => row);
    const scaled = (
      await svm({ kernel: "rbf", C: 1 }).fit({ data: iris.data, target: iris.target, rows, weights: null }, context)
    ).toJSON();
    let [sum, squares] = [0, 0];
    if (iris.data.features.kind !== "dense") throw new TypeError("dense");
    for (let row = 0; row < 150; row++) {
      for (let k = 0; k < 4; k++) {
        const value = iris.data.features.values[row * 4 + k] as number;
        sum += value;
        squares += value * value;
      }
    }
    expect((scaled as { kernel: { gamma: number } }).kernel.gamma).toBeCloseTo(1 / (4 * (squares / 600 - (sum / 600) ** 2)), 9);
  });

  it("refuses what it can't fit, in one sentence", async () => {
    const rows = Uint32Array.from([0, 1]);
    const estimator = svm({ kernel: "rbf", C: 1 });
    const input = { data: iris.data, target: iris.target, rows, weights: null };
    await expect(estimator.fit({ ...input, rows: new Uint32Array(0) }, context)).rejects.toThrow(
      "svm(): there must be at least one training row; got 0.",
    );
    await expect(estimator.fit({ ...input, weights: new Float64Array(2) }, context)).rejects.toThrow(/a row of a weight above 0/);
    await expect(
      estimator.fit({ ...input, target: { kind: "number", name: "y", values: new Float64Array(150) } }, context),
    ).rejects.toThrow(/must be a class/);
    const model = await estimator.fit({ ...input, rows: Uint32Array.from([0, 60]) }, context);
    const holes = classTable(
      [
        [0, 0, 0, 0],
        [0, Number.NaN, 0, 0],
      ],
      ["a", "b"],
    );
    expect([...model.predict({ data: holes.data, rows: Uint32Array.of(0) })].length).toBe(1);
    expect(() => model.predict({ data: holes.data, rows: Uint32Array.of(0, 1) })).toThrow(
      /row 2, column x2 of table is NaN\. Fill missing/,
    );
    expect(() => model.predict({ data: wine.data, rows })).toThrow("svm(): rows must have 4 features, as in training; got 13.");
  });
});
