import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { bench } from "./two-class-problem.ts";

const single = Math.fround;

/** The scalar twin: exp(x) for x ≤ 0 in single precision. */
function exponential(x: number): number {
  if (x < single(-44.3614)) return 0;
  const scaled = single(x * single(1.4426950408889634));
  let n = Math.round(scaled);
  // To the nearest, ties to even.
  if (Math.abs(scaled - Math.trunc(scaled)) === 0.5) n = 2 * Math.round(scaled / 2);
  let r = single(x - single(n * single(0.693359375)));
  r = single(r + single(n * single(2.1219444e-4)));
  let p = single(1.98756915e-4);
  for (const next of [1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1])
    p = single(single(p * r) + single(next));
  const y = single(single(single(p * single(r * r)) + r) + 1);
  return single(y * 2 ** n);
}

describe("exponentials", () => {
  it("have the bits of their scalar twin", () => {
    const count = 4096;
    const { kernels, f32 } = bench(count * 8);
    const random = rng(1);
    for (let i = 0; i < count; i++)
      f32[i] = [random.uniform() * 20, random.uniform() * 1e-6, 10 ** (80 * random.uniform() - 40)][i % 3] as number;
    f32.set([0, Infinity, 1e-45, 3e38, 44.36, 44.37, Math.LN2 / 2, 1.5 * Math.LN2]);
    for (const gamma of [1, 0.3, 1e-6, 1e6]) {
      kernels.exponentials(0, count * 4, count, gamma);
      const twin = Float32Array.from(f32.subarray(0, count), (d) => exponential(single(d * single(-gamma))));
      expect(f32.subarray(count, 2 * count)).toEqual(twin);
    }
  });

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
