import { crossValidate, inMemory, predefined, r2, svr as exported } from "hpo";
import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { loadModel } from "#hpo/pipelines/load-model";
import { svrFoldSolver } from "#hpo/models/svr/solver";
import { svr, type SvrOptions } from "#hpo/models/svr/svr";
import { describeEstimatorContract } from "../../contract/estimator-contract.ts";
import { runSolver } from "../../solver-run.ts";
import { regressionTable } from "./regression-table.ts";

const random = rng(1);
const rows = Array.from({ length: 90 }, () => [random.uniform(), random.uniform()]);
const targetOf = ([x, y]: readonly number[]): number => 4 * (x as number) - 2 * (y as number) ** 2;
const table = regressionTable(rows, rows.map(targetOf));
const context = { rng: rng(0), signal: new AbortController().signal };

for (const [name, options] of [
  ["svr, rbf", { kernel: "rbf", C: 10, gamma: 2 }],
  ["svr, scaled γ", { kernel: "rbf", C: 1 }],
  ["svr, linear", { kernel: "linear", C: 1, epsilon: 0 }],
] as const) {
  describeEstimatorContract(name, { estimator: svr(options), data: table.data, target: table.target, load: loadModel });
}

describe("svr()", () => {
  it("writes every option down, with defaults", () => {
    const rest = { C: 1, epsilon: 0.1, tolerance: 1e-3, maxIterations: 10_000_000 };
    expect(svr({ kernel: "rbf", C: 1 }).options).toEqual({ kernel: "rbf", gamma: "scale", ...rest });
    expect(svr({ kernel: "linear", C: 1, epsilon: 0 }).options).toEqual({ kernel: "linear", ...rest, epsilon: 0 });
  });

  it("tells a wrong option with what it must be", () => {
    const wrong: readonly [unknown, RegExp][] = [
      [{ kernel: "poly", C: 1 }, /^svr\(\): kernel must be one of "rbf", "linear"; got "poly"\.$/],
      [{ kernel: "rbf" }, /^svr\(\): C must be/],
      [{ kernel: "rbf", C: 1, epsilon: -1 }, /^svr\(\): epsilon must be a finite number of at least 0; got -1\.$/],
      [{ kernel: "rbf", C: 1, tolerance: 0 }, /tolerance must be/],
      [{ kernel: "linear", C: 1, gamma: 1 }, /gamma must be left out/],
    ];
    for (const [options, message] of wrong) expect(() => svr(options as SvrOptions)).toThrow(message);
  });

  it("stays within its tube where nothing stands against it", async () => {
    const model = await svr({ kernel: "rbf", C: 1e5, gamma: 1, epsilon: 0.05 }).fit(
      { data: table.data, target: table.target, rows: Uint32Array.from(rows.keys()), weights: null },
      context,
    );
    const predicted = model.predict({ data: table.data, rows: Uint32Array.from(rows.keys()) });
    for (const [row, value] of predicted.entries()) expect(Math.abs(value - targetOf(rows[row] as number[]))).toBeLessThan(0.05 + 1e-3);
  });

  // scikit-learn 1.2.1: SVR(C=7, gamma=3, epsilon=0.05, tol=1e-9), fold = i mod 5; without and with weights (1, 0.5, 2, 0, 1, …).
  it.each([
    [false, 0.7211444213019079, [1.9696394922858538, -1.346919505541615, -0.3083738192178549, 0.055555532314702116]],
    [true, 0.6865215861384739, [2.5946233784062063, 1.128520947874271, -0.27058884080993906, -0.2822101184016397]],
  ])("agrees with scikit-learn in a cross-validation, weighted: %s", async (weighted, value, first) => {
    const features = Array.from({ length: 20 }, (_, i) => [i / 20, ((i * 7) % 11) / 20]);
    const target = features.map(([x = 0, z = 0], i) => 10 * x - 5 * z + Math.sin(i));
    const weights = weighted ? { weight: features.map((_, i) => [1, 0.5, 2, 0][i % 4] as number) } : {};
    const data = inMemory({ name: "line", features, target, kind: "number", fold: features.map((_, i) => i % 5), ...weights });
    const model = exported({ kernel: "rbf", C: 7, gamma: 3, epsilon: 0.05, tolerance: 1e-7 });
    const { values, predictions } = await crossValidate({ data, model, cv: predefined(), metrics: { r2: r2() } });
    const predicted = new Map(
      predictions.flatMap(({ rows: tested, predicted: own }) => Array.from(tested, (row, at) => [row, own[at] as number] as const)),
    );
    for (const [row, expected] of first.entries()) expect(Math.abs((predicted.get(row) as number) - expected)).toBeLessThan(1e-4);
    // Scores of weighted rows are weighted too.
    if (!weighted) expect(values["r2"]?.value).toBeCloseTo(value, 4);
  });

  it("fits what its fold solver fits", async () => {
    const train = Uint32Array.from(rows.keys()).filter((row) => row % 3 !== 0);
    const test = Uint32Array.from(rows.keys()).filter((row) => row % 3 === 0);
    const weights = Float64Array.from(rows, (_, row) => [1, 0.5, 0, 2][row % 4] as number);
    for (const options of [
      { kernel: "rbf", C: 30, gamma: 3, epsilon: 0.01 },
      { kernel: "linear", C: 2, epsilon: 0.01 },
    ] as const) {
      const { data, target } = regressionTable(rows, rows.map(targetOf));
      const solver = svrFoldSolver({ data, target, plan: { folds: [{ train, test }] }, weights, answer: "labels" });
      const folded = runSolver(solver, data, [{ index: 0, options: svr(options).options }]).results[0]?.[0]?.predicted;
      const own = Float64Array.from(train, (row) => weights[row] as number);
      const model = await svr(options).fit({ data, target, rows: train, weights: own }, context);
      for (const [at, value] of model.predict({ data, rows: test }).entries()) {
        expect(Math.abs(value - (folded?.[at] as number))).toBeLessThan(2e-3);
      }
    }
  });

  it("warns where the iteration limit ended the solve, and refuses rows of another width", async () => {
    const model = await svr({ kernel: "rbf", C: 10, gamma: 1, maxIterations: 3 }).fit(
      { data: table.data, target: table.target, rows: Uint32Array.from(rows.keys()), weights: null },
      context,
    );
    expect(model.warnings).toEqual(["svr(): the iteration limit (3) ended the solve."]);
    const { data } = regressionTable([[1, 2, 3]], [1]);
    expect(() => model.predict({ data, rows: Uint32Array.of(0) })).toThrow(/rows must have 2 features, as in training; got 3/);
    const missing = regressionTable([[1, Number.NaN]], [1]);
    expect(() => model.predict({ data: missing.data, rows: Uint32Array.of(0) })).toThrow(/svr\(\): features must be finite .* is NaN/);
  });
});
