import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedMemory } from "#hpo/core/shared-memory";
import { rng } from "#hpo/math/rng";
import { pairProblem, type Solution, takePairProblem } from "#hpo/models/svm/pair-problem";
import { scratch } from "#hpo/models/svm/scratch";
import { gradientOf, mostViolating, objective, type ReferenceProblem, solveSlowly } from "./reference-svm.ts";

type Kernel = "rbf" | "linear" | "sigmoid";

/** Rows with one target each (±1 for classification), and what is asked of them. */
interface Task {
  readonly rows: readonly (readonly number[])[];
  readonly targets: readonly number[];
  readonly weights: readonly number[];
  readonly kernel: Kernel;
  readonly gamma: number;
  readonly C: number;
  /** Regression with this ε; null for classification. */
  readonly epsilon: number | null;
}

interface Solved {
  readonly solution: Solution;
  readonly a: readonly number[];
  readonly reference: ReferenceProblem;
}

function value(kernel: Kernel, gamma: number, x: readonly number[], z: readonly number[]): number {
  if (kernel === "rbf") return Math.fround(Math.exp(-gamma * x.reduce((sum, v, k) => sum + (v - (z[k] as number)) ** 2, 0)));
  const product = x.reduce((sum, v, k) => sum + v * (z[k] as number), 0);
  return Math.fround(kernel === "linear" ? product : Math.tanh(gamma * product - 1));
}

/** Lays the task out as the solver wants it: classes (or, for regression, the rows of either sign) in padded ranges. */
function solve(task: Task, { tolerance = 1e-3, maxIterations = 200_000 } = {}): Solved {
  const { rows, targets, weights, epsilon } = task;
  const all = [...rows.keys()];
  const first = epsilon === null ? all.filter((row) => (targets[row] as number) > 0) : all;
  const second = epsilon === null ? all.filter((row) => (targets[row] as number) < 0) : all;
  const [sizeA, sizeB] = [first, second].map((list) => Math.ceil(list.length / 16) * 16) as [number, number];
  const size = epsilon === null ? sizeA + sizeB : sizeA;
  const startB = epsilon === null ? sizeA : 0;
  const rowAt = new Array<number>(size).fill(-1);
  for (const [at, row] of first.entries()) rowAt[at] = row;
  if (epsilon === null) for (const [at, row] of second.entries()) rowAt[sizeA + at] = row;
  const needed = scratch(0);
  const matrix = { values: needed.take(size * size * 4), diagonal: needed.take(size * 4), stride: size * 4, unit: task.kernel === "rbf" };
  const before = needed.used();
  takePairProblem(needed, sizeA + sizeB);
  const memory = sharedMemory(needed.used());
  const k = new Float32Array(memory.buffer, 0, size * size);
  for (const [i, p] of rowAt.entries()) {
    for (const [j, q] of rowAt.entries()) {
      if (p >= 0 && q >= 0) k[i * size + j] = value(task.kernel, task.gamma, rows[p] as number[], rows[q] as number[]);
    }
  }
  const diagonal = new Float32Array(memory.buffer, matrix.diagonal, size);
  for (let i = 0; i < size; i++) diagonal[i] = k[i * size + i] as number;
  const problem = pairProblem(memory, scratch(before), { startA: 0, sizeA, startB, sizeB }, matrix);
  problem.outside.fill(-Infinity);
  const locals = [...first.map((row, at) => ({ row, at, y: 1 })), ...second.map((row, at) => ({ row, at: sizeA + at, y: -1 }))];
  const targetOf = (row: number, y: number): number => (targets[row] as number) - (epsilon === null ? 0 : y * epsilon);
  for (const { row, at, y } of locals) {
    problem.outside[at] = 0;
    problem.weights[at] = weights[row] as number;
    problem.targets[at] = targetOf(row, y);
  }
  problem.reset();
  const solution = problem.solve({ C: task.C, tolerance, maxIterations });
  const inside = new Set(locals.map(({ at }) => at));
  expect(problem.coefficients.every((a, at) => inside.has(at) || a === 0)).toBe(true);
  const trained = locals.filter(({ row }) => (weights[row] as number) > 0);
  for (const { row, at } of locals) if (weights[row] === 0) expect(problem.coefficients[at]).toBe(0);
  const position = (at: number): number => (at < sizeA ? at : startB + at - sizeA);
  return {
    solution,
    a: trained.map(({ at }) => problem.coefficients[at] as number),
    reference: {
      kernel: trained.map((p) => trained.map((q) => k[position(p.at) * size + position(q.at)] as number)),
      y: trained.map(({ y }) => y),
      targets: trained.map(({ row, y }) => targetOf(row, y)),
      bounds: trained.map(({ row }) => task.C * (weights[row] as number)),
    },
  };
}

