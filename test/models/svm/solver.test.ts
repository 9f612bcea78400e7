import { describe, expect, it } from "vitest";
import type { Answer, SolveRequest, SolverProblem } from "#hpo/core/estimator";
import { rng } from "#hpo/math/rng";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { type SvmOptions, svm } from "#hpo/models/svm/svm";
import { describeFoldSolverContract } from "../../contract/fold-solver-contract.ts";
import { correctRows, runSolver } from "../../solver-run.ts";
import { type ClassTable, classTable, foldPlan, readFolds, readOracle, readTable } from "../../table-data.ts";
import { sharedData, sharedDataReason } from "../../shared-data.ts";

/** Overlapping clouds, one a class; rows of a class are spread over the data. */
function clouds(rows: number, classes: number, seed: number): ClassTable {
  const random = rng(seed);
  const labels = Array.from({ length: rows }, () => random.below(classes));
  return classTable(
    labels.map((label) => [label * 0.4 + 0.3 * random.normal(), Math.cos(label) + 0.3 * random.normal(), random.uniform()]),
    labels.map((label) => `c${label}`),
  );
}

function requestsOf(...options: readonly SvmOptions[]): SolveRequest[] {
  return options.map((one, index) => ({ index, options: svm(one).options }));
}

function problemOf({ data, target }: ClassTable, plan: SolverProblem["plan"], answer: Answer = "labels"): SolverProblem {
  return { data, target, plan, weights: null, answer };
}

const folds = (rows: number, count: number, seed: number): Int32Array => {
  const random = rng(seed);
  return Int32Array.from({ length: rows }, () => random.below(count));
};

const grid = requestsOf(
  ...[0.5, 8].flatMap((gamma) => [0.3, 1, 50, 1000].map((C) => ({ kernel: "rbf" as const, gamma, C }))),
  { kernel: "linear", C: 2 },
  { kernel: "rbf", gamma: 8, C: 50, tolerance: 1e-2 },
  { kernel: "rbf", C: 5 },
);

describeFoldSolverContract("svm, labels, 4 classes", {
  create: svmFoldSolver,
  problem: () => problemOf(clouds(150, 4, 1), foldPlan(folds(150, 3, 2))),
  requests: grid,
});

describeFoldSolverContract("svm, scores, 2 classes", {
  create: svmFoldSolver,
  problem: () => problemOf(clouds(90, 2, 3), foldPlan(folds(90, 4, 4)), "scores"),
  requests: grid.slice(2, 7).map(({ options }, index) => ({ index, options })),
});

