import { accuracy, balancedAccuracy, crossValidate, inMemory, predefined } from "hpo";
import { describe, expect, it } from "vitest";
import type { Answer, SolveRequest, SolverProblem } from "#hpo/core/estimator";
import { rng } from "#hpo/math/rng";
import { loadModel } from "#hpo/models/load-model";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { type SvmOptions, svm } from "#hpo/models/svm/svm";
import { describeEstimatorContract } from "../../contract/estimator-contract.ts";
import { describeFoldSolverContract } from "../../contract/fold-solver-contract.ts";
import { runSolver } from "../../solver-run.ts";
import { type ClassTable, classTable, foldPlan, readTable } from "../../table-data.ts";
import { featureRows, labelsOf, laplacian, precomputedTable } from "./precomputed-table.ts";

const wine = readTable(new URL("../../../studies/data/wine.csv.gz", import.meta.url).pathname);
const context = { rng: rng(0), signal: new AbortController().signal };

/** Overlapping clouds, one a class, the first the largest; rows of a class are spread over the data. */
function clouds(rows: number, classes: number, seed: number): ClassTable {
  const random = rng(seed);
  const labels = Array.from({ length: rows }, () => Math.min(random.below(classes), random.below(classes)));
  return classTable(
    labels.map((label) => [label * 0.4 + 0.3 * random.normal(), Math.cos(label) + 0.3 * random.normal(), random.uniform()]),
    labels.map((label) => `c${label}`),
  );
}

function requestsOf(...options: readonly SvmOptions[]): SolveRequest[] {
  return options.map((one, index) => ({ index, options: svm(one).options }));
}

interface Given {
  readonly plan: SolverProblem["plan"];
  readonly answer?: Answer;
  readonly weights?: Float64Array;
}

function problemOf({ data, target }: ClassTable, { plan, answer = "labels", weights }: Given): SolverProblem {
  return { data, target, plan, weights: weights ?? null, answer };
}

function folds(rows: number, count: number): SolverProblem["plan"] {
  const random = rng(rows);
  return foldPlan(Int32Array.from({ length: rows }, () => random.below(count)));
}

/** 0, ½, 1, 1½ or 2. */
function someWeights(rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => ((row * 7) % 5) / 2);
}

function results(table: ClassTable, given: Given, ...options: readonly SvmOptions[]) {
  return runSolver(svmFoldSolver(problemOf(table, given)), table.data, requestsOf(...options)).results;
}

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
for (const answer of ["labels", "scores"] as const) {
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

describe("weights of rows and classes", () => {
  const options = { kernel: "rbf", gamma: 1, C: 30 } as const;
  const plan = folds(150, 3);
  const given = { plan, answer: "scores" } as const;

  it("of 1 give the bits of none", async () => {
    const table = clouds(150, 3, 6);
    const ones = new Float64Array(150).fill(1);
    const [none] = results(table, given, options);
    expect(results(table, { ...given, weights: ones }, options)[0]).toEqual(none);
    expect(results(table, given, { ...options, classWeight: { c0: 1, c1: 1, c2: 1 } })[0]).toEqual(none);
    const { data, target } = table;
    const rows = Uint32Array.from({ length: 150 }, (_, row) => row);
    const fitted = async (weights: Float64Array | null, more: Partial<SvmOptions>) =>
      (await svm({ ...options, ...more } as SvmOptions).fit({ data, target, rows, weights }, context)).toJSON();
    expect(await fitted(ones, { classWeight: { c1: 1 } })).toEqual(await fitted(null, {}));
  });

  it("multiply: a class weight is that weight on each of the class's rows", () => {
    const table = clouds(150, 3, 7);
    const byRow = Float64Array.from(table.target.codes, (code) => (code === 1 ? 3 : 1) * 0.5);
    const half = new Float64Array(150).fill(0.5);
    const [class1] = results(table, { ...given, weights: half }, { ...options, classWeight: { c1: 3 } });
    expect(results(table, { ...given, weights: byRow }, options)[0]).toEqual(class1);
  });

  it("of 0 leave a row out of the training, bit by bit, and judge it all the same", () => {
    const table = clouds(150, 3, 8);
    const weights = Float64Array.from({ length: 150 }, (_, row) => (row % 4 === 0 ? 0 : 1));
    const without = { folds: plan.folds.map(({ train, test }) => ({ train: train.filter((row) => row % 4 !== 0), test })) };
    const [expected] = results(table, { ...given, plan: without }, options);
    expect(results(table, { ...given, weights }, options)[0]).toEqual(expected);
  });

  it("leave a class out of the vote where all its rows weigh 0", () => {
    const table = clouds(150, 3, 9);
    const weights = Float64Array.from(table.target.codes, (code) => (code === 1 ? 0 : 1));
    const [found] = results(table, { ...given, weights }, options);
    for (const { predicted, scores } of found ?? []) {
      expect(predicted).not.toContain(1);
      expect(scores?.filter((_, at) => at % 3 === 1).every((score) => score === -1)).toBe(true);
    }
  });

  it("balance by the rows of each fold's training set", () => {
    const table = clouds(150, 2, 10);
    const [balanced] = results(table, given, { ...options, classWeight: "balanced" });
    for (const [fold, { train, test }] of plan.folds.entries()) {
      const counts = [0, 1].map((code) => train.filter((row) => table.target.codes[row] === code).length);
      const classWeight = Object.fromEntries(counts.map((count, code) => [`c${code}`, train.length / (2 * count)]));
      const [alone] = results(table, { ...given, plan: { folds: [{ train, test }] } }, { ...options, classWeight });
      for (const [at, score] of (alone?.[0]?.scores ?? []).entries()) {
        expect(Math.abs(score - (balanced?.[fold]?.scores?.[at] as number))).toBeLessThan(0.02);
      }
    }
  });

  it("raise the recall of the class that has them", async () => {
    const table = clouds(300, 2, 11);
    const model = (classWeight: Readonly<Record<string, number>>) => svm({ kernel: "rbf", gamma: 1, C: 1, classWeight });
    const rows = Uint32Array.from({ length: 300 }, (_, row) => row);
    const told = async (weight: number): Promise<number> => {
      const fitted = await model({ c1: weight }).fit({ ...table, rows, weights: null }, context);
      return fitted.predict({ data: table.data, rows }).filter((code) => code === 1).length;
    };
    const counts = [await told(0.05), await told(1), await told(20)] as const;
    expect(counts[0]).toBeLessThan(counts[1]);
    expect(counts[1]).toBeLessThan(counts[2]);
  });

  it("are refused where a label is no class", async () => {
    const table = clouds(30, 2, 12);
    const wrong = { ...options, classWeight: { c7: 2 } };
    const message = 'svm(): the labels of classWeight must be classes of the target (c0, c1); got "c7".';
    const rows = Uint32Array.from({ length: 30 }, (_, row) => row);
    await expect(svm(wrong).fit({ ...table, rows, weights: null }, context)).rejects.toThrow(message);
    const solver = svmFoldSolver(problemOf(table, { plan: folds(30, 2) }));
    expect(() => solver.plan(requestsOf(wrong), { memoryBytes: 4e9, slots: 1 })).toThrow(message);
  });
});

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
    expect(loadModel(saved).decisionValues({ data: known.data, rows: all })).toEqual(own);
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
