import { choice, float, int, type Params, values } from "hpo";
import fc from "fast-check";
import { dimensions } from "#hpo/space/dimensions";
import { discretePart } from "#hpo/space/discrete-part";
import { gridParams, spaceSize } from "#hpo/space/space-grid";
import { decode } from "#hpo/space/unit-cube";
import { gradientNames, unitGradient } from "#hpo/space/unit-gradient";
import { describe, expect, it } from "vitest";

const space = {
  a: float(-3, 5),
  b: float(1e-6, 1e3, { log: true }),
  n: int(1, 64, { log: true }),
  s: float(0, 1, { step: 0.25 }),
  c: float(2, 2),
  kind: choice({ one: { d: float(10, 20, { log: true }), size: values([1, 2]) }, two: {} }),
};

describe("unitGradient()", () => {
  it("is the slope along each axis of the unit cube, on any scale", () => {
    // Σ p ln of each float, and of each square.
    const f = (params: Params): number => {
      const { a, b, d = 1 } = params as { a: number; b: number; d?: number };
      return a * a + Math.log(b) ** 2 + 3 * a * Math.log(b) + d ** 2;
    };
    const unit = fc.array(fc.double({ min: 0.01, max: 0.99, noNaN: true }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(unit, (at) => {
        const params = decode(space, at);
        const { a, b, d } = params as { a: number; b: number; d?: number };
        const own = { a: 2 * a + 3 * Math.log(b), b: (2 * Math.log(b) + 3 * a) / b };
        const slopes = unitGradient(space, params, d === undefined ? own : { ...own, d: 2 * d });
        for (const [i, { name }] of dimensions(space).entries()) {
          const moved = (by: number): number => f(decode(space, at.with(i, (at[i] ?? 0) + by)));
          const quotient = ["a", "b", "d"].includes(name) ? (moved(1e-5) - moved(-1e-5)) / 2e-5 : 0;
          // Central differences over 1e-5 of the axis: the third derivative is at most some 1e4.
          expect(Math.abs((slopes?.[i] ?? Number.NaN) - quotient)).toBeLessThan(1e-4 * (1 + Math.abs(quotient)));
        }
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("is none where an entry is missing or not finite", () => {
    const params = { a: 1, b: 1, n: 1, s: 0, c: 2, kind: "two" };
    expect(unitGradient(space, params, { a: 1, b: 2 })).not.toBeNull();
    for (const gradient of [{}, { a: 1 }, { a: 1, b: Number.NaN }, { a: -Infinity, b: 0 }])
      expect(unitGradient(space, params, gradient)).toBeNull();
    expect(gradientNames(space, params)).toEqual({ floats: ["a", "b", "s", "c"], continuous: ["a", "b"] });
  });
});

describe("discretePart()", () => {
  it("leaves the continuous floats out, those of branches too", () => {
    const rest = discretePart(space);
    expect(spaceSize(rest)).toBe(64 * 5 * 3);
    expect(gridParams(rest, 0)).toEqual({ n: 1, s: 0, c: 2, kind: "one", size: 1 });
    expect(discretePart({ x: float(0, 1) })).toEqual({});
  });
});
