import { describe, expect, it } from "vitest";
import { ScalarTwin } from "./scalar-twin.ts";
import { shapes, twoClassProblem } from "./two-class-problem.ts";

describe("regrade", () => {
  it("computes f anew from the multipliers with the bits of its scalar twin, and says how far it was off", () => {
    for (const shape of shapes) {
      const problem = twoClassProblem(3, shape);
      const twin = new ScalarTwin(problem, 10);
      problem.start(10);
      const optimize = shape.linear === true ? problem.kernels.optimizeAnyDiagonal : problem.kernels.optimize;
      optimize(problem.block, 2000);
      twin.a.set(problem.a);
      twin.f.set(problem.gradient);
      expect(problem.kernels.regrade(problem.block)).toBe(twin.regrade());
      expect(problem.exact).toEqual(twin.exact);
      expect(problem.gradient).toEqual(twin.f);
      for (let l = 0; l < problem.local; l++) {
        problem.gradient[l] = (problem.gradient[l] as number) + (problem.trained(l) ? 0.25 : 9);
      }
      expect(problem.kernels.regrade(problem.block)).toBeCloseTo(0.25, 4);
    }
  });
});