describe("svm over folds", () => {
  // Landsat is compared cell by cell in test/studies, by the study itself.
  for (const name of ["vowel", "vehicle"]) {
    const [data, split, oracle] = [`tabular/${name}.csv.gz`, `oracles/svm_folds10_${name}.csv.gz`, `oracles/svm_libsvm_${name}.csv`].map(
      sharedData,
    );
    it.skipIf(data === undefined)(`agrees with LIBSVM on ${name}${data === undefined ? ` (${sharedDataReason})` : ""}`, () => {
      compareWithOracle(readTable(data as string, ["V1"]), foldPlan(readFolds(split as string)), oracle as string);
    });
  }

  it("refuses a fold without training rows", () => {
    const { data, target } = clouds(4, 2, 1);
    const plan = {
      folds: [
        { train: Uint32Array.of(0, 1, 2), test: Uint32Array.of(3) },
        { train: new Uint32Array(0), test: Uint32Array.of(0) },
      ],
    };
    expect(() => svmFoldSolver(problemOf({ data, target }, plan))).toThrow(
      "svm(): a training set must have a row of a weight above 0; that of fold 2 has none.",
    );
  });

  it("gives the same bits whether there is room for distances, for a block of them, or for neither", () => {
    const random = rng(5);
    const labels = Array.from({ length: 400 }, () => random.below(3));
    const wide = (): ClassTable =>
      classTable(
        labels.map((label, row) => Array.from({ length: 80 }, (_, k) => Math.sin(row * 80 + k) + (k % 3 === label ? 0.5 : 0))),
        labels.map((label) => `c${label}`),
      );
    const plan = foldPlan(folds(400, 3, 6));
    const one = wide();
    const solver = svmFoldSolver(problemOf(one, plan, "scores"));
    const whole = runSolver(solver, one.data, grid);
    let memoryBytes = 4e9;
    const sources: unknown[] = [];
    for (let choice = 0; choice < 3; choice++) {
      const { stages, sharedBytes, slotBytes } = solver.plan(grid, { memoryBytes, slots: 2 });
      const solving = stages.flatMap(({ parts }) => parts.map(({ input }) => input as { kind: string; source?: string }));
      sources.push(solving.find(({ kind }) => kind === "solve")?.source);
      expect(stages.some(({ name }) => name === "distances")).toBe(choice === 0);
      const table = wide();
      expect(runSolver(svmFoldSolver(problemOf(table, plan, "scores")), table.data, grid, { memoryBytes, slots: 2 }).results).toEqual(
        whole.results,
      );
      memoryBytes = Math.ceil(sharedBytes / 64) * 64 + 2 * Math.ceil(slotBytes / 64) * 64 - 1;
    }
    expect(sources).toEqual(["arena", "block", "each"]);
    expect(() => solver.plan(grid, { memoryBytes, slots: 2 })).toThrow(
      /^svm\(\): the kernel values of the largest pair of classes \(\d+ rows\) take \d+ MB for 2 workers; the limit is \d+ MB\. Raise the limit \(--memory\), use fewer workers or use fewer rows\.$/,
    );
  });

  it("stores what labels need, and the same labels come with scores", () => {
    const table = clouds(160, 3, 7);
    const plan = foldPlan(folds(160, 4, 8));
    const labels = runSolver(svmFoldSolver(problemOf(table, plan)), table.data, grid);
    const scores = runSolver(svmFoldSolver(problemOf(table, plan, "scores")), table.data, grid);
    for (const [at, results] of labels.results.entries()) {
      for (const [fold, { predicted, scores: none }] of results.entries()) {
        expect(none).toBeNull();
        expect(scores.results[at]?.[fold]?.predicted).toEqual(predicted);
        expect(scores.results[at]?.[fold]?.scores?.length).toBe(predicted.length * 3);
      }
    }
    const size = (run: typeof labels): number => [...run.bytes.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    expect(size(labels)).toBeLessThan(size(scores) / 8);
  });

  it("leaves a class out of the vote where its training rows are all held out", () => {
    const table = classTable([[0], [0.1], [0.2], [1], [1.1], [2], [2.1]], ["a", "a", "a", "b", "b", "c", "c"]);
    const plan = {
      folds: [
        { train: Uint32Array.from([0, 1, 2, 3, 4]), test: Uint32Array.from([5, 6]) },
        { train: Uint32Array.from([3, 4]), test: Uint32Array.from([0, 5]) },
      ],
    };
    const { results } = runSolver(
      svmFoldSolver(problemOf(table, plan, "scores")),
      table.data,
      requestsOf({ kernel: "rbf", gamma: 1, C: 10 }),
    );
    expect(results[0]?.map(({ predicted }) => [...predicted])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect([...(results[0]?.[1]?.scores ?? [])]).toEqual([-1, 0, -1, -1, 0, -1]);
    expect(results[0]?.[1]?.identical).toBe(false);
  });

  it("marks a fold as identical where every pair's solve was skipped", () => {
    const table = clouds(80, 3, 9);
    const { results } = runSolver(
      svmFoldSolver(problemOf(table, foldPlan(folds(80, 2, 1)))),
      table.data,
      requestsOf(...[1, 1e7, 1e8].map((C) => ({ kernel: "rbf" as const, gamma: 500, C }))),
    );
    expect(results[0]?.map(({ identical }) => identical)).toEqual([false, false]);
    expect(results[2]?.map(({ identical }) => identical)).toEqual([true, true]);
    expect(results[2]?.map(({ predicted }) => predicted)).toEqual(results[1]?.map(({ predicted }) => predicted));
  });

  it("takes any folds: overlapping tests, rows that no fold uses", () => {
    const table = clouds(60, 2, 10);
    const rows = Uint32Array.from({ length: 60 }, (_, row) => row);
    const plan = {
      folds: [
        { train: rows.subarray(0, 20), test: rows.subarray(20, 30) },
        { train: rows.subarray(0, 30), test: rows.subarray(25, 40) },
      ],
    };
    const { results } = runSolver(svmFoldSolver(problemOf(table, plan)), table.data, grid);
    expect(results[0]?.map(({ predicted }) => predicted.length)).toEqual([10, 15]);
  });

  it("warns where the iteration limit ends a solve", () => {
    const table = clouds(60, 2, 11);
    const options = requestsOf({ kernel: "rbf", gamma: 1, C: 10, maxIterations: 2 });
    const { warnings, results } = runSolver(svmFoldSolver(problemOf(table, foldPlan(folds(60, 2, 12)))), table.data, options);
    expect(warnings[0]).toMatch(/^svm\(\): the iteration limit \(2\) ended 2 of 2 solves of c0 against c1 with C=1, γ=1; raise/);
    expect(results[0]?.[0]?.predicted.length).toBeGreaterThan(0);
  });

  it("refuses what it can't do, in one sentence", () => {
    const table = clouds(20, 2, 13);
    const plan = foldPlan(folds(20, 2, 14));
    const number = { kind: "number" as const, name: "price", values: new Float64Array(20) };
    expect(() => svmFoldSolver({ ...problemOf(table, plan), target: number })).toThrow(
      "svm(): the target must be a class; price is a number.",
    );
    expect(() => svmFoldSolver({ ...problemOf(table, plan), weights: new Float64Array(20) })).toThrow(
      "svm(): a training set must have a row of a weight above 0; that of fold 1 has none.",
    );
    const twice = { folds: [{ train: Uint32Array.from([1, 1]), test: Uint32Array.from([2]) }] };
    expect(() => svmFoldSolver(problemOf(table, twice))).toThrow(/names row 2 twice/);
    const missing = classTable([[1], [Number.NaN], [2]], ["a", "b", "a"]);
    const solver = svmFoldSolver(problemOf(missing, foldPlan(Int32Array.of(0, 1, 1))));
    expect(() => solver.plan(requestsOf({ kernel: "linear", C: 1 }), { memoryBytes: 4e9, slots: 1 })).toThrow(
      /row 2, column x1 of table is NaN\. Fill missing/,
    );
    const large = svmFoldSolver(problemOf(classTable([[1e20], [0], [2]], ["a", "b", "a"]), foldPlan(Int32Array.of(0, 1, 1))));
    expect(() => large.plan(requestsOf({ kernel: "linear", C: 1 }), { memoryBytes: 4e9, slots: 1 })).toThrow(/Scale the features first/);
    expect(large.plan(requestsOf({ kernel: "rbf", C: 1 }), { memoryBytes: 4e9, slots: 1 }).stages.length).toBeGreaterThan(0);
  });
});

function compareWithOracle(table: ClassTable, plan: ReturnType<typeof foldPlan>, oracleFile: string): void {
  const oracle = readOracle(oracleFile);
  const cells = [...oracle.keys()].map((cell) => cell.split(",").map(Number) as [number, number]);
  const requests = requestsOf(...cells.map(([gamma, C]) => ({ kernel: "rbf" as const, gamma, C })));
  const { results } = runSolver(svmFoldSolver(problemOf(table, plan)), table.data, requests);
  const allowed = Math.max(2, 0.0005 * table.data.rows);
  for (const [at, [gamma, C]] of cells.entries()) {
    const correct = correctRows(results[at] ?? [], table.target.codes, plan.folds);
    expect(Math.abs(correct - (oracle.get(`${gamma},${C}`) as number)), `γ=${gamma} C=${C}`).toBeLessThanOrEqual(allowed);
  }
  expect(cells.length).toBe(25);
}
