import { describe, expect, it } from "vitest";
import type { SolveRequest, SolverProblem } from "#hpo/core/estimator";
import { HpoError } from "#hpo/core/hpo-error";
import { rng } from "#hpo/math/rng";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { svm, type SvmOptions } from "#hpo/models/svm/svm";
import { describeFoldSolverContract } from "../../contract/fold-solver-contract.ts";
import { runSolver } from "../../solver-run.ts";
import { classTable, foldPlan } from "../../table-data.ts";

/** Rows of some classes that overlap, in three folds. */
function problemOf(classes: number, count: number, answer: SolverProblem["answer"] = "labels"): SolverProblem {
  const random = rng(classes);
  const codes = Array.from({ length: count }, (_, at) => at % classes);
  const { data, target } = classTable(
    codes.map((code) => [random.normal() + 1.5 * code, random.normal() - code * (code - 1), random.uniform()]),
    codes.map((code) => `class ${code}`),
  );
  const folds = Int32Array.from(codes, () => random.below(3));
  const weights = Float64Array.from(codes, (_, at) => 0.5 + (at % 3));
  return { data, target, plan: foldPlan(folds), weights, answer };
}

const requestsOf = (...options: readonly SvmOptions[]): SolveRequest[] =>
  options.map((one, index) => ({ index, options: svm(one).options }));

const grid = requestsOf(
  ...[0.5, 4].flatMap((gamma) => [0.3, 10, 1000].map((C) => ({ kernel: "rbf" as const, gamma, C }))),
  { kernel: "linear", C: 2 },
  { kernel: "rbf", gamma: 4, C: 10, classWeight: "balanced" },
);

const large = { rows: 0, workingRows: 32 };

for (const classes of [2, 3]) {
  describeFoldSolverContract(`svm, large pairs of ${classes} classes`, {
    create: (problem) => svmFoldSolver(problem, large),
    problem: () => problemOf(classes, 150),
    requests: grid,
  });
}

describe("fold solver with large pairs", () => {
  for (const [classes, answer] of [
    [2, "labels"],
    [3, "labels"],
    [2, "scores"],
    [2, "probabilities"],
  ] as const) {
    it(`answers as with blocks, for ${classes} classes and ${answer}`, () => {
      const problem = problemOf(classes, 360, answer);
      const [block, rows] = [{ rows: 8192, workingRows: 16 }, large].map((rule) =>
        runSolver(svmFoldSolver(problem, rule), problem.data, grid),
      );
      for (const [at, results] of (rows?.results ?? []).entries()) {
        for (const [fold, { predicted, scores }] of results.entries()) {
          const other = block?.results[at]?.[fold];
          const different = predicted.filter((label, row) => label !== other?.predicted[row]).length;
          // A row whose decision is within the tolerance of 0 may change sides.
          expect(different).toBeLessThanOrEqual(1);
          if (answer !== "scores") continue;
          // Multipliers are up to 1000, so that solutions within the tolerance on training rows differ by more on others.
          for (const [row, score] of (scores ?? []).entries())
            expect(Math.abs(score - (other?.scores?.[row] as number))).toBeLessThan(0.03);
        }
      }
      expect(rows?.warnings).toEqual([]);
    });
  }

  it("gives equal bits under any memory limit, and takes what it plans", () => {
    const problem = problemOf(2, 700);
    const few = grid.slice(1, 4);
    const rule = { rows: 256, workingRows: 64 };
    const solver = svmFoldSolver(problem, rule);
    const limits = [1e6, 1.6e6, 4e9].map((memoryBytes) => ({ memoryBytes, slots: 1 }));
    const plans = limits.map((limit) => solver.plan(few, limit));
    for (const [at, { sharedBytes, slotBytes }] of plans.entries())
      expect(sharedBytes + slotBytes).toBeLessThanOrEqual(limits[at]?.memoryBytes as number);
    expect(new Set(plans.map(({ slotBytes }) => slotBytes)).size).toBe(3);
    expect(plans[2]?.note).toMatch(/MB a worker, 2 MB of it for kernel rows of large problems$/);
    const [least, some, all] = limits.map(({ memoryBytes }) => runSolver(svmFoldSolver(problem, rule), problem.data, few, { memoryBytes }));
    expect(some?.bytes).toEqual(least?.bytes);
    expect(all?.bytes).toEqual(least?.bytes);
  });

  it("refuses in a sentence where not even a batch of kernel rows fits", () => {
    const problem = problemOf(2, 700);
    const plan = () => svmFoldSolver(problem, { rows: 256, workingRows: 64 }).plan(grid, { memoryBytes: 2e5, slots: 2 });
    expect(plan).toThrow(HpoError);
    expect(plan).toThrow(
      /\(704 rows\).*2 workers; the limit is 1 MB\. Raise the limit \(--memory\), use fewer workers or use fewer rows\./,
    );
  });

  it("has a block for pairs up to 8192 rows, whatever the limit", () => {
    const random = rng(1);
    const rows = Array.from({ length: 8300 }, () => [random.uniform(), random.uniform()]);
    for (const [count, most] of [
      [8160, Infinity],
      [8300, 3e8],
    ] as const) {
      const { data, target } = classTable(
        rows.slice(0, count),
        rows.slice(0, count).map((_, at) => (at % 2 === 0 ? "a" : "b")),
      );
      const plan = foldPlan(Int32Array.from({ length: count }, (_, at) => at % 2));
      const solver = svmFoldSolver({ data, target, plan, weights: null, answer: "labels" });
      const { slotBytes } = solver.plan(requestsOf({ kernel: "rbf", gamma: 1, C: 1 }), {
        memoryBytes: 2.5e8 + (most === Infinity ? 2e8 : 0),
        slots: 1,
      });
      expect(slotBytes).toBeLessThanOrEqual(most);
      expect(slotBytes > 8160 ** 2 * 4).toBe(most === Infinity);
    }
  });
});
