import { describe, expect, it } from "vitest";
import { outcomeScale } from "#hpo/samplers/gp/outcome-scale";

describe("the scale of outcomes", () => {
  const list = [4, 0, 1e9, 2, 8, Number.NaN, Infinity];

  it("is linear up to the median, logarithmic above, standardised, and keeps the order", () => {
    const { valueOf, slopeAt } = outcomeScale(list);
    const scaled = [0, 2, 4, 8, 1e9].map(valueOf);
    expect(scaled.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
    expect(scaled.reduce((sum, value) => sum + value * value, 0) / 5).toBeCloseTo(1, 12);
    const unit = valueOf(4) - valueOf(0);
    expect(valueOf(2) - valueOf(0)).toBeCloseTo(unit / 2, 12);
    expect(valueOf(8) - valueOf(4)).toBeCloseTo(unit * Math.log(2), 12);
    expect(scaled).toEqual(scaled.toSorted((a, b) => a - b));
    for (const value of [1, 3, 5, 100]) expect(slopeAt(value)).toBeCloseTo((valueOf(value + 1e-4) - valueOf(value - 1e-4)) / 2e-4, 6);
    expect(valueOf(Infinity)).toBe(valueOf(1e9));
    expect(valueOf(-Infinity)).toBe(valueOf(0));
  });

  it("makes nothing of values that are all equal, or none", () => {
    expect([5, 5].map(outcomeScale([5, 5, 5]).valueOf)).toEqual([0, 0]);
    expect(outcomeScale([Number.NaN]).valueOf(-Infinity)).toBe(-1);
    expect(outcomeScale([]).slopeAt(3)).toBe(1);
  });

  it("does not overflow", () => {
    const { valueOf } = outcomeScale([-Number.MAX_VALUE, 0, Number.MAX_VALUE, 1]);
    expect([-Number.MAX_VALUE, 0, Number.MAX_VALUE].map(valueOf).every((value) => Number.isFinite(value))).toBe(true);
  });
});
