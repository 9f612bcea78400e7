import { describe, expect, it } from "vitest";
import { ScalarTwin } from "./scalar-twin.ts";
import { shapes, twoClassProblem } from "./two-class-problem.ts";

describe("optimizePrecisely", () => {
  it("takes the steps of its scalar twin, bit by bit, for every shape of problem", () => {
    for (const shape of shapes) {
      for (let seed = 0; seed < 10; seed++) {
        for (const bound of [0.5, 100]) {
          const problem = twoClassProblem(seed, shape);
          const twin = new ScalarTwin(problem, bound);
          problem.start(bound);
          problem.kernels.regrade(problem.block);
          twin.regrade();
          for (let call = 0; call < 300; call++) {
            const solved = problem.kernels.optimizePrecisely(problem.block, 33);
            expect(twin.optimizePrecisely(33) ? 1 : 0).toBe(solved);
            expect(problem.steps()).toBe(twin.steps);
            if (solved !== 0) break;
          }
          expect(problem.a).toEqual(twin.a);
          expect(problem.exact).toEqual(twin.exact);
        }
      }
    }
  });

  it("finds the optimum that single precision finds", () => {
    for (let seed = 0; seed < 10; seed++) {
      const [first, second] = (["optimize", "optimizePrecisely"] as const).map((variant) => {
        const problem = twoClassProblem(seed);
        problem.start(10);
        problem.kernels.regrade(problem.block);
        while (problem.kernels[variant](problem.block, 16) === 0);
        problem.kernels.offset(problem.block, variant === "optimizePrecisely" ? 1 : 0);
        return { a: problem.a, offset: problem.f64[problem.member("offset")] as number };
      });
      // Different roundings, one optimum: multipliers may differ by what the tolerance leaves open.
      for (const [l, value] of (second?.a ?? []).entries()) expect(Math.abs(value - (first?.a[l] as number))).toBeLessThan(0.05);
      expect(Math.abs((second?.offset as number) - (first?.offset as number))).toBeLessThan(2e-3);
    }
  });
});
