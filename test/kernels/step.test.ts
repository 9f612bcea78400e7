import { describe, expect, it } from "vitest";
import { ScalarTwin } from "./scalar-twin.ts";
import { shapes, twoClassProblem } from "./two-class-problem.ts";

describe("reset and bound", () => {
  it("start from a = 0 and the targets, and mask what may not move", () => {
    for (const shape of shapes) {
      const problem = twoClassProblem(4, shape);
      const twin = new ScalarTwin(problem, 3);
      problem.a.fill(7);
      problem.start(3);
      expect(problem.a).toEqual(twin.a);
      expect(problem.gradient).toEqual(twin.f);
      for (let l = 0; l < problem.local; l++) {
        const bound = twin.boundOf(l);
        // Nothing, a little, all but the last bit, and the bound itself.
        for (const share of [0, 1e-12, 1 - 2 ** -52, 1]) {
          twin.a[l] = problem.y(l) * share * bound;
          problem.a[l] = twin.a[l] as number;
          problem.kernels.bound(problem.block);
          expect(problem.up[l]).toBe(twin.up(l) ? 0 : -Infinity);
          expect(problem.low[l]).toBe(twin.low(l) ? 0 : Infinity);
        }
      }
    }
  });

  it("take a row of weight 0, of a negative weight or of none for one that is not trained on", () => {
    for (const weight of [0, -1, Number.NaN]) {
      const [weighed, outside] = [twoClassProblem(5), twoClassProblem(5)];
      for (const l of [0, 7, 33]) {
        weighed.weight[l] = weight;
        outside.outside[l] = -Infinity;
      }
      for (const problem of [weighed, outside]) {
        problem.start(10);
        while (problem.kernels.optimize(problem.block, 64) === 0);
      }
      expect(weighed.a).toEqual(outside.a);
      expect(weighed.gradient).toEqual(outside.gradient);
    }
  });
});

describe("offset", () => {
  it("is its scalar twin's, and counts rows at their own bounds", () => {
    for (const shape of shapes) {
      for (const bound of [1e-6, 0.5, 20]) {
        for (const precise of [false, true]) {
          const problem = twoClassProblem(6, shape);
          const twin = new ScalarTwin(problem, bound);
          problem.start(bound);
          problem.kernels.regrade(problem.block);
          twin.regrade();
          const variant = precise ? "optimizePrecisely" : shape.linear === true ? "optimizeAnyDiagonal" : "optimize";
          problem.kernels[variant](problem.block, 3000);
          if (precise) twin.optimizePrecisely(3000);
          else twin.optimize(3000);
          problem.kernels.offset(problem.block, precise ? 1 : 0);
          const answer = [problem.f64[problem.member("offset")], problem.support(), problem.bounded()];
          expect(answer).toEqual(twin.offset(precise));
        }
      }
    }
  });
});

describe("finite", () => {
  it("sees what is not a finite number on training rows alone", () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      for (const precise of [0, 1]) {
        const problem = twoClassProblem(7);
        problem.start(1);
        problem.kernels.regrade(problem.block);
        const values = precise === 1 ? problem.exact : problem.gradient;
        for (let l = 0; l < problem.local; l++) {
          const before = values[l] as number;
          values[l] = value;
          expect(problem.kernels.finite(problem.block, precise)).toBe(problem.trained(l) ? 0 : 1);
          values[l] = before;
        }
      }
    }
  });
});
