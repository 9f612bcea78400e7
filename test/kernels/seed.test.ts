import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { ScalarTwin } from "./scalar-twin.ts";
import { shapes, twoClassProblem } from "./two-class-problem.ts";

/** A point near the feasible ones of the problem: beyond bounds, and on rows that are not trained on. */
function anyPoint(problem: ReturnType<typeof twoClassProblem>, seed: number, most: number): Float64Array {
  const random = rng(seed + 1000);
  return Float64Array.from({ length: problem.local }, (_, l) => {
    const kind = random.below(4);
    if (kind === 0) return 0;
    if (kind === 1) return problem.y(l) * most * (problem.weight[l] as number);
    return most * (kind === 2 ? problem.y(l) * random.uniform() : 1.5 * random.normal());
  });
}

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

describe("seed", () => {
  it("takes the road of its scalar twin, bit by bit, for every shape of problem", () => {
    let lost = 0;
    let found = 0;
    for (const shape of [...shapes, { hole: true, weighted: true }]) {
      for (let seed = 0; seed < 12; seed++) {
        for (const [bound, most] of [
          [1, 0.3],
          [1, 1],
          [10, 1],
          [1, 4],
        ] as const) {
          const problem = twoClassProblem(seed, shape);
          const { kernels, block, a, u32, f64, at } = problem;
          problem.start(bound);
          const twin = new ScalarTwin(problem, bound);
          const before = anyPoint(problem, seed, most);
          a.set(before);
          twin.a.set(before);
          const changed = kernels.seed(block);
          const reached = twin.seed();
          expect(changed >= 0).toBe(reached);
          if (!reached) {
            lost++;
            continue;
          }
          found++;
          expect(a).toEqual(twin.a);
          for (let l = 0; l < problem.local; l++) {
            const value = a[l] as number;
            const limit = problem.trained(l) ? twin.boundOf(l) : 0;
            expect(value * problem.y(l)).toBeGreaterThanOrEqual(0);
            expect(Math.abs(value)).toBeLessThanOrEqual(limit);
            expect(problem.up[l]).toBe(twin.up(l) ? 0 : -Infinity);
            expect(problem.low[l]).toBe(twin.low(l) ? 0 : Infinity);
          }
          const scale = before.reduce((total, value) => total + Math.abs(value), 1);
          expect(Math.abs(sum(a) - sum(before))).toBeLessThanOrEqual(scale * 2 ** -48);
          const rows = [...a.keys()].filter((l) => a[l] !== before[l]);
          expect(changed).toBe(rows.length);
          const position = (l: number): number => (l < problem.sizeA ? problem.startA + l : problem.startB + l - problem.sizeA);
          const listed = u32.subarray(at.supports / 4, at.supports / 4 + changed);
          expect([...listed]).toEqual(rows.map((l) => problem.kernelAt + position(l) * problem.stride));
          const changes = at.supports / 8 + problem.local / 2;
          expect([...f64.subarray(changes, changes + changed)]).toEqual(rows.map((l) => (a[l] as number) - (before[l] as number)));
        }
      }
    }
    expect(lost).toBeGreaterThan(20);
    expect(found).toBeGreaterThan(200);
  });

  it("leaves a feasible point as it is, and lists nothing", () => {
    for (const shape of shapes) {
      const problem = twoClassProblem(3, shape);
      problem.start(5);
      for (let call = 0; call < 3; call++) problem.kernels[shape.linear === true ? "optimizeAnyDiagonal" : "optimize"](problem.block, 8);
      const before = problem.a.slice();
      expect(before.some((value) => value !== 0)).toBe(true);
      expect(problem.kernels.seed(problem.block)).toBe(0);
      expect(problem.a).toEqual(before);
    }
  });

  it("keeps f with a: corrected by the listed changes, it is what it is anew", () => {
    for (const shape of shapes) {
      const problem = twoClassProblem(5, shape);
      const { kernels, block } = problem;
      problem.start(50);
      // On the right side of 0, so that there is room.
      problem.a.set(anyPoint(problem, 5, 0.5).map((value, l) => Math.abs(value) * problem.y(l)));
      kernels.regrade(block);
      const changed = kernels.seed(block);
      expect(changed).toBeGreaterThan(0);
      kernels.correct(block, changed);
      const largest = problem.gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
      expect(kernels.regrade(block)).toBeLessThan(largest * 2 ** -20);
    }
  });

  it("gives −1 where no row of the class has room", () => {
    const problem = twoClassProblem(1);
    problem.start(1);
    for (let l = 0; l < problem.local; l++) problem.a[l] = problem.y(l) * 1.5;
    expect(problem.kernels.seed(problem.block)).toBe(-1);
  });

  it("ends, whatever is not a number", () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      for (const place of ["a", "K", "all of K"]) {
        const problem = twoClassProblem(2);
        problem.start(1);
        problem.a.set(anyPoint(problem, 2, 1));
        if (place === "a") problem.a.fill(value, 3, 6);
        else if (place === "K") problem.f32.fill(value, 4096 / 4 + 20 * 80, 4096 / 4 + 24 * 80);
        else problem.f32.fill(value, 4096 / 4, 4096 / 4 + 80 * 80);
        const changed = problem.kernels.seed(problem.block);
        expect(changed).toBeLessThanOrEqual(problem.local);
        if (place === "a") expect(changed).toBe(-1);
      }
    }
  });
});
