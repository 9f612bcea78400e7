import { describe, expect, it } from "vitest";
import { sharedMemory } from "#hpo/core/shared-memory";
import { svmKernels } from "#hpo/kernels/svm-kernels";
import { svmProblem } from "#hpo/kernels/svm-problem";
import { rng } from "#hpo/math/rng";

const f = Math.fround;

/** A memory with room, its kernels, and views of all of it. */
function bench(bytes: number) {
  const memory = sharedMemory(bytes);
  return {
    kernels: svmKernels(memory),
    f32: new Float32Array(memory.buffer),
    f64: new Float64Array(memory.buffer),
    u32: new Uint32Array(memory.buffer),
  };
}

describe("exponentials", () => {
  it("match Math.exp within 1e-7 from 0 to where they end, and are exactly 1 at 0", () => {
    const count = 1 << 18;
    const { kernels, f32 } = bench(count * 8);
    for (let i = 0; i < count; i++) f32[i] = (i * 44.36) / count;
    kernels.exponentials(0, count * 4, count, 1);
    let worst = 0;
    for (let i = 0; i < count; i++) {
      const exact = Math.exp(-(f32[i] as number));
      worst = Math.max(worst, Math.abs((f32[count + i] as number) - exact) / exact);
    }
    expect(f32[count]).toBe(1);
    expect(worst).toBeLessThan(1e-7);
  });

  it("are 0 below 2⁻⁶⁴ and at infinity", () => {
    const { kernels, f32 } = bench(64);
    f32.set([44.37, 88, 1e3, 1e30, Infinity, 0, 1e-30, 44.36]);
    kernels.exponentials(0, 32, 8, 1);
    expect([...f32.subarray(8, 15)]).toEqual([0, 0, 0, 0, 0, 1, 1]);
    expect(f32[15]).toBeGreaterThanOrEqual(2 ** -64);
  });
});

describe("distances and products", () => {
  it("have the bits of the sums in the order of the features", () => {
    const [n, width] = [32, 7];
    const { kernels, f32 } = bench((n * width + 2 * n * n) * 4);
    const random = rng(1);
    const x = (i: number, k: number): number => f32[k * n + i] as number;
    for (let at = 0; at < n * width; at++) f32[at] = random.normal();
    const outs = [n * width, n * width + n * n] as const;
    kernels.distances(0, n * 4, 0, n * 4, width, 0, n, n, outs[0] * 4, n * 4);
    for (let row = 0; row < n; row += 16) {
      kernels.products(0, n * 4, 0, n * 4, width, row, row + 16, n, outs[1] * 4 + row * n * 4, n * 4);
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let [square, product] = [0, 0];
        for (let k = 0; k < width; k++) {
          const difference = f(x(i, k) - x(j, k));
          square = f(square + f(difference * difference));
          product = f(product + f(x(i, k) * x(j, k)));
        }
        expect(f32[outs[0] + i * n + j]).toBe(square);
        expect(f32[outs[1] + i * n + j]).toBe(product);
      }
    }
  });
});

describe("mirror", () => {
  it("writes the transposed band and nothing else", () => {
    const [rows, stride] = [40, 48];
    const { kernels, f32 } = bench(rows * stride * 4);
    const random = rng(6);
    for (let at = 0; at < rows * stride; at++) f32[at] = random.normal();
    const before = f32.slice();
    kernels.mirror(0, stride * 4, 8, 16, 20, 36);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < stride; j++) {
        const mirrored = i >= 20 && i < 36 && j >= 8 && j < 16;
        expect(f32[i * stride + j]).toBe(before[mirrored ? j * stride + i : i * stride + j]);
      }
    }
  });
});

describe("decisions", () => {
  it("match sums in double precision over the given rows, for one and two solutions", () => {
    for (const solutions of [1, 2] as const) {
      const { kernels, f32, f64, u32 } = bench(1 << 16);
      const random = rng(2);
      const [columns, rows] = [48, 5];
      for (let at = 0; at < columns * rows; at++) f32[at] = random.normal();
      const [rowsAt, tilesAt, packedAt, outAt] = [4096, 4160, 8192, 16384];
      const support = [4, 0, 2];
      const tiles = [21, 0, 32];
      u32.set(
        support.map((row) => row * columns * 4),
        rowsAt / 4,
      );
      u32.set(
        tiles.map((column) => column * 4),
        tilesAt / 4,
      );
      for (let at = 0; at < support.length * solutions; at++) f64[packedAt / 8 + at] = random.normal();
      kernels.decisions(solutions, rowsAt, packedAt, support.length, tilesAt, tiles.length, outAt);
      for (const [tile, column] of tiles.entries()) {
        for (let solution = 0; solution < solutions; solution++) {
          for (let lane = 0; lane < 16; lane++) {
            let sum = 0;
            for (const [s, row] of support.entries()) {
              sum += (f32[row * columns + column + lane] as number) * (f64[packedAt / 8 + s * solutions + solution] as number);
            }
            expect(f64[outAt / 8 + (tile * solutions + solution) * 16 + lane]).toBe(sum);
          }
        }
      }
    }
  });
});

