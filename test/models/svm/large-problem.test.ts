import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { growTo } from "#hpo/core/shared-memory";
import { rng } from "#hpo/math/rng";
import { arenaMap, fillFeatures, placedArena } from "#hpo/models/svm/arena";
import type { Kernel } from "#hpo/models/svm/kernel";
import { ladder } from "#hpo/models/svm/ladder";
import { svmLayout } from "#hpo/models/svm/layout";
import { largeMemory } from "#hpo/models/svm/large-pair";
import { pairBlock } from "#hpo/models/svm/pair-block";
import { climb, type LadderAnswer } from "#hpo/models/svm/pair-ladder";
import { pairRanges } from "#hpo/models/svm/pair-of-classes";
import { columnsOf, pairSolver, solveScratchBytes } from "#hpo/models/svm/pair-solver";
import { rowCache, rowCacheBytes } from "#hpo/models/svm/row-cache";
import { scratch } from "#hpo/models/svm/scratch";
import { restrict } from "#hpo/models/svm/solve-part";
import { classTable } from "../../table-data.ts";
import { gradientOf, mostViolating, objective } from "./reference-svm.ts";

interface Task {
  readonly rows: readonly (readonly number[])[];
  readonly labels: readonly string[];
  readonly kernel: Kernel;
  readonly costs: readonly number[];
  readonly tolerance?: number;
  readonly maxIterations?: number;
  /** Rows of a working set; undefined: in a block. */
  readonly workingRows?: number;
  /** Bytes for the large problem: the row cache takes what is left. */
  readonly room?: number;
  readonly weights?: readonly number[];
}

/** Solves two classes with every seventh row held out, and judges those. */
function solve({ rows, labels, kernel, costs, tolerance = 1e-3, maxIterations = 200_000, workingRows, room = 1e8, weights }: Task) {
  const { data, target } = classTable(rows, labels);
  const held = [...rows.keys()].filter((row) => row % 7 === 6);
  const train = Uint32Array.from(rows.keys()).filter((row) => row % 7 !== 6);
  const plan = { folds: [{ train, test: Uint32Array.from(held) }] };
  const layout = svmLayout(data, target.codes, { classCount: 2, plan, weights: weights === undefined ? null : Float64Array.from(weights) });
  const arena = placedArena(arenaMap(layout, data.columns.length, false), data.dataEnd);
  const ranges = pairRanges(layout, [0, 1]);
  const size = ranges.sizeA + ranges.sizeB;
  const tileCount = size / 16;
  const rule = workingRows === undefined ? { rows: size, workingRows: 16 } : { rows: 0, workingRows };
  const { bytes, cacheBytes } = largeMemory(rule, { sizes: [size], width: arena.width, localsPerRow: 1, tiles: tileCount }, room);
  growTo(data.memory, data.dataEnd + arena.bytes + Math.max(bytes, solveScratchBytes(size, tileCount, "each")));
  if (data.features.kind !== "dense") throw new TypeError("dense");
  fillFeatures(data.memory, arena, { ...data.features, order: layout.order });
  const solver = pairSolver(
    { memory: data.memory, arena, slotOffset: data.dataEnd + arena.bytes },
    { source: "each", large: { ...rule, cacheBytes }, positions: ranges, columns: columnsOf(ranges), tileCount },
  );
  const { problems, decide } = solver(kernel);
  const outside = layout.folds[0]?.outside as Float32Array;
  restrict(problems, ranges, { outside, weights: layout.weights, classWeights: [1, 1] });
  const answer = climb(ladder(costs), problems, { tolerance, maxIterations });
  const starts = Uint32Array.from({ length: tileCount }, (_, at) => at * 16);
  const decisions = decide({ starts, lanes: Uint32Array.from({ length: size }, (_, at) => at) }, answer.solutions);
  // The kernel values in a block of their own, behind everything.
  const space = scratch(data.dataEnd + arena.bytes + bytes);
  growTo(data.memory, space.take(0) + size * (size + 1) * 4 + 128);
  const block = pairBlock(data.memory, space, { arena, ranges, source: "each" });
  block.fill(kernel);
  const values = new Float32Array(data.memory.buffer, block.matrix(kernel).values, size * size);
  const trained = [...Array(size).keys()].filter((at) => outside[at] === 0 && (layout.weights?.[at] ?? 1) > 0);
  const all = Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => values[i * size + j] as number));
  return {
    answer,
    decisions,
    all,
    trained,
    problem: (C: number) => {
      const y = trained.map((at) => (at < ranges.sizeA ? 1 : -1));
      const kernelValues = trained.map((i) => trained.map((j) => all[i]?.[j] as number));
      return { kernel: kernelValues, y, targets: y, bounds: trained.map((at) => C * (layout.weights?.[at] ?? 1)) };
    },
  };
}

