import { describe, expect, it } from "vitest";
import { cholesky, inverseFromFactor, logDeterminant, packedLength, solveLower, solveUpper } from "#hpo/math/cholesky";
import { log } from "#hpo/math/elementary";
import { rng } from "#hpo/math/rng";

const n = 23;

/** BᵀB + I, dense. */
function matrix(): number[][] {
  const stream = rng(7);
  const b = Array.from({ length: n }, () => Array.from({ length: n }, () => stream.normal()));
  return b.map((_, i) => b.map((_, j) => b.reduce((sum, row) => sum + row[i]! * row[j]!, i === j ? 1 : 0)));
}

const pack = (a: readonly (readonly number[])[]): Float64Array => Float64Array.from(a.flatMap((row, i) => row.slice(0, i + 1)));
const at = (packed: Float64Array, i: number, j: number): number => packed[packedLength(Math.max(i, j)) + Math.min(i, j)]!;

describe("cholesky", () => {
  it("gives a factor whose product is the matrix, its solutions and its inverse", () => {
    const a = matrix();
    const factor = pack(a);
    expect(cholesky(factor, n)).toBe(0);
    const inverse = new Float64Array(packedLength(n));
    inverseFromFactor(factor, n, inverse, new Float64Array(packedLength(n)));
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let product = 0;
        for (let k = 0; k <= j; k++) product += at(factor, i, k) * at(factor, j, k);
        expect(product).toBeCloseTo(a[i]![j]!, 10);
        let unit = 0;
        for (let k = 0; k < n; k++) unit += a[i]![k]! * at(inverse, k, j);
        expect(unit).toBeCloseTo(i === j ? 1 : 0, 9);
      }
    }
    const x = Float64Array.from({ length: n }, (_, i) => i - 5);
    const b = Float64Array.from(a, (row) => row.reduce((sum, v, j) => sum + v * x[j]!, 0));
    solveLower(factor, n, b);
    solveUpper(factor, n, b);
    for (let i = 0; i < n; i++) expect(b[i]).toBeCloseTo(x[i]!, 9);
    // ln det by elimination.
    const rows = a.map((row) => [...row]);
    let determinant = 0;
    for (let i = 0; i < n; i++) {
      determinant += Math.log(rows[i]![i]!);
      for (let j = i + 1; j < n; j++) {
        const share = rows[j]![i]! / rows[i]![i]!;
        for (let k = i; k < n; k++) rows[j]![k]! -= share * rows[i]![k]!;
      }
    }
    expect(logDeterminant(factor, n, log)).toBeCloseTo(determinant, 9);
  });

  it("grows by rows to the same bits", () => {
    const whole = pack(matrix());
    const grown = Float64Array.from(whole);
    cholesky(whole, n);
    for (let rows = 1; rows <= n; rows++) cholesky(grown, rows, rows - 1);
    expect(grown).toEqual(whole);
  });

  it("raises pivots that are lost", () => {
    // Two equal rows.
    const factor = Float64Array.from([4, 4, 4, 2, 2, 9]);
    expect(cholesky(factor, 3)).toBe(1);
    expect(factor.every((value) => Number.isFinite(value))).toBe(true);
    expect(factor[2]).toBeCloseTo(2e-7, 12);
  });
});
