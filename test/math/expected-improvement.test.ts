import { describe, expect, it } from "vitest";
import { improvementSlope, improvementSpread, logImprovement } from "#hpo/math/expected-improvement";

// mpmath 1.2.1 with 80 digits: log(npdf(z) + z * ncdf(z)).
const exact: readonly (readonly [number, number])[] = [
  [3.0, 1.0987396653277077],
  [0.5, -0.3598276837450638],
  [-0.9, -2.298282989459652],
  [-1.0, -2.4851210257126413],
  [-1.7, -4.001521617349306],
  [-3.4, -9.353522005361524],
  [-3.6, -10.14910665879737],
  [-5.0, -16.74430116266099],
  [-12.0, -77.90910054500735],
  [-38.0, -730.1961834021138],
  [-200.0, -20011.515648259738],
  [-10000.0, -50000019.33961931],
  [-100000000.0, -5000000000000038.0],
];

describe("the logarithm of the expected improvement", () => {
  it("equals mpmath's far into the tail", () => {
    for (const [z, value] of exact) expect(Math.abs(logImprovement(z) / value - 1), `z = ${z}`).toBeLessThan(1e-13);
  });

  it("has the slopes of its differences", () => {
    for (let z = -60; z < 8; z += 0.37) {
      const step = 1e-5;
      const slope = (logImprovement(z + step) - logImprovement(z - step)) / (2 * step);
      const h = logImprovement(z);
      expect(improvementSlope(z, h) / slope).toBeCloseTo(1, 6);
      // φ + zΦ divided by itself.
      expect(improvementSpread(z, h) + z * improvementSlope(z, h)).toBeCloseTo(1, 6);
    }
  });
});