/** a = y α on the training rows for the asked-for C at `cost`, checked against bounds and balance. */
function multipliers({ answer, trained, problem }: ReturnType<typeof solve>, cost: number, C: number): number[] {
  const { coefficients } = answer.solutions[answer.asked[cost]?.solution as number] as LadderAnswer["solutions"][number];
  const a = trained.map((at) => coefficients[at] as number);
  expect(coefficients.filter((value) => value !== 0).length).toBe(a.filter((value) => value !== 0).length);
  const { y, bounds } = problem(C);
  for (const [at, value] of a.entries()) {
    expect(value * (y[at] as number)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(value)).toBeLessThanOrEqual(bounds[at] as number);
  }
  const sum = a.reduce((total, value) => total + value, 0);
  expect(Math.abs(sum)).toBeLessThan(1e-9 * Math.max(1, ...a.map(Math.abs)));
  return a;
}

function gap(solved: ReturnType<typeof solve>, a: readonly number[], C: number): number {
  const problem = solved.problem(C);
  return mostViolating(problem, gradientOf(problem, a), a).gap;
}

/** Two clouds that overlap. */
function clouds(count: number, seed: number) {
  const random = rng(seed);
  const labels = Array.from({ length: count }, (_, at) => (at % 5 < 2 ? "a" : "b"));
  const rows = labels.map((label) => [random.normal() + (label === "a" ? 1 : 0), random.normal(), random.uniform()]);
  return { rows, labels };
}

const kernels: readonly Kernel[] = [{ kind: "rbf", gamma: 1 }, { kind: "linear" }, { kind: "poly", gamma: 0.5, degree: 3, coef0: 1 }];

