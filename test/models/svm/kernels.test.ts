import { accuracy, balancedAccuracy, crossValidate, inMemory, predefined } from "hpo";
import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { loadModel } from "#hpo/pipelines/load-model";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { type SvmOptions, svm } from "#hpo/models/svm/svm";
import { describeEstimatorContract } from "../../contract/estimator-contract.ts";
import { describeFoldSolverContract } from "../../contract/fold-solver-contract.ts";
import { runSolver } from "../../solver-run.ts";
import { classTable, foldPlan, readTable } from "../../table-data.ts";
import { clouds, folds, problemOf, requestsOf, results, someWeights } from "./clouds.ts";
import { featureRows, labelsOf, laplacian, precomputedTable } from "./precomputed-table.ts";

const wine = readTable(new URL("../../../studies/data/wine.csv.gz", import.meta.url).pathname);
const context = { rng: rng(0), signal: new AbortController().signal };

for (const options of [
  { kernel: "poly", C: 2, gamma: 0.5, coef0: 1 },
  { kernel: "poly", C: 0.5, degree: 2 },
  { kernel: "sigmoid", C: 2, gamma: 0.05, coef0: -0.1 },
  { kernel: "rbf", C: 2, classWeight: "balanced" },
  { kernel: "linear", C: 2, classWeight: { "0": 0.1, "2": 4 } },
] as const) {
  describeEstimatorContract(`svm, ${JSON.stringify(options)} on wine`, {
    estimator: svm(options),
    data: wine.data,
    target: wine.target,
    load: loadModel,
  });
}
const matrix = precomputedTable(wine, laplacian);
describeEstimatorContract("svm, precomputed", {
  estimator: svm({ kernel: "precomputed", C: 3 }),
  data: matrix.data,
  target: matrix.target,
  load: loadModel,
});

/** Every base and kind of kernel, chains that differ in one number alone, and weights. */
const mixed = requestsOf(
  { kernel: "poly", C: 3, gamma: 0.5 },
  { kernel: "poly", C: 3, gamma: 0.5, coef0: 1 },
  { kernel: "poly", C: 30, gamma: 0.5, coef0: 1 },
  { kernel: "poly", C: 3, gamma: 0.5, coef0: 1, degree: 2 },
  { kernel: "sigmoid", C: 3, gamma: 0.2 },
  { kernel: "sigmoid", C: 3, gamma: 0.2, coef0: -0.5 },
  { kernel: "rbf", C: 3, gamma: 0.5 },
  { kernel: "rbf", C: 3, gamma: 0.5, classWeight: "balanced" },
  { kernel: "rbf", C: 300, gamma: 0.5, classWeight: { c1: 3 } },
  { kernel: "linear", C: 3, classWeight: { c1: 3 } },
);
for (const answer of ["labels", "scores", "probabilities"] as const) {
  describeFoldSolverContract(`svm, every kernel and kind of weight, ${answer}`, {
    create: svmFoldSolver,
    problem: () => problemOf(clouds(120, 3, 1), { plan: folds(120, 3), answer, weights: someWeights(120) }),
    requests: mixed,
  });
}
for (const classes of [2, 3]) {
  describeFoldSolverContract(`svm, precomputed, ${classes} classes`, {
    create: svmFoldSolver,
    problem: () => problemOf(precomputedTable(clouds(90, classes, 2), laplacian), { plan: folds(90, 3), answer: "scores" }),
    requests: requestsOf(
      { kernel: "precomputed", C: 0.5 },
      { kernel: "precomputed", C: 20 },
      { kernel: "precomputed", C: 20, classWeight: "balanced" },
    ),
  });
}

