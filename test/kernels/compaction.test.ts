import { describe, expect, it } from "vitest";
import { svmProblem } from "#hpo/kernels/svm-problem";
import { twoClassProblem } from "./two-class-problem.ts";

const f = Math.fround;

describe("gather, scatter and correct", () => {
  it("solve on the active rows alone, bring f of all rows up to date, and leave other multipliers as they were", () => {
    for (let seed = 0; seed < 10; seed++) {
      const problem = twoClassProblem(seed);
      const { kernels, block, a, gradient, local, k, y, u32, f32, f64 } = problem;
      kernels.reset(block);
      f64[problem.member("bound")] = 10;
      kernels.bound(block);
      kernels.optimize(block, 10);
      kernels.settle(block);
      const before = a.slice();
      const ends = [f64[problem.member("highest")] as number, f64[problem.member("lowest")] as number] as const;
      const [list, compact, margin] = [65536, 66560, 0.1];
      const middle = (ends[0] + ends[1]) / 2;
      const active = [...a.keys()].filter((l) => {
        if (!problem.trained(l)) return false;
        const up = (a[l] as number) < (y(l) > 0 ? 10 : 0);
        const low = (a[l] as number) > (y(l) > 0 ? 0 : -10);
        return (
          (up && low) || (up && (gradient[l] as number) >= f(middle - margin)) || (low && (gradient[l] as number) <= f(middle + margin))
        );
      });
      expect(kernels.activeRows(block, list, margin)).toBe(active.length);
      const counts = [u32[list / 4] as number, u32[list / 4 + 1] as number] as const;
      expect([...u32.subarray(list / 4 + 2, list / 4 + 2 + active.length)]).toEqual(active);
      const [sizeA, sizeB] = counts.map((count) => Math.ceil(count / 16) * 16) as [number, number];
      const at = { kernel: 81920, coefficient: 69632, gradient: 70656, up: 71680, low: 72704, outside: 73728, diagonal: 74752 };
      const shape = { stride: (sizeA + sizeB) * 4, startA: 0, startB: sizeA, sizeA, sizeB };
      for (const [name, value] of Object.entries({ ...at, ...shape }))
        u32[(compact + svmProblem[name as keyof typeof svmProblem]) / 4] = value;
      f64[(compact + svmProblem.bound) / 8] = 10;
      f64[(compact + svmProblem.tolerance) / 8] = 1e-3;
      kernels.gather(block, list, compact);
      const place = (n: number): number => (n < counts[0] ? n : sizeA + n - counts[0]);
      for (const [n, i] of active.entries()) {
        for (const [m, j] of active.entries()) {
          expect(f32[at.kernel / 4 + place(n) * (sizeA + sizeB) + place(m)]).toBe(k(i, j));
        }
      }
      kernels.bound(compact);
      while (kernels.optimize(compact, 16) === 0);
      kernels.correct(block, kernels.scatter(block, list, compact));
      for (let l = 0; l < local; l++) {
        if (!active.includes(l)) expect(a[l]).toBe(before[l]);
        let exact = y(l);
        for (let j = 0; j < local; j++) exact -= (a[j] as number) * k(j, l);
        expect(Math.abs((gradient[l] as number) - exact)).toBeLessThan(1e-5);
      }
      for (const [n, l] of active.entries()) expect(a[l]).toBe(f64[at.coefficient / 8 + place(n)]);
    }
  });
});
