import { describe, expect, it } from "vitest";
import { ScalarTwin } from "./scalar-twin.ts";
import { shapes, twoClassProblem } from "./two-class-problem.ts";

describe("optimizeByCandidates", () => {
  it("takes the steps of its scalar twin, bit by bit, however many a call makes, for every shape of problem", () => {
    for (const shape of shapes.filter(({ linear }) => linear !== true)) {
      for (let seed = 0; seed < 6; seed++) {
        for (const bound of [0.5, 5, 100]) {
          const twin = new ScalarTwin(twoClassProblem(seed, shape), bound);
          const limit = 5000;
          const ended = twin.optimize(limit, true);
          for (const count of [1, 7, 256]) {
            const problem = twoClassProblem(seed, shape);
            problem.start(bound);
            let steps = 0;
            let solved = 0;
            while (solved === 0 && steps < limit) {
              solved = problem.kernels.optimizeByCandidates(problem.block, Math.min(count, limit - steps));
              steps += problem.steps();
            }
            expect(solved).toBe(ended ? 1 : 0);
            expect(steps).toBe(twin.steps);
            expect(problem.a).toEqual(twin.a);
            if (ended) expect(problem.kept(problem.gradient)).toEqual(problem.kept(twin.f));
          }
        }
      }
    }
  });

  it("ends where all low rows are looked at and none is left, as the solver that looks at all rows does", () => {
    for (let seed = 0; seed < 10; seed++) {
      const gaps = (["optimize", "optimizeByCandidates"] as const).map((variant) => {
        const problem = twoClassProblem(seed);
        problem.start(10);
        while (problem.kernels[variant](problem.block, 16) === 0);
        return (problem.f64[problem.member("highest")] as number) - (problem.f64[problem.member("lowest")] as number);
      });
      for (const gap of gaps) expect(gap).toBeLessThan(1e-3);
    }
  });

  it("ends by itself, or by its count, where values are not finite", () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      const problem = twoClassProblem(1);
      problem.f32.fill(value, 4096 / 4 + 20 * 80, 4096 / 4 + 24 * 80);
      problem.start(10);
      for (let call = 0; call < 100; call++) {
        problem.kernels.optimizeByCandidates(problem.block, 16);
        expect(problem.steps()).toBeLessThanOrEqual(16);
      }
    }
  });
});
