import { describe, expect, it } from "vitest";
import { svmProblem } from "#hpo/kernels/svm-problem";
import { ScalarTwin } from "./scalar-twin.ts";
import { shapes, twoClassProblem } from "./two-class-problem.ts";

/** Where the list and the compact problem lie. */
const [list, compact, margin, bound] = [66560, 67584, 0.1, 10];
const at = {
  kernel: 81920,
  coefficient: 69632,
  gradient: 70656,
  up: 71680,
  low: 72704,
  outside: 73728,
  diagonal: 74752,
  weight: 75776,
};

describe("gather, scatter and correct", () => {
  it("solve on the active rows alone, bring f of all rows up to date, and leave other multipliers as they were", () => {
    for (const shape of shapes) {
      for (let seed = 0; seed < 6; seed++) {
        const problem = twoClassProblem(seed, shape);
        const { kernels, block, a, gradient, k, u32, f32, f64 } = problem;
        const optimize = shape.linear === true ? kernels.optimizeAnyDiagonal : kernels.optimize;
        const twin = new ScalarTwin(problem, bound);
        problem.start(bound);
        optimize(block, 10);
        twin.optimize(10);
        kernels.settle(block);
        twin.apply();
        const active = twin.active(margin);
        expect(kernels.activeRows(block, list, margin)).toBe(active.length);
        const counts = [u32[list / 4] as number, u32[list / 4 + 1] as number] as const;
        expect(counts[0]).toBe(active.filter((l) => l < problem.sizeA).length);
        expect([...u32.subarray(list / 4 + 2, list / 4 + 2 + active.length)]).toEqual(active);

        const [sizeA, sizeB] = counts.map((count) => Math.ceil(count / 16) * 16) as [number, number];
        const size = sizeA + sizeB;
        const members = { ...at, stride: size * 4, startA: 0, startB: sizeA, sizeA, sizeB };
        for (const [name, value] of Object.entries(members)) u32[(compact + svmProblem[name as keyof typeof svmProblem]) / 4] = value;
        f64[(compact + svmProblem.bound) / 8] = bound;
        f64[(compact + svmProblem.tolerance) / 8] = 1e-3;
        kernels.gather(block, list, compact);
        const place = (n: number): number => (n < counts[0] ? n : sizeA + n - counts[0]);
        const places = new Set(active.map((_, n) => place(n)));
        for (const [n, i] of active.entries()) {
          expect(f64[at.coefficient / 8 + place(n)]).toBe(a[i]);
          expect(f64[at.weight / 8 + place(n)]).toBe(problem.weight[i]);
          expect(f32[at.gradient / 4 + place(n)]).toBe(gradient[i]);
          expect(f32[at.diagonal / 4 + place(n)]).toBe(k(i, i));
          for (const [m, j] of active.entries()) expect(f32[at.kernel / 4 + place(n) * size + place(m)]).toBe(k(i, j));
        }
        for (let row = 0; row < size; row++) expect(f32[at.outside / 4 + row]).toBe(places.has(row) ? 0 : -Infinity);

        kernels.bound(compact);
        for (let call = 0; call < 1000 && optimize(compact, 16) === 0; call++);
        const changes = new Float64Array(problem.local);
        for (const [n, l] of active.entries()) changes[l] = (f64[at.coefficient / 8 + place(n)] as number) - (a[l] as number);
        const changed = kernels.scatter(block, list, compact);
        expect(changed).toBe(changes.filter((change) => change !== 0).length);
        kernels.correct(block, changed);
        twin.correct(changes);
        expect(problem.kept(gradient)).toEqual(problem.kept(twin.f));
        for (let l = 0; l < problem.local; l++) {
          const n = active.indexOf(l);
          expect(a[l]).toBe(n < 0 ? twin.a[l] : f64[at.coefficient / 8 + place(n)]);
        }
      }
    }
  });
});
