import { describe, expect, it } from "vitest";
import { ScalarTwin } from "./scalar-twin.ts";
import { shapes, twoClassProblem } from "./two-class-problem.ts";

describe("optimize", () => {
  it("takes the steps of its scalar twin, bit by bit, however many a call makes, for every shape of problem", () => {
    for (const shape of shapes) {
      for (let seed = 0; seed < 6; seed++) {
        for (const bound of [0.5, 5, 100]) {
          const twin = new ScalarTwin(twoClassProblem(seed, shape), bound);
          const limit = 5000;
          const ended = twin.optimize(limit);
          for (const count of [1, 7, 256]) {
            const problem = twoClassProblem(seed, shape);
            const optimize = shape.linear === true ? problem.kernels.optimizeAnyDiagonal : problem.kernels.optimize;
            problem.start(bound);
            let steps = 0;
            let solved = 0;
            while (solved === 0 && steps < limit) {
              solved = optimize(problem.block, Math.min(count, limit - steps));
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

  it("has one answer where every K_ii is 1, whatever is known of the diagonal", () => {
    for (let seed = 0; seed < 10; seed++) {
      const answers = (["optimize", "optimizeAnyDiagonal"] as const).map((variant) => {
        const problem = twoClassProblem(seed);
        problem.start(10);
        while (problem.kernels[variant](problem.block, 16) === 0);
        return problem.a;
      });
      expect(answers[1]).toEqual(answers[0]);
    }
  });

  it("ends by itself, or by its count, where values are not finite", () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      for (const spoil of ["kernel", "target"] as const) {
        const problem = twoClassProblem(1);
        if (spoil === "kernel") problem.f32.fill(value, 4096 / 4 + 20 * 80, 4096 / 4 + 24 * 80);
        else problem.target.fill(value, 3, 6);
        problem.start(10);
        for (let call = 0; call < 100; call++) {
          problem.kernels.optimize(problem.block, 16);
          expect(problem.steps()).toBeLessThanOrEqual(16);
        }
        expect(problem.kernels.finite(problem.block, 0) === 0 || spoil === "kernel").toBe(true);
      }
    }
  });
});

describe("settle", () => {
  it("applies the pending step once", () => {
    const problem = twoClassProblem(2);
    const twin = new ScalarTwin(problem, 5);
    problem.start(5);
    for (let call = 0; call < 2; call++) {
      problem.kernels.optimize(problem.block, 9);
      problem.kernels.settle(problem.block);
      problem.kernels.settle(problem.block);
      twin.optimize(9);
      twin.apply();
      expect(problem.kept(problem.gradient)).toEqual(problem.kept(twin.f));
      expect(problem.f64[problem.member("highest")]).toBe(twin.highest);
      expect(problem.f64[problem.member("lowest")]).toBe(twin.lowest);
    }
  });
});