/** A random two-class problem in memory, with rows that are not trained on, in two ranges of a larger kernel matrix. */
function twoClassProblem(seed: number) {
  const size = 80;
  const ranges = { startA: 16, sizeA: 32, startB: 64, sizeB: 16 };
  const local = ranges.sizeA + ranges.sizeB;
  const tools = bench(1 << 17);
  const { f32, u32, f64, kernels } = tools;
  const random = rng(seed);
  const points = Array.from({ length: size }, () => [random.normal(), random.normal(), random.normal()] as const);
  const [kernel, block] = [4096, 0];
  const k = (i: number, j: number): number => f32[kernel / 4 + i * size + j] as number;
  for (const [i, p] of points.entries()) {
    for (const [j, q] of points.entries())
      f32[kernel / 4 + i * size + j] = Math.exp(-p.reduce((sum, v, at) => sum + (v - (q[at] as number)) ** 2, 0));
  }
  const at = {
    coefficient: 32768,
    gradient: 36864,
    up: 40960,
    low: 45056,
    precise: 49152,
    outside: 53248,
    diagonal: 57344,
    supports: 61440,
  };
  for (const [member, value] of Object.entries({ kernel, stride: size * 4, ...ranges, ...at })) {
    u32[(block + svmProblem[member as keyof typeof svmProblem]) / 4] = value;
  }
  f32.fill(1, at.diagonal / 4, at.diagonal / 4 + size);
  const member = (name: "bound" | "tolerance" | "highest" | "lowest" | "offset") => (block + svmProblem[name]) / 8;
  f64[member("tolerance")] = 1e-3;
  for (let l = 0; l < local; l++) f32[at.outside / 4 + l] = random.uniform() < 0.2 ? -Infinity : 0;
  const position = (l: number): number => (l < ranges.sizeA ? ranges.startA + l : ranges.startB + l - ranges.sizeA);
  return {
    ...tools,
    kernels,
    block,
    local,
    member,
    k: (i: number, j: number): number => k(position(i), position(j)),
    y: (l: number): number => (l < ranges.sizeA ? 1 : -1),
    trained: (l: number): boolean => f32[at.outside / 4 + l] === 0,
    a: f64.subarray(at.coefficient / 8, at.coefficient / 8 + local),
    gradient: f32.subarray(at.gradient / 4, at.gradient / 4 + local),
    steps: (): number => u32[(block + svmProblem["steps"]) / 4] as number,
  };
}

/** 1/x within 0.3 %, as the kernel has it. */
function reciprocal(x: number): number {
  const bits = new Int32Array(Float32Array.of(x).buffer);
  const guess = new Float32Array(Int32Array.of(0x7ef311c7 - (bits[0] as number)).buffer)[0] as number;
  return f(guess * f(2 - f(x * guess)));
}

/** The scalar twin of `optimize`: the same steps in the same order, in the same precision. */
function optimizeSlowly(problem: ReturnType<typeof twoClassProblem>, bound: number, count: number) {
  const { local, k, y, trained } = problem;
  const a = new Float64Array(local);
  const g = Float32Array.from({ length: local }, (_, l) => y(l));
  const up = (l: number): boolean => trained(l) && (a[l] as number) < (y(l) > 0 ? bound : 0);
  const low = (l: number): boolean => trained(l) && (a[l] as number) > (y(l) > 0 ? 0 : -bound);
  for (let step = 0; ; step++) {
    let [i, lowest] = [-1, Infinity];
    for (let l = 0; l < local; l++) {
      if (up(l) && (i < 0 || (g[l] as number) > (g[i] as number))) i = l;
      if (low(l)) lowest = Math.min(lowest, g[l] as number);
    }
    if ((g[i] as number) - lowest < 1e-3 || step === count) return { a, g, steps: step };
    let [j, best] = [-1, 0];
    for (let l = 0; l < local; l++) {
      const drop = f((g[i] as number) - (g[l] as number));
      if (!low(l) || drop <= 0) continue;
      const gain = f(f(drop * drop) * reciprocal(Math.max(f(2 - f(2 * k(i, l))), f(1e-12))));
      if (gain > best) [j, best] = [l, gain];
    }
    const slope = (g[i] as number) - (g[j] as number);
    let move = f(slope / Math.max(2 - 2 * k(i, j), 1e-12));
    const top = y(i) > 0 ? bound : 0;
    const bottom = y(j) > 0 ? 0 : -bound;
    const roomI = top - (a[i] as number);
    const roomJ = (a[j] as number) - bottom;
    move = Math.min(move, roomI, roomJ);
    a[i] = move >= roomI ? top : (a[i] as number) + move;
    a[j] = move >= roomJ ? bottom : (a[j] as number) - move;
    for (let l = 0; l < local; l++) g[l] = f((g[l] as number) - f(f(move) * f(k(i, l) - k(j, l))));
  }
}

