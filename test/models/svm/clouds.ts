import type { Answer, FoldResult, SolveRequest, SolverProblem } from "#hpo/core/estimator";
import { rng } from "#hpo/math/rng";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { type SvmOptions, svm } from "#hpo/models/svm/svm";
import { runSolver } from "../../solver-run.ts";
import { type ClassTable, classTable, foldPlan } from "../../table-data.ts";

/** Overlapping clouds, one a class, the first the largest; rows of a class are spread over the data. */
export function clouds(rows: number, classes: number, seed: number): ClassTable {
  const random = rng(seed);
  const labels = Array.from({ length: rows }, () => Math.min(random.below(classes), random.below(classes)));
  return classTable(
    labels.map((label) => [label * 0.4 + 0.3 * random.normal(), Math.cos(label) + 0.3 * random.normal(), random.uniform()]),
    labels.map((label) => `c${label}`),
  );
}

export function requestsOf(...options: readonly SvmOptions[]): SolveRequest[] {
  return options.map((one, index) => ({ index, options: svm(one).options }));
}

export interface Given {
  readonly plan: SolverProblem["plan"];
  readonly answer?: Answer;
  readonly weights?: Float64Array;
}

export function problemOf({ data, target }: ClassTable, { plan, answer = "labels", weights }: Given): SolverProblem {
  return { data, target, plan, weights: weights ?? null, answer };
}

export function folds(rows: number, count: number): SolverProblem["plan"] {
  const random = rng(rows);
  return foldPlan(Int32Array.from({ length: rows }, () => random.below(count)));
}

/** 0, ½, 1, 1½ or 2. */
export function someWeights(rows: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => ((row * 7) % 5) / 2);
}

export function results(table: ClassTable, given: Given, ...options: readonly SvmOptions[]): readonly (readonly FoldResult[])[] {
  return runSolver(svmFoldSolver(problemOf(table, given)), table.data, requestsOf(...options)).results;
}
