import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { growTo } from "#hpo/core/shared-memory";
import { arenaMap, fillFeatures, placedArena } from "#hpo/models/svm/arena";
import type { Kernel } from "#hpo/models/svm/kernel";
import { ladder } from "#hpo/models/svm/ladder";
import { svmLayout } from "#hpo/models/svm/layout";
import { climb, type LadderAnswer } from "#hpo/models/svm/pair-ladder";
import { pairBlock } from "#hpo/models/svm/pair-block";
import { pairRanges } from "#hpo/models/svm/pair-of-classes";
import { scratch } from "#hpo/models/svm/scratch";
import { pairProblems, solveScratchBytes } from "#hpo/models/svm/pair-solver";
import { restrict } from "#hpo/models/svm/solve-part";
import { classTable } from "../../table-data.ts";
import { objective, referenceSvm, violation } from "./reference-svm.ts";

interface Solved {
  readonly answer: LadderAnswer;
  /** The training rows' kernel values as the solver has them, labels, and a for each asked-for C. */
  readonly kernel: number[][];
  readonly y: number[];
  readonly multipliers: number[][];
}

function solveTwoClasses(
  rows: readonly (readonly number[])[],
  labels: readonly string[],
  options: { gamma: number | null; costs: readonly number[]; tolerance?: number; maxIterations?: number; held?: readonly number[] },
): Solved {
  const { gamma, costs, tolerance = 1e-3, maxIterations = 100_000, held = [] } = options;
  const { data, target } = classTable(rows, labels);
  const train = Uint32Array.from(rows.keys()).filter((row) => !held.includes(row));
  const layout = svmLayout(data, target.codes, { classCount: 2, plan: { folds: [{ train, test: Uint32Array.from(held) }] } });
  const width = data.columns.length;
  const map = placedArena(arenaMap(layout, width, false), data.dataEnd);
  const ranges = pairRanges(layout, [0, 1]);
  const size = ranges.sizeA + ranges.sizeB;
  growTo(data.memory, data.dataEnd + map.bytes + solveScratchBytes(size, held.length, "each"));
  if (data.features.kind !== "dense") throw new TypeError("dense");
  fillFeatures(data.memory, map, { ...data.features, order: layout.order });
  const space = scratch(data.dataEnd + map.bytes);
  const kernel: Kernel = gamma === null ? { kind: "linear" } : { kind: "rbf", gamma };
  const block = pairBlock(data.memory, space, { arena: map, ranges, source: "each" });
  block.fill(kernel);
  const matrix = block.matrix(kernel);
  const problems = pairProblems(data.memory, space, { ranges, matrix });
  const outside = layout.folds[0]?.outside as Float32Array;
  restrict(problems, ranges, { outside, weights: null, classWeights: [1, 1] });
  const answer = climb(ladder(costs), problems, { tolerance, maxIterations });
  const values = new Float32Array(data.memory.buffer, matrix.values, layout.size ** 2);
  const positions = [...layout.order.keys()].filter((at) => outside[at] === 0);
  return {
    answer,
    kernel: positions.map((i) => positions.map((j) => values[i * layout.size + j] as number)),
    y: positions.map((at) => (at < ranges.sizeA ? 1 : -1)),
    multipliers: answer.asked.map(({ solution }) => {
      const a = answer.solutions[solution]?.coefficients as Float64Array;
      expect([...a.keys()].every((at) => outside[at] === 0 || a[at] === 0)).toBe(true);
      return positions.map((at) => a[at] as number);
    }),
  };
}

/** Checks a = y α of one solve against the optimality conditions in double precision; returns the gap. */
function optimalityGap({ kernel, y }: Solved, a: readonly number[], C: number): number {
  const f = y.map((label, i) => label - a.reduce((sum, value, j) => sum + value * (kernel[i]?.[j] as number), 0));
  for (const [at, value] of a.entries()) {
    expect(value * (y[at] as number)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(value)).toBeLessThanOrEqual(C);
  }
  return violation(f, a, { y, C }).gap;
}

const coordinate = fc.oneof(
  fc.double({ min: -1, max: 1, noNaN: true }),
  fc.integer({ min: 0, max: 2 }),
  fc.constantFrom(0, 1e-20, 1e10, -1e10, 1e30),
);
const problem = fc
  .record({ width: fc.integer({ min: 1, max: 5 }), n: fc.integer({ min: 2, max: 36 }) })
  .chain(({ width, n }) =>
    fc.record({
      rows: fc.array(fc.array(coordinate, { minLength: width, maxLength: width }), { minLength: n, maxLength: n }),
      labels: fc.array(fc.constantFrom("a", "b"), { minLength: n, maxLength: n }),
      gamma: fc.integer({ min: -6, max: 6 }).map((power) => 10 ** power),
      costs: fc.uniqueArray(
        fc.oneof(
          fc.integer({ min: -6, max: 8 }).map((power) => 10 ** power),
          fc.double({ min: 1e-3, max: 1e4, noNaN: true }),
        ),
        {
          minLength: 1,
          maxLength: 5,
        },
      ),
    }),
  )
  .map(({ rows, labels, gamma, costs }) => ({ rows, labels: ["a", "b", ...labels.slice(2)], gamma, costs: costs.sort((a, b) => a - b) }));

