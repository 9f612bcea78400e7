import { describe, expect, it } from "vitest";
import { sharedMemory } from "#hpo/core/shared-memory";
import { svmKernels } from "#hpo/kernels/svm-kernels";
import { rng } from "#hpo/math/rng";
import { bench, twoClassProblem } from "./two-class-problem.ts";

const f = Math.fround;

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
