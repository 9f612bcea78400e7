import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { bench } from "./two-class-problem.ts";

const f = Math.fround;

/** The scalar twin of `exponential4`: exp(x), x ≤ 0. */
function exponential(x: number): number {
  if (x < f(-44.3614)) return 0;
  const n = nearestEven(f(x * f(1.4426950408889634)));
  let r = f(x - f(n * f(0.693359375)));
  r = f(r + f(n * f(2.1219444e-4)));
  let p = f(1.98756915e-4);
  for (const c of [1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]) p = f(f(p * r) + f(c));
  const y = f(f(f(p * f(r * r)) + r) + 1);
  return f(y * 2 ** n);
}

function nearestEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

/** The scalar twin of `tanh4`. */
function tanh(t: number): number {
  const size = Math.abs(t);
  if (size < 0.625) {
    const z = f(t * t);
    let p = f(-5.70498872745e-3);
    for (const c of [2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1]) p = f(f(p * z) + f(c));
    return f(f(f(p * z) * t) + t);
  }
  const e = exponential(f(size * -2));
  return Math.sign(t) * f(1 - f(f(e + e) / f(1 + e)));
}

/** Values of both signs over many magnitudes, and what is special. */
function products(count: number): Float32Array {
  const random = rng(11);
  const values = Float32Array.from({ length: count }, () => random.normal() * 10 ** (random.uniform() * 8 - 5));
  values.set([0, -0, 1, -1, 0.625, -0.625, 3e38, -3e38, 1e-30, -1e-30, 22.1, 22.2, -22.2, 1e-38]);
  return values;
}

const count = 1 << 12;

describe("polynomials", () => {
  const kernels: readonly (readonly [gamma: number, c: number, degree: number])[] = [
    [1, 0, 1],
    [0.1, 1, 2],
    [0.37, -0.5, 3],
    [2e-3, 0.25, 7],
  ];

  it("have the bits of t · t · …, from the left", () => {
    for (const [gamma, c, degree] of kernels) {
      const { kernels: wasm, f32 } = bench(count * 8);
      f32.set(products(count));
      wasm.polynomials(0, count * 4, count, gamma, c, degree);
      for (let i = 0; i < count; i++) {
        const t = f(f(f(gamma) * (f32[i] as number)) + f(c));
        let power = t;
        for (let k = 1; k < degree; k++) power = f(power * t);
        expect(f32[count + i]).toBe(power);
      }
    }
  });

  it("are near the power in double precision", () => {
    for (const [gamma, c, degree] of kernels) {
      const { kernels: wasm, f32 } = bench(count * 8);
      const random = rng(12);
      for (let i = 0; i < count; i++) f32[i] = random.normal() * 5;
      wasm.polynomials(0, count * 4, count, gamma, c, degree);
      for (let i = 0; i < count; i++) {
        const p = f32[i] as number;
        // γ p + c may cancel: its error is relative to its summands, and the power multiplies it by the degree.
        const size = Math.abs(gamma * p) + Math.abs(c);
        const error = Math.abs((f32[count + i] as number) - (gamma * p + c) ** degree);
        expect(error).toBeLessThanOrEqual(degree * 4 * 2 ** -24 * size ** degree + 1e-37);
      }
    }
  });

  it("may be written over their products", () => {
    const { kernels: wasm, f32 } = bench(count * 8);
    f32.set(products(count));
    wasm.polynomials(0, count * 4, count, 0.5, 1, 3);
    wasm.polynomials(0, 0, count, 0.5, 1, 3);
    expect(f32.slice(0, count)).toEqual(f32.slice(count, 2 * count));
  });
});

describe("sigmoids", () => {
  it("have the bits of their scalar twin", () => {
    for (const [gamma, c] of [
      [1, 0],
      [0.1, -1],
      [3, 0.25],
    ] as const) {
      const { kernels, f32 } = bench(count * 8);
      f32.set(products(count));
      kernels.sigmoids(0, count * 4, count, gamma, c);
      for (let i = 0; i < count; i++) expect(f32[count + i]).toBe(tanh(f(f(f(gamma) * (f32[i] as number)) + f(c))));
    }
  });

  it("match Math.tanh within 2e-7 of its value, and are odd", () => {
    const many = 1 << 16;
    const { kernels, f32 } = bench(many * 8);
    for (let i = 0; i < many; i++) f32[i] = (i % 2 === 0 ? 1 : -1) * 10 ** ((i >> 1) / 4096 - 6.5);
    kernels.sigmoids(0, many * 4, many, 1, 0);
    let worst = 0;
    for (let i = 0; i < many; i++) {
      const exact = Math.tanh(f32[i] as number);
      worst = Math.max(worst, Math.abs((f32[many + i] as number) / exact - 1));
      if (i % 2 === 1) expect(f32[many + i]).toBe(-(f32[many + i - 1] as number));
    }
    expect(worst).toBeLessThan(2e-7);
  });

  it("end at exactly ±1 and keep 0, also where the product overflows", () => {
    const { kernels, f32 } = bench(64);
    f32.set([22.2, -22.2, 3e38, -3e38, Infinity, -Infinity, 0, -0]);
    kernels.sigmoids(0, 32, 8, 10, 0);
    expect([...f32.subarray(8, 16)]).toEqual([1, -1, 1, -1, 1, -1, 0, 0]);
  });
});
