import { describe, expect, it } from "vitest";
import { type Kernel, kernelBase, kernelName, kernelOf, largestValue, kernelRows } from "#hpo/models/svm/kernel";
import { fullKernelOptions, type KernelOptions } from "#hpo/models/svm/kernel-options";
import { rng } from "#hpo/math/rng";
import { bench } from "../../kernels/two-class-problem.ts";

const scaled = (): number => 0.125;
const of = (options: KernelOptions): Kernel => kernelOf(fullKernelOptions("svm", options), scaled);

const kernels: readonly Kernel[] = [
  of({ kernel: "rbf", gamma: 2 }),
  of({ kernel: "linear" }),
  of({ kernel: "poly", gamma: 0.5, degree: 4, coef0: -1 }),
  of({ kernel: "sigmoid", gamma: 0.5, coef0: 1 }),
  of({ kernel: "precomputed" }),
];

describe("kernelOf", () => {
  it("reads every kernel's options, with defaults and the scaled γ", () => {
    expect(kernels).toEqual([
      { kind: "rbf", gamma: 2 },
      { kind: "linear" },
      { kind: "poly", gamma: 0.5, degree: 4, coef0: -1 },
      { kind: "sigmoid", gamma: 0.5, coef0: 1 },
      { kind: "precomputed" },
    ]);
    expect(of({ kernel: "rbf" })).toEqual({ kind: "rbf", gamma: 0.125 });
    expect(of({ kernel: "poly" })).toEqual({ kind: "poly", gamma: 0.125, degree: 3, coef0: 0 });
    expect(of({ kernel: "sigmoid", gamma: "scale" })).toEqual({ kind: "sigmoid", gamma: 0.125, coef0: 0 });
  });

  it("never asks for the scaled γ where it is not used", () => {
    const never = (): number => expect.unreachable();
    expect(kernelOf(fullKernelOptions("svm", { kernel: "linear" }), never)).toEqual({ kind: "linear" });
    expect(kernelOf(fullKernelOptions("svm", { kernel: "rbf", gamma: 1 }), never)).toEqual({ kind: "rbf", gamma: 1 });
  });
});

describe("kernelName", () => {
  it("tells kernels apart by every number", () => {
    const some: readonly Kernel[] = [
      ...kernels,
      { kind: "rbf", gamma: 0.5 },
      { kind: "poly", gamma: 0.5, degree: 3, coef0: -1 },
      { kind: "poly", gamma: 0.5, degree: 4, coef0: 0 },
      { kind: "poly", gamma: 1, degree: 4, coef0: -1 },
      { kind: "sigmoid", gamma: 0.5, coef0: 0 },
    ];
    expect(new Set(some.map(kernelName)).size).toBe(some.length);
    expect(kernelName({ kind: "rbf", gamma: 2 })).toBe("γ=2");
  });
});

describe("kernelRows", () => {
  const count = 64;
  /** K by its definition in double precision, from the value of its base. */
  const exact: Readonly<Record<string, (base: number) => number>> = {
    rbf: (d) => Math.exp(-2 * d),
    linear: (p) => p,
    poly: (p) => (0.5 * p - 1) ** 4,
    sigmoid: (p) => Math.tanh(0.5 * p + 1),
    precomputed: (k) => k,
  };

  for (const kernel of kernels) {
    it(`gives the values of ${kernelName(kernel)}, in place and elsewhere`, () => {
      const { kernels: wasm, f32 } = bench(count * 8);
      const random = rng(3);
      for (let i = 0; i < count; i++) f32[i] = kernelBase(kernel) === "distances" ? random.uniform() * 3 : random.normal();
      const base = f32.slice(0, count);
      const rows = { rows: 2, columns: count / 2, sourceStride: count * 2, outStride: count * 2 };
      kernelRows(wasm, f32.buffer, kernel, { ...rows, source: 0, out: count * 4 });
      expect(f32.slice(0, count)).toEqual(base);
      kernelRows(wasm, f32.buffer, kernel, { ...rows, source: 0, out: 0 });
      expect(f32.slice(0, count)).toEqual(f32.slice(count, 2 * count));
      for (const [i, value] of base.entries()) expect(f32[i]).toBeCloseTo(exact[kernel.kind]?.(value) as number, 4);
    });
  }
});

describe("largestValue", () => {
  it("is no less than any value between rows of that length", () => {
    const random = rng(4);
    for (let at = 0; at < 200; at++) {
      const square = random.uniform() * 20;
      const product = square * (2 * random.uniform() - 1);
      expect(Math.abs(product)).toBeLessThanOrEqual(largestValue({ kind: "linear" }, square));
      for (const degree of [1, 2, 5]) {
        const kernel = { kind: "poly", gamma: 0.1, degree, coef0: -0.7 } as const;
        expect(Math.abs((0.1 * product - 0.7) ** degree)).toBeLessThanOrEqual(largestValue(kernel, square) * (1 + 1e-12));
      }
    }
    expect(largestValue({ kind: "rbf", gamma: 1 }, 1e30)).toBe(1);
    expect(largestValue({ kind: "sigmoid", gamma: 1, coef0: 0 }, 1e30)).toBe(1);
  });
});
