import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { bench } from "./two-class-problem.ts";

describe("exponentials of a rectangle", () => {
  it("have the bits of single rows, and nothing else is written", () => {
    const [rows, columns, sourceStride, outStride] = [5, 16, 24, 32];
    const { kernels, f32 } = bench(4096);
    const out = rows * sourceStride;
    const single = out + rows * outStride;
    const random = rng(3);
    for (let at = 0; at < single; at++) f32[at] = Math.abs(random.normal());
    const before = f32.slice();
    kernels.exponentialRows(0, sourceStride * 4, out * 4, outStride * 4, rows, columns, 2);
    for (let row = 0; row < rows; row++) {
      kernels.exponentials(row * sourceStride * 4, single * 4, columns, 2);
      const written = f32.subarray(out + row * outStride, out + (row + 1) * outStride);
      expect([...written.subarray(0, columns)]).toEqual([...f32.subarray(single, single + columns)]);
      expect([...written.subarray(columns)]).toEqual([...before.subarray(out + row * outStride + columns, out + (row + 1) * outStride)]);
    }
    expect([...f32.subarray(0, out)]).toEqual([...before.subarray(0, out)]);
  });
});

describe("decision jobs", () => {
  it("match sums in double precision, job by job, for one and two solutions", () => {
    const { kernels, f32, f64, u32 } = bench(1 << 16);
    const random = rng(4);
    const [stride, rows] = [20, 30];
    for (let at = 0; at < stride * rows; at++) f32[at] = random.normal();
    const [table, out] = [4096, 8192];
    const jobs = ([1, 2, 2] as const).map((solutions, job) => {
      const [list, coefficients, length] = [16384 + job * 1024, 32768 + job * 1024, 3 + 4 * job];
      const picked = Array.from({ length }, (_, at) => (at * 7 + job) % rows);
      const values = Array.from({ length: length * solutions }, () => random.normal());
      for (const [at, row] of picked.entries()) u32[list / 4 + at] = row * stride * 4;
      for (const [at, value] of values.entries()) f64[coefficients / 8 + at] = value;
      u32.set([list, coefficients, length, solutions], table / 4 + job * 4);
      return { picked, values, solutions };
    });
    const first = 4;
    kernels.decisionJobs(table, jobs.length, first * 4, out);
    for (const [job, { picked, values, solutions }] of jobs.entries()) {
      for (let solution = 0; solution < solutions; solution++) {
        for (let column = 0; column < 16; column++) {
          let sum = 0;
          for (const [at, row] of picked.entries()) {
            sum += (f32[row * stride + first + column] as number) * (values[at * solutions + solution] as number);
          }
          expect(f64[out / 8 + job * 32 + solution * 16 + column]).toBe(sum);
        }
      }
    }
  });
});