describe("large problem", () => {
  for (const kernel of kernels) {
    for (const weighted of [false, true]) {
      it(`closes the optimality gap and reaches the block's objective and decisions (${kernel.kind}${weighted ? ", weights" : ""})`, () => {
        const data = clouds(420, 1);
        const weights = data.rows.map((_, at) => [1, 0.3, 4, 0][at % 4] as number);
        // Cubes of products leave hardly a solution within reach at large C.
        const costs = kernel.kind === "poly" ? [0.01, 1] : [0.5, 1, 7, 100];
        const task = { ...data, kernel, costs, ...(weighted ? { weights } : {}) };
        const [large, block] = [solve({ ...task, workingRows: 32 }), solve(task)];
        for (const [cost, C] of costs.entries()) {
          const a = multipliers(large, cost, C);
          // f is in double precision: the gap is below the tolerance up to the rounding of sums.
          expect(gap(large, a, C)).toBeLessThan(1e-3 + 1e-9 * C);
          const b = multipliers(block, cost, C);
          const problem = large.problem(C);
          const [one, two] = [objective(problem.kernel, problem.y, a), objective(problem.kernel, problem.y, b)];
          // Both lie within the tolerance times the multipliers' mass above the least objective.
          const mass = a.reduce((sum, value) => sum + Math.abs(value), 1);
          expect(Math.abs(one - two)).toBeLessThan(1e-3 * mass);
        }
        expect(large.answer.limited).toEqual([]);
      });
    }
  }

  it("judges rows by the sums that its solutions say", () => {
    const solved = solve({ ...clouds(300, 2), kernel: { kind: "rbf", gamma: 2 }, costs: [1, 10], workingRows: 48 });
    for (const [at, { coefficients, offset }] of solved.answer.solutions.entries()) {
      for (const [row, values] of solved.all.entries()) {
        const sum = values.reduce((total, value, j) => total + value * (coefficients[j] as number), offset);
        expect(solved.decisions[at]?.[row]).toBeCloseTo(sum, 9);
      }
    }
  });

  it("gives equal bits with a cache of few rows and of all", () => {
    const task = { ...clouds(700, 3), kernel: { kind: "rbf", gamma: 1 } as const, costs: [1, 10, 1000], workingRows: 64 };
    const [few, all] = [solve({ ...task, room: 0 }), solve({ ...task, room: 1e8 })];
    expect(few.answer.iterations).toBe(all.answer.iterations);
    expect(few.answer.solutions).toEqual(all.answer.solutions);
    expect(few.decisions).toEqual(all.decisions);
  });

  it("proves solutions for larger C as in a block, and stops at the iteration limit", () => {
    const { rows } = clouds(200, 4);
    const labels = rows.map(([x]) => ((x as number) > 0.5 ? "a" : "b"));
    const apart = solve({ rows, labels, kernel: { kind: "rbf", gamma: 8 }, costs: [1, 1e3, 1e5, 1e6], workingRows: 32 });
    expect(apart.answer.skipped).toBeGreaterThan(0);
    const short = solve({ ...clouds(200, 5), kernel: { kind: "rbf", gamma: 1 }, costs: [1], workingRows: 32, maxIterations: 40 });
    expect(short.answer.limited).toEqual([1]);
    expect(short.answer.iterations).toBeLessThanOrEqual(40);
  });

  it("meets the optimality conditions on whatever it calls solved, for any rows, γ and C", () => {
    const coordinate = fc.oneof(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 2 }),
      fc.constantFrom(0, 1e-20, 1e10, -1e10),
    );
    let solved = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(coordinate, coordinate), { minLength: 8, maxLength: 70 }),
        fc.integer({ min: -6, max: 6 }),
        fc.uniqueArray(fc.integer({ min: -4, max: 7 }), { minLength: 1, maxLength: 3 }),
        (rows, power, powers) => {
          const labels = rows.map((_, at) => (at % 3 === 0 ? "a" : "b"));
          const costs = powers.sort((one, two) => one - two).map((exponent) => 10 ** exponent);
          const result = solve({
            rows,
            labels,
            kernel: { kind: "rbf", gamma: 10 ** power },
            costs,
            workingRows: 16,
            maxIterations: 50_000,
          });
          for (const [cost, C] of costs.entries()) {
            const a = multipliers(result, cost, C);
            expect(a.every((value) => Number.isFinite(value))).toBe(true);
            if (result.answer.limited.some((bound) => bound <= C)) continue;
            solved++;
            expect(gap(result, a, C)).toBeLessThan(1e-3 + 1e-9 * C);
          }
        },
      ),
      { seed: 1, numRuns: 150 },
    );
    expect(solved).toBeGreaterThan(150);
  });
});

describe("row cache", () => {
  it("has the block's bits, whatever it forgets", () => {
    const { rows, labels } = clouds(300, 6);
    const { data, target } = classTable(rows, labels);
    const layout = svmLayout(data, target.codes, {
      classCount: 2,
      plan: { folds: [{ train: Uint32Array.from(rows.keys()), test: new Uint32Array(0) }] },
      weights: null,
    });
    const arena = placedArena(arenaMap(layout, 3, false), data.dataEnd);
    const ranges = pairRanges(layout, [0, 1]);
    const size = ranges.sizeA + ranges.sizeB;
    growTo(data.memory, data.dataEnd + arena.bytes + size * size * 8 + 1e6);
    if (data.features.kind !== "dense") throw new TypeError("dense");
    fillFeatures(data.memory, arena, { ...data.features, order: layout.order });
    const space = scratch(data.dataEnd + arena.bytes);
    const block = pairBlock(data.memory, space, { arena, ranges, source: "each" });
    const bytes = rowCacheBytes(80, size);
    const place = { panel: space.take(3 * 64), staging: space.take(16 * 1024 * 4), values: space.take(bytes), bytes };
    const cache = rowCache(data.memory, place, { arena, ranges });
    const random = rng(7);
    const addresses = new Uint32Array(64);
    for (const kernel of kernels) {
      cache.use(kernel);
      block.fill(kernel);
      const values = new Float32Array(data.memory.buffer, block.matrix(kernel).values, size * size);
      for (let turn = 0; turn < 20; turn++) {
        // The same row may be asked for twice.
        const locals = Uint32Array.from({ length: 1 + random.below(64) }, () => random.below(size));
        cache.rows(locals, addresses);
        for (const [at, local] of locals.entries()) {
          expect(new Float32Array(data.memory.buffer, addresses[at] as number, size)).toEqual(
            values.subarray(local * size, (local + 1) * size),
          );
        }
      }
    }
  });
});
