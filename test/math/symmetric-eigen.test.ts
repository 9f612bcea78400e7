import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { symmetricEigen } from "#hpo/math/symmetric-eigen";

interface Case {
  readonly name: string;
  readonly matrix: number[][];
  readonly values: number[];
}

const { eigen } = JSON.parse(readFileSync(new URL("../oracle/cma_es_oracle.json", import.meta.url), "utf8")) as { eigen: Case[] };

function solve(matrix: readonly number[][]): { vectors: Float64Array; values: Float64Array } {
  const vectors = Float64Array.from(matrix.flat());
  const values = new Float64Array(matrix.length);
  symmetricEigen(vectors, values);
  return { vectors, values };
}

/** V D Vᵀ is the matrix and VᵀV = I, to a few ulps of the largest entry for each dimension. */
function expectDecomposition(matrix: readonly number[][]): void {
  const { vectors, values } = solve(matrix);
  const n = matrix.length;
  const size = Math.max(1e-300, ...matrix.flat().map(Math.abs));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let product = 0;
      let dot = 0;
      for (let k = 0; k < n; k++) {
        product += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!;
        dot += vectors[k * n + i]! * vectors[k * n + j]!;
      }
      expect(Math.abs(product - matrix[i]![j]!) / size).toBeLessThan(1e-15 * 8 * n);
      expect(Math.abs(dot - (i === j ? 1 : 0))).toBeLessThan(1e-15 * 8 * n);
    }
  }
}

describe("symmetricEigen", () => {
  it.each(eigen)("gives SciPy's values on $name", ({ matrix, values }) => {
    const found = [...solve(matrix).values].toSorted((a, b) => a - b);
    const size = Math.max(...values.map(Math.abs), 1e-300);
    for (const [k, value] of values.entries()) expect(Math.abs((found[k] as number) - value) / size).toBeLessThan(1e-14);
    expectDecomposition(matrix);
  });

  it("decomposes random matrices of 1 to 60 dimensions, and those with equal values", () => {
    for (const n of [1, 2, 3, 4, 7, 20, 60]) {
      const stream = rng(n);
      const half = Array.from({ length: n }, () => Array.from({ length: n }, () => stream.normal()));
      expectDecomposition(half.map((row, i) => row.map((value, j) => (value + half[j]![i]!) / 2)));
      // I + vvᵀ has one value apart from n − 1 equal ones.
      const v = Array.from({ length: n }, () => stream.normal());
      expectDecomposition(v.map((a, i) => v.map((b, j) => a * b + (i === j ? 1 : 0))));
    }
    symmetricEigen(new Float64Array(0), new Float64Array(0));
  });
});