/** Checks bounds, the equality constraint and what is counted; returns the optimality gap in double precision. */
function optimalityGap({ a, reference, solution }: Solved): number {
  for (const [at, coefficient] of a.entries()) {
    expect(coefficient * (reference.y[at] as number)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(coefficient)).toBeLessThanOrEqual(reference.bounds[at] as number);
  }
  const sum = a.reduce((total, coefficient) => total + coefficient, 0);
  expect(Math.abs(sum)).toBeLessThanOrEqual(1e-9 * a.reduce((total, coefficient) => total + Math.abs(coefficient), 0));
  expect(solution.supportCount).toBe(a.filter((coefficient) => coefficient !== 0).length);
  expect(solution.boundedCount).toBe(
    a.filter((coefficient, at) => coefficient !== 0 && Math.abs(coefficient) === reference.bounds[at]).length,
  );
  return mostViolating(reference, gradientOf(reference, a), a).gap;
}

const power = (min: number, max: number) => fc.integer({ min, max }).map((exponent) => 10 ** exponent);

/** Random rows with duplicates, a constant column now and then, weights, any C and γ. */
const task: fc.Arbitrary<Task> = fc
  .record({
    n: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 2, max: 48 }) }, { weight: 1, arbitrary: fc.integer({ min: 100, max: 300 }) }),
    seed: fc.integer({ min: 0, max: 1e6 }),
    kernel: fc.constantFrom<Kernel>("rbf", "linear", "sigmoid"),
    gamma: power(-3, 3),
    C: power(-6, 8),
    weighted: fc.boolean(),
    duplicated: fc.boolean(),
    constant: fc.boolean(),
    lonely: fc.boolean(),
    epsilon: fc.option(fc.constantFrom(0, 1e-3, 0.1, 10)),
    scale: power(-3, 6),
  })
  .map(({ n, seed, kernel, gamma, C, weighted, duplicated, constant, lonely, epsilon, scale }) => {
    const random = rng(seed);
    const rows: number[][] = [];
    for (let row = 0; row < n; row++) {
      const copied = rows[Math.floor(random.uniform() * row)];
      rows.push(
        duplicated && copied !== undefined && random.uniform() < 0.5
          ? copied
          : [random.normal(), random.normal(), constant ? 0.5 : random.uniform()],
      );
    }
    const sign = (x: readonly number[], row: number): number => ((lonely ? row === 0 : (x[0] as number) + random.normal() > 0) ? 1 : -1);
    const targets = rows.map((x, row) =>
      epsilon === null ? (row < 2 ? 1 - 2 * row : sign(x, row)) : scale * (Math.sin(3 * (x[0] as number)) + 0.3 * random.normal() + 2),
    );
    const weights = rows.map((_, row) =>
      weighted && row > 1 ? ([0, 1e-3, 0.5, 1, 30, 1e3][Math.floor(random.uniform() * 6)] as number) : 1,
    );
    return { rows, targets, weights, kernel, gamma, C, epsilon: epsilon === null ? null : epsilon * scale };
  });

