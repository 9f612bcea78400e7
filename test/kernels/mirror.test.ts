import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { bench } from "./two-class-problem.ts";

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