describe("two-class solver", () => {
  it("meets the optimality conditions on whatever it calls solved, for any γ and C", () => {
    let solved = 0;
    let limited = 0;
    fc.assert(
      fc.property(problem, ({ rows, labels, gamma, costs }) => {
        const result = solveTwoClasses(rows, labels, { gamma, costs });
        for (const [at, a] of result.multipliers.entries()) {
          const C = costs[at] as number;
          expect(a.every((value) => Number.isFinite(value))).toBe(true);
          const gap = optimalityGap(result, a, C);
          if (result.answer.limited.some((bound) => bound <= C)) {
            limited++;
            continue;
          }
          solved++;
          // f is kept in single precision below C = 1000 for up to 2000 steps: a tenth of the tolerance covers its rounding.
          expect(gap).toBeLessThan(1.1e-3);
          const sum = a.reduce((total, value) => total + value, 0);
          expect(Math.abs(sum)).toBeLessThan(1e-9 * Math.max(1, ...a.map(Math.abs)));
        }
      }),
      { seed: 1, numRuns: 300 },
    );
    expect(solved).toBeGreaterThan(600);
    expect(limited).toBeLessThan(solved / 20);
  });

  it("reaches the objective of a slow reference", () => {
    fc.assert(
      fc.property(problem, ({ rows, labels, gamma }) => {
        const costs = [0.5, 10];
        const result = solveTwoClasses(rows, labels, { gamma, costs });
        for (const [at, C] of costs.entries()) {
          const reference = referenceSvm(result.kernel, result.y, { C, tolerance: 1e-3 });
          const ours = objective(result.kernel, result.y, result.multipliers[at] as number[]);
          // Both stop within the tolerance: each may be off by at most tolerance · Σ|a| (weak duality).
          const slack = 1e-3 * reference.reduce((sum, value) => sum + Math.abs(value), 1);
          expect(Math.abs(ours - objective(result.kernel, result.y, reference))).toBeLessThan(slack);
        }
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it("gives the bits of a C alone that it gets among others", () => {
    fc.assert(
      fc.property(problem, ({ rows, labels, gamma, costs }) => {
        const together = solveTwoClasses(rows, labels, { gamma, costs });
        for (const [at, C] of costs.entries()) {
          const alone = solveTwoClasses(rows, labels, { gamma, costs: [C] });
          expect(alone.multipliers[0]).toEqual(together.multipliers[at]);
          expect(alone.answer.asked[0]?.skipped).toBe(together.answer.asked[at]?.skipped);
        }
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it("gives the bits for a training set that rows held out among it get when they are not there", () => {
    fc.assert(
      fc.property(problem, ({ rows, labels, gamma, costs }) => {
        const held = [...rows.keys()].filter((row) => row > 1 && row % 3 === 0);
        const masked = solveTwoClasses(rows, labels, { gamma, costs, held });
        const kept = rows.filter((_, row) => !held.includes(row));
        const bare = solveTwoClasses(
          kept,
          labels.filter((_, row) => !held.includes(row)),
          { gamma, costs },
        );
        expect(masked.multipliers).toEqual(bare.multipliers);
        expect(masked.answer.solutions.map(({ offset }) => offset)).toEqual(bare.answer.solutions.map(({ offset }) => offset));
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it("solves the linear kernel, and says when it runs out of steps", () => {
    const rows = Array.from({ length: 40 }, (_, at) => [Math.sin(at * 12.9898) * 3, Math.cos(at * 78.233) * 3]);
    const labels = rows.map(([x, y], at) => ((x as number) + (y as number) + (at % 7 === 0 ? 5 : 0) > 0 ? "a" : "b"));
    const result = solveTwoClasses(rows, labels, { gamma: null, costs: [0.1, 10, 1000] });
    expect(result.answer.limited).toEqual([]);
    for (const [at, C] of [0.1, 10, 1000].entries())
      expect(optimalityGap(result, result.multipliers[at] as number[], C)).toBeLessThan(1.1e-3);
    const short = solveTwoClasses(rows, labels, { gamma: null, costs: [10], maxIterations: 3 });
    expect(short.answer.limited).toEqual([1, 10]);
    expect(short.answer.iterations).toBeLessThanOrEqual(4);
  });

  it("takes no more steps to a C than the limit, and one for each rung past it, however long the ladder", () => {
    const rows = Array.from({ length: 40 }, (_, at) => [Math.sin(at * 12.9898) * 3, Math.cos(at * 78.233) * 3]);
    const labels = rows.map((_, at) => (at % 3 === 0 ? "a" : "b"));
    const { answer } = solveTwoClasses(rows, labels, { gamma: null, costs: [1e8], maxIterations: 2000 });
    expect(answer.solves).toBe(9);
    expect(answer.limited).toContain(1e8);
    expect(answer.iterations).toBeLessThanOrEqual(2000 + 9);
  });

  it("copies the answer of a smaller C where no multiplier is at the bound", () => {
    const rows = [[0], [0.1], [1], [1.1]];
    const { answer, multipliers } = solveTwoClasses(rows, ["a", "a", "b", "b"], { gamma: 1, costs: [100, 1000, 1e8] });
    expect(answer.asked.map(({ skipped }) => skipped)).toEqual([true, true, true]);
    expect(answer.solutions.length).toBe(1);
    expect(Math.max(...(multipliers[2] as number[]).map(Math.abs))).toBeLessThan(10);
  });

  it("ends on duplicate rows of both classes", () => {
    const rows = Array.from({ length: 20 }, () => [0.5, 0.5]);
    const labels = rows.map((_, at) => (at % 2 === 0 ? "a" : "b"));
    const { answer } = solveTwoClasses(rows, labels, { gamma: 1, costs: [1, 1e4] });
    expect(answer.limited).toEqual([]);
    expect(answer.solutions.every(({ offset }) => Math.abs(offset) < 1e-6)).toBe(true);
  });
});