describe("pairProblem", () => {
  it("meets the optimality conditions on whatever it calls solved, for any kernel, weights, targets and C", () => {
    let [solved, limited] = [0, 0];
    fc.assert(
      fc.property(task, (asked) => {
        const result = solve(asked);
        expect(result.a.every(Number.isFinite)).toBe(true);
        const gap = optimalityGap(result);
        if (!result.solution.converged) {
          limited++;
          return;
        }
        solved++;
        // f is computed anew in double precision where rounding could matter; a tenth of the tolerance covers the rest.
        expect(gap).toBeLessThan(1.1e-3);
      }),
      { seed: 1, numRuns: 400 },
    );
    expect(solved).toBeGreaterThan(300);
    expect(limited).toBeLessThan(solved / 5);
  });

  it("meets them to within a smaller tolerance too", () => {
    let solved = 0;
    fc.assert(
      fc.property(task, power(-8, -4), (asked, share) => {
        const tolerance = share * Math.max(...asked.targets.map(Math.abs));
        const result = solve(asked, { tolerance, maxIterations: 20_000 });
        const { reference, a, solution } = result;
        if (!solution.converged) return;
        solved++;
        const largest = Math.max(...reference.kernel.map((row) => row.reduce((sum, k, j) => sum + Math.abs(k * (a[j] as number)), 0)));
        // Double precision knows f to about 1e-15 of the largest sum.
        expect(optimalityGap(result)).toBeLessThan(1.1 * tolerance + 1e-13 * largest);
      }),
      { seed: 5, numRuns: 400 },
    );
    expect(solved).toBeGreaterThan(200);
  });

  it("reaches the objective of the slow reference", () => {
    let compared = 0;
    fc.assert(
      fc.property(task, (asked) => {
        // Where C is large and the kernel indefinite or of low rank, the reference needs too many steps.
        if (asked.kernel === "sigmoid" || asked.rows.length > 48) return;
        const result = solve({ ...asked, C: Math.min(asked.C, 10) });
        if (!result.solution.converged) return;
        const reference = solveSlowly(result.reference, 1e-3, 50_000);
        if (mostViolating(result.reference, gradientOf(result.reference, reference), reference).gap > 1.1e-3) return;
        compared++;
        const [ours, theirs] = [result.a, reference].map((a) => objective(result.reference.kernel, result.reference.targets, a)) as [
          number,
          number,
        ];
        // Both stop within the tolerance: each may be off by at most tolerance · Σ|a| (weak duality).
        const slack = 1.1e-3 * [...result.a, ...reference].reduce((sum, value) => sum + Math.abs(value), 0);
        expect(Math.abs(ours - theirs)).toBeLessThanOrEqual(slack + 1e-9 * Math.abs(theirs));
      }),
      { seed: 2, numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(80);
  });

  it("knows the product of C and weight alone, and takes rows of weight 0 for rows that are not there", () => {
    fc.assert(
      fc.property(task, (asked) => {
        const plain = { ...asked, weights: asked.rows.map(() => 1), C: Math.min(asked.C, 100) };
        const once = solve(plain);
        const twice = solve({ ...plain, C: plain.C / 4, weights: plain.weights.map(() => 4) });
        expect(twice.a).toEqual(once.a);
        expect(twice.solution).toEqual(once.solution);
        const kept = [...asked.rows.keys()].filter((row) => row < 2 || row % 3 !== 0);
        const bare = solve({
          ...plain,
          rows: kept.map((row) => plain.rows[row] as number[]),
          targets: kept.map((row) => plain.targets[row] as number),
          weights: kept.map(() => 1),
        });
        const masked = solve({ ...plain, weights: plain.rows.map((_, row) => (kept.includes(row) ? 1 : 0)) });
        // Compaction asks for the share of active rows among all, so only small problems have equal bits.
        if (asked.rows.length <= 48) {
          expect(masked.a).toEqual(bare.a);
          expect(masked.solution).toEqual(bare.solution);
        }
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it("gives the function that the same targets give from another origin, however far", () => {
    const random = rng(8);
    const rows = Array.from({ length: 60 }, () => [random.normal(), random.normal()]);
    const targets = rows.map(([x]) => Math.sin(2 * (x as number)) + 0.1 * random.normal());
    const base: Task = { rows, targets, weights: rows.map(() => 1), kernel: "rbf", gamma: 1, C: 10, epsilon: 0.05 };
    const near = solve(base);
    for (const origin of [1e3, 1e6, -1e7]) {
      const far = solve({ ...base, targets: targets.map((target) => target + origin) });
      expect(far.solution.converged).toBe(true);
      expect(optimalityGap(far)).toBeLessThan(1.1e-3);
      expect(Math.abs(far.solution.offset - origin - near.solution.offset)).toBeLessThan(5e-3);
    }
  });

  it("never calls solved what has values that are not finite, and ends at once", () => {
    const rows = Array.from({ length: 300 }, (_, row) => [Math.sin(row), Math.cos(3 * row)]);
    const targets = rows.map((_, row) => (row % 2 === 0 ? 1 : -1));
    const base: Task = { rows, targets, weights: rows.map(() => 1), kernel: "rbf", gamma: 1, C: 10, epsilon: null };
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      for (const kernel of ["rbf", "linear"] as const) {
        for (const spoilt of [1, 20, 300]) {
          const some = rows.map((row, at) => (at < spoilt ? [bad, 0] : row));
          expect(solve({ ...base, kernel, rows: some }).solution).toMatchObject({ converged: false });
        }
        const regression = { ...base, kernel, epsilon: 0.1, targets: targets.map((target, at) => (at === 5 ? bad : target)) };
        expect(solve(regression).solution).toMatchObject({ converged: false });
      }
    }
  });

  it("respects the iteration limit on every road", () => {
    const random = rng(4);
    const rows = Array.from({ length: 600 }, () => [random.normal(), random.normal()]);
    const targets = rows.map(([x, y]) => ((x as number) * (y as number) + 0.3 * random.normal() > 0 ? 1 : -1));
    const base: Task = { rows, targets, weights: rows.map(() => 1), kernel: "rbf", gamma: 1, C: 1e4, epsilon: null };
    const regression: Task = { ...base, targets: targets.map((target) => target * 1e6), epsilon: 10, C: 1e8 };
    for (const asked of [base, regression]) {
      for (const maxIterations of [1, 127, 128, 129, 1000, 5000]) {
        const { solution } = solve(asked, { maxIterations });
        expect(solution).toMatchObject({ converged: false, iterations: maxIterations });
        expect(Number.isFinite(solution.offset)).toBe(true);
      }
    }
  });
});
