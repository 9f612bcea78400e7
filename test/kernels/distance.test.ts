import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { bench } from "./two-class-problem.ts";

const f = Math.fround;

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
