import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fTail } from "#hpo/math/f-distribution";
import { incompleteBeta } from "#hpo/math/incomplete-beta";
import { upperGamma } from "#hpo/math/incomplete-gamma";
import { logGamma } from "#hpo/math/log-gamma";
import { rangeQuantile, rangeTail } from "#hpo/math/studentized-range";
import { studentDeviation, studentTail } from "#hpo/math/student-t";

/** Arguments and, last, R's answer. */
type Rows = readonly (readonly number[])[];
const oracle = JSON.parse(readFileSync(new URL("../oracle/distributions_oracle.json", import.meta.url), "utf8")) as Record<string, Rows>;

/** The largest relative error against R. */
function worst(name: string, ours: (...given: number[]) => number): number {
  const rows = oracle[name] ?? [];
  expect(rows.length).toBeGreaterThan(5);
  return Math.max(
    ...rows.map((row) => {
      const expected = row.at(-1) as number;
      const got = ours(...row.slice(0, -1));
      return Math.abs(got - expected) / Math.max(Math.abs(expected), 1e-290);
    }),
  );
}

describe("tails of distributions", () => {
  it("equal R's in relative terms, far out too", () => {
    expect(worst("studentTail", studentTail)).toBeLessThan(1e-12);
    expect(worst("fTail", fTail)).toBeLessThan(1e-12);
    expect(worst("chiSquareTail", (x = 0, degrees = 1) => upperGamma(degrees / 2, x / 2))).toBeLessThan(1e-12);
    // R's ptukey sums 12 points of Gauss–Legendre in each of a few pieces; the same integral by SciPy's adaptive quadrature is sharper.
    const off = (rows: Rows): number => Math.max(...rows.map(([q = 0, k = 0, p = 0]) => Math.abs(rangeTail(q, k) - p)));
    expect(off(oracle["rangeTail"] ?? [])).toBeLessThan(2e-8);
    expect(off(JSON.parse(readFileSync(new URL("../oracle/studentized_range_oracle.json", import.meta.url), "utf8")) as Rows)).toBeLessThan(
      1e-13,
    );
  });

  it("are inverted by their quantiles, which equal R's", () => {
    expect(worst("studentDeviation", studentDeviation)).toBeLessThan(1e-12);
    // R iterates qtukey to 1e-4 only.
    expect(worst("rangeQuantile", rangeQuantile)).toBeLessThan(1e-4);
    for (const count of [2, 3, 7, 30]) expect(rangeTail(rangeQuantile(0.05, count), count)).toBeCloseTo(0.05, 12);
    // The range of two is |N(0, 2)|; the published table for α = 0.05 (Demšar 2006, table 5) is this over √2.
    expect(rangeQuantile(0.05, 2) / Math.SQRT2).toBeCloseTo(1.959963985, 8);
    expect(rangeQuantile(0.05, 4) / Math.SQRT2).toBeCloseTo(2.569, 3);
  });

  it("hold at their ends", () => {
    expect([studentTail(Infinity, 3), studentTail(-Infinity, 3), studentTail(0, 3)]).toEqual([0, 1, 0.5]);
    expect([fTail(0, 2, 3), fTail(Infinity, 2, 3), upperGamma(2, 0), upperGamma(2, Infinity)]).toEqual([1, 0, 1, 0]);
    expect([rangeTail(0, 3), rangeTail(1000, 3), incompleteBeta(2, 3, 0, 1), incompleteBeta(2, 3, 1, 0)]).toEqual([1, 0, 0, 1]);
    expect([studentTail(Number.NaN, 3), fTail(Number.NaN, 1, 1), rangeTail(Number.NaN, 3)]).toEqual([NaN, NaN, NaN]);
  });

  it("are logarithms of factorials for whole numbers", () => {
    let factorial = 1;
    for (let n = 1; n <= 20; n++) {
      factorial *= n;
      expect(logGamma(n + 1)).toBeCloseTo(Math.log(factorial), 12);
    }
    for (const [x = 0, expected = 0] of oracle["logGamma"] ?? []) expect(logGamma(x)).toBeCloseTo(expected, 11);
  });
});