describe("optimize", () => {
  it("takes the steps of its scalar twin, bit by bit, however many a call makes", () => {
    for (let seed = 0; seed < 20; seed++) {
      for (const bound of [0.5, 5, 100]) {
        const twin = optimizeSlowly(twoClassProblem(seed), bound, 1_000_000);
        for (const count of [1, 7, 256]) {
          const problem = twoClassProblem(seed);
          problem.kernels.reset(problem.block);
          problem.f64[problem.member("bound")] = bound;
          problem.kernels.bound(problem.block);
          let steps = 0;
          for (let solved = 0; solved === 0; ) {
            solved = problem.kernels.optimize(problem.block, count);
            steps += problem.steps();
          }
          expect(steps).toBe(twin.steps);
          expect([...problem.a]).toEqual([...twin.a]);
          expect([...problem.gradient]).toEqual([...twin.g]);
        }
      }
    }
  });

  it("agrees with the variants for any diagonal and in double precision", () => {
    for (let seed = 0; seed < 10; seed++) {
      const answers = (["optimize", "optimizeAnyDiagonal", "optimizePrecisely"] as const).map((variant) => {
        const problem = twoClassProblem(seed);
        problem.kernels.reset(problem.block);
        problem.f64[problem.member("bound")] = 10;
        problem.kernels.regrade(problem.block);
        problem.kernels.bound(problem.block);
        while (problem.kernels[variant](problem.block, 16) === 0);
        problem.kernels.offset(problem.block, variant === "optimizePrecisely" ? 1 : 0);
        return { a: [...problem.a], offset: problem.f64[problem.member("offset")] as number };
      });
      expect(answers[1]).toEqual(answers[0]);
      // Different roundings, one optimum: multipliers may differ by what the tolerance leaves open.
      for (const [l, value] of (answers[2]?.a ?? []).entries()) expect(Math.abs(value - (answers[0]?.a[l] as number))).toBeLessThan(0.05);
      expect(Math.abs((answers[2]?.offset as number) - (answers[0]?.offset as number))).toBeLessThan(2e-3);
    }
  });
});

describe("regrade", () => {
  it("computes f anew from the multipliers and says how far it was off", () => {
    const problem = twoClassProblem(3);
    const { kernels, block, a, gradient, local, k, y } = problem;
    kernels.reset(block);
    problem.f64[problem.member("bound")] = 10;
    kernels.bound(block);
    while (kernels.optimize(block, 16) === 0);
    expect(kernels.regrade(block)).toBeLessThan(1e-5);
    for (let l = 0; l < local; l++) {
      let exact = y(l);
      for (let j = 0; j < local; j++) exact -= (a[j] as number) * k(j, l);
      expect(gradient[l]).toBe(f(exact));
    }
    for (let l = 0; l < local; l++) gradient[l] = (gradient[l] as number) + (problem.trained(l) ? 0.25 : 9);
    expect(kernels.regrade(block)).toBeCloseTo(0.25, 5);
  });
});

describe("svmKernels", () => {
  it("instantiates once a memory and writes nothing into it", () => {
    const memory = sharedMemory(1 << 16);
    const bytes = new Uint8Array(memory.buffer).fill(7);
    expect(svmKernels(memory)).toBe(svmKernels(memory));
    expect(bytes.every((byte) => byte === 7)).toBe(true);
  });
});

describe("compaction", () => {
  it("solves on the active rows alone, brings f of all rows up to date, and leaves other multipliers as they were", () => {
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
