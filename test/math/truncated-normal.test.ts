import { describe, expect, it } from "vitest";
import { logNormalMass, unitNormalQuantile } from "#hpo/math/truncated-normal";

// mpmath 1.2.1 with 60 digits (800 for the first): ln((erfc(a/√2) − erfc(b/√2)) / 2).
const masses: readonly (readonly [number, number, number])[] = [
  [-40, -39.5, -784.720879106624],
  [-1, 1, -0.38171514630212605],
  [0.2, 0.21, -5.545125210748911],
  [8, 9, -35.01361859343715],
  [-0.3, 5, -0.481410625492575],
  [3, 3.001, -12.328193603728616],
  [-12, -11.9, -74.56440080472306],
  [30, 31, -454.32124395634327],
  [-0.001, 0.001, -7.13354679829352],
  [-50, 0.5, -0.3689464152886564],
  [5.5, 5.9, -17.87998250683209],
  [-6, -5.95, -21.761371725221238],
];

// SciPy 1.10.1: scipy.stats.truncnorm(−m/h, (1 − m)/h, loc=m, scale=h).ppf(p), with p, m, h.
const quantiles: readonly (readonly [number, number, number, number])[] = [
  [0.5, 0.5, 0.1, 0.5],
  [0.01, 0.02, 0.05, 0.0008867593535982939],
  [0.9, 1, 0.25, 0.9685866637179866],
  [0.3, 0.1, 1, 0.2684935119781138],
  [0.999, 0.97, 0.3, 0.9995925107827024],
];

describe("the normal distribution between bounds", () => {
  it("equals exact masses, wide and narrow, in both tails", () => {
    // A relative error of the mass is an absolute one of its logarithm.
    for (const [low, high, expected] of masses) {
      expect(Math.abs(logNormalMass(low, high) - expected), `${low} to ${high}`).toBeLessThan(2e-8 + 1e-14 * Math.abs(expected));
      expect(logNormalMass(-high, -low)).toBe(logNormalMass(low, high));
    }
  });

  it("adds up over cells, whichever formula each of them takes", () => {
    for (const [from, width] of [
      [-9, 0.01],
      [-3, 0.07],
      [-2, 0.31],
      [1, 0.4],
    ] as const) {
      let sum = 0;
      for (let cell = 0; cell < 20; cell++) sum += Math.exp(logNormalMass(from + cell * width, from + (cell + 1) * width));
      expect(Math.log(sum)).toBeCloseTo(logNormalMass(from, from + 20 * width), 7);
    }
  });

  it("has masses of empty and of infinite intervals", () => {
    expect(logNormalMass(1, 1)).toBe(-Infinity);
    expect(logNormalMass(-Infinity, Infinity)).toBeCloseTo(0, 14);
    expect(logNormalMass(-Infinity, 0)).toBeCloseTo(Math.log(0.5), 14);
  });

  it("equals SciPy's quantiles, within [0, 1]", () => {
    for (const [p, mean, deviation, expected] of quantiles) expect(unitNormalQuantile(p, mean, deviation)).toBeCloseTo(expected, 12);
    expect(unitNormalQuantile(0, 0.5, 0.1)).toBe(0);
    expect(unitNormalQuantile(1, 0.5, 0.1)).toBeCloseTo(1, 10);
  });
});