describe("svm over folds, with every kernel", () => {
  const plan = folds(150, 3);

  it("gives the labels of models fitted alone, and their scores within the tolerance", async () => {
    const table = clouds(150, 3, 3);
    const given = precomputedTable(table, laplacian);
    const weights = someWeights(150);
    const cells: readonly SvmOptions[] = [
      { kernel: "poly", C: 5, gamma: 0.5, coef0: 1 },
      { kernel: "sigmoid", C: 5, gamma: 0.1 },
      { kernel: "linear", C: 5, classWeight: "balanced" },
      { kernel: "precomputed", C: 5, classWeight: { c2: 3 } },
    ];
    for (const options of cells) {
      const { data, target } = options.kernel === "precomputed" ? given : table;
      const strict = { ...options, tolerance: 1e-5 };
      const [found] = results({ data, target }, { plan, weights, answer: "scores" }, strict);
      for (const [fold, { train, test }] of plan.folds.entries()) {
        const own = Float64Array.from(train, (row) => weights[row] as number);
        const model = await svm(strict).fit({ data, target, rows: train, weights: own }, context);
        expect(model.predict({ data, rows: test })).toEqual(found?.[fold]?.predicted);
        for (const [at, score] of model.predictScores({ data, rows: test }).entries()) {
          expect(Math.abs(score - (found?.[fold]?.scores?.[at] as number))).toBeLessThan(1e-4);
        }
      }
    }
  });

  it("takes products for poly of degree 1 and for a precomputed matrix as the linear kernel does, bit by bit", () => {
    const table = clouds(150, 3, 4);
    const [linear] = results(table, { plan, answer: "scores" }, { kernel: "linear", C: 2 });
    const [poly] = results(table, { plan, answer: "scores" }, { kernel: "poly", C: 2, gamma: 1, degree: 1 });
    const products = precomputedTable(table, (x, z) =>
      x.reduce((sum, value, k) => Math.fround(sum + Math.fround(value * (z[k] as number))), 0),
    );
    const [given] = results(products, { plan, answer: "scores" }, { kernel: "precomputed", C: 2 });
    expect(poly).toEqual(linear);
    expect(given).toEqual(linear);
  });

  it("warns where the iteration limit ends a solve, and names the kernel", () => {
    const table = clouds(60, 2, 5);
    const requests = requestsOf({ kernel: "poly", gamma: 1, degree: 2, C: 1, maxIterations: 2 });
    const { warnings } = runSolver(svmFoldSolver(problemOf(table, { plan: folds(60, 2) })), table.data, requests);
    expect(warnings[0]).toMatch(/with C=1, poly γ=1 degree=2 coef0=0; raise maxIterations or the tolerance\.$/);
  });

  it("tells rounding from the iteration limit where values are too large for the tolerance", async () => {
    const rows = Uint32Array.from({ length: 12 }, (_, row) => row);
    const features = [...rows].map((row) => [1000, Math.sin(row)]);
    const labels = [...rows].map((row) => (row % 3 === 0 ? "a" : "b"));
    const { data, target } = classTable(features, labels);
    const options = { kernel: "poly", gamma: 1, degree: 2, C: 1e4, maxIterations: 10_000 } as const;
    const model = await svm(options).fit({ data, target, rows, weights: null }, context);
    expect(model.warnings).toEqual(["svm(): rounding of large values ended the solve of a against b."]);
    const plan = { folds: [{ train: rows, test: rows }] };
    const { warnings } = runSolver(svmFoldSolver(problemOf({ data, target }, { plan })), data, requestsOf(options));
    expect(warnings.at(-1)).toBe(
      "svm(): rounding of large values ended 1 of 1 solves of a against b with C=10000, poly γ=1 degree=2 coef0=0; scale the features, or raise the tolerance.",
    );
  });

  it("refuses values that are too large for a kernel, and names the row", () => {
    const table = classTable([[1e6], [3e12], [2]], ["a", "b", "a"]);
    const solver = svmFoldSolver(problemOf(table, { plan: foldPlan(Int32Array.of(0, 1, 1)) }));
    const plan3 = (options: SvmOptions) => () => solver.plan(requestsOf(options), { memoryBytes: 4e9, slots: 1 });
    expect(plan3({ kernel: "poly", C: 1, gamma: 1 })).toThrow(
      "svm(): kernel values must be at most 1e+30; row 2 of table reaches 7.29e+74 with poly γ=1 degree=3 coef0=0. Scale the features first.",
    );
    expect(plan3({ kernel: "linear", C: 1 })().stages.length).toBeGreaterThan(0);
    expect(plan3({ kernel: "sigmoid", C: 1 })().stages.length).toBeGreaterThan(0);
  });
});

describe("crossValidate() with the svm", () => {
  it("runs every kernel, with row weights from the data, and a precomputed matrix", async () => {
    const table = clouds(90, 3, 15);
    const fold = Array.from({ length: 90 }, (_, row) => row % 3);
    const weight = [...someWeights(90)].map((value) => value + 0.1);
    const target = labelsOf(table);
    const rest = { cv: predefined(), metrics: { accuracy: accuracy(), balanced: balancedAccuracy() } };
    const features = inMemory({ name: "clouds", features: featureRows(table), target, fold, weight });
    const given = inMemory({ name: "matrix", features: featureRows(precomputedTable(table, laplacian)), target, fold, weight });
    const models: readonly SvmOptions[] = [
      { kernel: "rbf", C: 3 },
      { kernel: "linear", C: 3 },
      { kernel: "poly", C: 3, coef0: 1 },
      { kernel: "sigmoid", C: 3, gamma: 0.1 },
      { kernel: "precomputed", C: 3, classWeight: "balanced" },
    ];
    for (const options of models) {
      const { values } = await crossValidate({ data: options.kernel === "precomputed" ? given : features, model: svm(options), ...rest });
      expect(values["accuracy"]?.value, options.kernel).toBeGreaterThan(0.5);
    }
  });
});
