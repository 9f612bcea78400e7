import fc from "fast-check";
import { expect, it } from "vitest";
import { pairwiseSum } from "#hpo/math/pairwise-sum";

it("sums integers exactly, any number of them from any start", () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 700 }), fc.nat(20), (values, start) => {
      const given = Float64Array.from(values);
      const from = Math.min(start, values.length);
      expect(pairwiseSum(given, from)).toBe(values.slice(from).reduce((sum, value) => sum + value, 0));
    }),
    { seed: 3, numRuns: 100 },
  );
});

it("loses far less than adding one by one", () => {
  // A million tenths make 1e5 (but for the rounding of a tenth itself, 5.6e-13 in all); one by one errs by 1.3e-6.
  expect(Math.abs(pairwiseSum(new Float64Array(1e6).fill(0.1)) - 1e5)).toBeLessThan(1e-10);
});

it("hands on NaN and infinities", () => {
  expect(pairwiseSum(Float64Array.of(1, Number.NaN))).toBeNaN();
  expect(pairwiseSum(Float64Array.of(1, Number.POSITIVE_INFINITY))).toBe(Number.POSITIVE_INFINITY);
  expect(pairwiseSum(new Float64Array(0))).toBe(0);
});
