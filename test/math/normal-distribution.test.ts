import { describe, expect, it } from "vitest";
import { millsRatio, normalCdf, normalLogCdf, normalLogPdf, normalPdf, normalQuantile } from "#hpo/math/normal-distribution";

// SciPy 1.10.1: scipy.special.ndtr, log_ndtr, ndtri, erfcx(x/√2)·√(π/2).
const cdf: readonly (readonly [number, number])[] = [
  [-20, 2.7536241186061556e-89],
  [-8.5, 9.47953482220325e-18],
  [-3, 0.0013498980316300933],
  [-0.66, 0.25462691467133614],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [0.3, 0.6179114221889526],
  [2.5, 0.9937903346742238],
];
const logCdf: readonly (readonly [number, number])[] = [
  [-1000, -500007.8266948122],
  [-40, -804.6084420137539],
  [-5, -15.064998393988727],
  [-1, -1.841021645009264],
  [0.5, -0.3689464152886563],
  [6, -9.865876455243719e-10],
];
const quantile: readonly (readonly [number, number])[] = [
  [1e-300, -37.0470962993612],
  [1e-5, -4.264890793922825],
  [0.024, -1.977368428181947],
  [0.1, -1.2815515655446004],
  [0.4, -0.2533471031357997],
  [0.7, 0.5244005127080407],
  [0.99, 2.3263478740408408],
];

describe("the normal distribution", () => {
  it("equals SciPy's probabilities in both tails", () => {
    for (const [x, expected] of cdf) expect(normalCdf(x) / expected).toBeCloseTo(1, 12);
    for (const [x, expected] of logCdf) expect(normalLogCdf(x) / expected).toBeCloseTo(1, 12);
    for (const [p, expected] of quantile) expect(normalQuantile(p) / expected).toBeCloseTo(1, 12);
    expect(millsRatio(5) / 0.19280810471531573).toBeCloseTo(1, 12);
  });

  it("keeps its identities", () => {
    for (let x = -6; x <= 6; x += 0.37) {
      expect(normalCdf(x) + normalCdf(-x)).toBeCloseTo(1, 14);
      expect(normalQuantile(normalCdf(x))).toBeCloseTo(x, 6);
      expect(Math.log(normalPdf(x))).toBeCloseTo(normalLogPdf(x), 12);
    }
    expect(normalQuantile(0)).toBe(-Infinity);
    expect(normalQuantile(1)).toBe(Infinity);
    expect(normalQuantile(1.1)).toBeNaN();
  });
});
