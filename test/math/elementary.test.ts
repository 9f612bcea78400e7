import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exp, log } from "#hpo/math/elementary";
import { rng } from "#hpo/math/rng";

// Correctly rounded values; how they were made stands in the file.
const oracle = JSON.parse(readFileSync(new URL("../oracle/elementary.json", import.meta.url), "utf8")) as {
  readonly exp: readonly (readonly [number, number])[];
  readonly log: readonly (readonly [number, number])[];
};

const view = new DataView(new ArrayBuffer(8));

/** How many doubles apart two numbers are. */
function ulps(a: number, b: number): number {
  const order = (x: number): bigint => {
    view.setFloat64(0, x);
    const raw = view.getBigInt64(0);
    return raw < 0n ? -(raw & 0x7fffffffffffffffn) : raw;
  };
  const gap = order(a) - order(b);
  return Number(gap < 0n ? -gap : gap);
}

describe("exp", () => {
  it("is within one unit in the last place of the exact value", () => {
    for (const [x, value] of oracle.exp) expect(ulps(exp(x), value), `exp(${x})`).toBeLessThanOrEqual(1);
  });

  it("has its limits at the infinities, NaN, overflow and underflow", () => {
    expect([exp(Infinity), exp(-Infinity), exp(NaN), exp(0), exp(-0)]).toEqual([Infinity, 0, NaN, 1, 1]);
    expect(exp(709.8)).toBe(Infinity);
    expect(exp(-745.2)).toBe(0);
    expect(exp(-745.1)).toBe(5e-324);
  });
});

describe("log", () => {
  it("is within one unit in the last place of the exact value", () => {
    for (const [x, value] of oracle.log) expect(ulps(log(x), value), `log(${x})`).toBeLessThanOrEqual(1);
  });

  it("has its limits at 0, the infinities, NaN and below 0", () => {
    expect([log(0), log(-0), log(Infinity), log(NaN), log(-1), log(-Infinity), log(1)]).toEqual([
      -Infinity,
      -Infinity,
      Infinity,
      NaN,
      NaN,
      NaN,
      0,
    ]);
  });
});

describe("exp and log", () => {
  it("agree with Math within two units in the last place at 20 000 random points", () => {
    const stream = rng(1);
    for (let i = 0; i < 10_000; i++) {
      const x = -740 + 1449 * stream.uniform();
      expect(ulps(exp(x), Math.exp(x))).toBeLessThanOrEqual(2);
      const y = Math.exp(x) * (1 + stream.uniform());
      expect(ulps(log(y), Math.log(y))).toBeLessThanOrEqual(2);
    }
  });

  it("give the bits that they always gave", () => {
    // Sums in a fixed order: one bit more or less in any of the values would change them.
    const stream = rng(3);
    let sum = 0;
    for (let i = 0; i < 20_000; i++) sum += exp(-40 * stream.uniform()) + log(stream.uniform() + 0.1);
    expect(sum).toBe(-12755.876724650207);
  });

  it("grow with their argument", () => {
    const stream = rng(2);
    for (let i = 0; i < 5000; i++) {
      const x = -700 + 1400 * stream.uniform();
      const next = x + Math.abs(x) * 1e-12;
      expect(exp(next)).toBeGreaterThanOrEqual(exp(x));
      expect(log(exp(next))).toBeGreaterThanOrEqual(log(exp(x)));
    }
  });
});
