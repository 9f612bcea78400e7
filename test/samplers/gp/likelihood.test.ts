import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { KernelShape } from "#hpo/samplers/gp/kernel";
import { kernelOf } from "#hpo/samplers/gp/kernel";
import { negativeLogPosterior, type Observations } from "#hpo/samplers/gp/likelihood";
import { priorOf } from "#hpo/samplers/gp/hyperparameters";
import { observe, posteriorOf, predict, predictSlopes } from "#hpo/samplers/gp/posterior";
import { rng } from "#hpo/math/rng";

interface Answers {
  readonly likelihood: number;
  /** By the logarithms of s, ℓ, σ², then of a/D and λ of each axis. */
  readonly gradient: number[];
  readonly mean: number[];
  readonly deviation: number[];
}

// scikit-learn 1.2.1; the script that made it stands beside it.
const oracle = JSON.parse(readFileSync(new URL("../../oracle/gaussian_process_oracle.json", import.meta.url), "utf8")) as {
  readonly [key in "x" | "at"]: number[][];
} & { readonly [key in "y" | "errors" | "joint" | "single"]: number[] } & { readonly [key in "s" | "a" | "noise"]: number } & {
  readonly [key in "plain" | "additive"]: Answers;
};

const { x, y, errors, at, joint, single, s, a, noise } = oracle;
const d = joint.length;
const observations: Observations = {
  rows: { count: x.length, features: Float64Array.from(x.flat()), active: new Uint8Array(x.length * d).fill(1) },
  y: Float64Array.from(y),
  errors: Float64Array.from(errors),
};
const shapeOf = (additive: boolean): KernelShape => ({ axisCount: d, categorical: new Uint8Array(d), additive });
const thetaOf = (additive: boolean): Float64Array =>
  Float64Array.from(additive ? [...joint, ...single, s, a, noise] : [...joint, s, noise], (value) => Math.log(value));

describe.each(["plain", "additive"] as const)("a process with the %s kernel", (kind) => {
  const additive = kind === "additive";
  const shape = shapeOf(additive);
  const answers = oracle[kind];

  it("has scikit-learn's likelihood and gradient", () => {
    const gradient = new Float64Array(thetaOf(additive).length);
    const value = negativeLogPosterior(shape, observations, null)(thetaOf(additive), gradient);
    expect(-value).toBeCloseTo(answers.likelihood, 8);
    const [byS, byJoint, byNoise, rest] = [
      answers.gradient[0]!,
      answers.gradient.slice(1, 1 + d),
      answers.gradient[1 + d]!,
      answers.gradient.slice(2 + d),
    ];
    const singles = rest.filter((_, i) => i % 2 === 1);
    const byA = rest.filter((_, i) => i % 2 === 0).reduce((sum, one) => sum + one, 0);
    const expected = additive ? [...byJoint, ...singles, byS, byA, byNoise] : [...byJoint, byS, byNoise];
    for (const [i, one] of expected.entries()) expect(-gradient[i]!).toBeCloseTo(one, 7);
  });

  it("has scikit-learn's posterior mean and deviation", () => {
    const posterior = posteriorOf(kernelOf(shape, thetaOf(additive)), observations);
    for (const [i, row] of at.entries()) {
      predict(posterior, { features: Float64Array.from(row), active: new Uint8Array(d).fill(1) });
      expect(posterior.mean).toBeCloseTo(answers.mean[i]!, 8);
      expect(posterior.deviation).toBeCloseTo(answers.deviation[i]!, 8);
    }
  });
});

describe("a process over categories and branches", () => {
  // Axis 1 is a category, axis 2 exists for its category 0 alone.
  const stream = rng(3);
  const n = 18;
  const shape: KernelShape = { axisCount: 3, categorical: Uint8Array.from([0, 1, 0]), additive: true };
  const features = new Float64Array(n * 3);
  const active = new Uint8Array(n * 3).fill(1);
  for (let i = 0; i < n; i++) {
    const level = stream.below(3);
    features.set([stream.uniform(), level, level === 0 ? stream.uniform() : 0.5], i * 3);
    active[i * 3 + 2] = level === 0 ? 1 : 0;
  }
  const mixed: Observations = {
    rows: { count: n, features, active },
    y: Float64Array.from({ length: n }, () => stream.normal()),
    errors: Float64Array.from({ length: n }, () => 0.1 * stream.uniform()),
  };
  const theta = Float64Array.from({ length: 9 }, () => stream.normal() - 0.5);

  it("has the gradient of its differences, priors included", () => {
    const evaluate = negativeLogPosterior(shape, mixed, priorOf(shape));
    const gradient = new Float64Array(9);
    evaluate(theta, gradient);
    const unused = new Float64Array(9);
    for (let i = 0; i < 9; i++) {
      const step = 1e-5;
      const up = Float64Array.from(theta, (value, j) => value + (i === j ? step : 0));
      const down = Float64Array.from(theta, (value, j) => value - (i === j ? step : 0));
      const slope = (evaluate(up, unused) - evaluate(down, unused)) / (2 * step);
      expect(gradient[i]).toBeCloseTo(slope, 5);
    }
  });

  it("has the slopes of its predictions' differences", () => {
    const posterior = posteriorOf(kernelOf(shape, theta), mixed);
    const point = { features: Float64Array.from([0.31, 0, 0.62]), active: Uint8Array.from([1, 1, 1]) };
    predictSlopes(posterior, point, [0, 2]);
    const slopes = [...posterior.meanSlopes.subarray(0, 2), ...posterior.deviationSlopes.subarray(0, 2)];
    for (const [place, axis] of [0, 2].entries()) {
      const step = 1e-5;
      const beside = [step, -step].map((by) => {
        predict(posterior, { ...point, features: point.features.map((value, i) => (i === axis ? value + by : value)) });
        return [posterior.mean, posterior.deviation] as const;
      });
      expect(slopes[place]).toBeCloseTo((beside[0]![0] - beside[1]![0]) / (2 * step), 6);
      expect(slopes[2 + place]).toBeCloseTo((beside[0]![1] - beside[1]![1]) / (2 * step), 6);
    }
  });

  it("does not tell apart what an inactive parameter would be, and takes appended observations like others", () => {
    const whole = posteriorOf(kernelOf(shape, theta), { ...mixed, errors: new Float64Array(n) });
    const grown = posteriorOf(
      kernelOf(shape, theta),
      { ...mixed, rows: { count: n - 3, features, active }, errors: new Float64Array(n) },
      3,
    );
    for (let i = n - 3; i < n; i++) {
      observe(grown, { features: features.slice(i * 3, i * 3 + 3), active: active.slice(i * 3, i * 3 + 3) }, mixed.y[i]!);
    }
    expect(grown.alpha).toEqual(whole.alpha);
    expect(grown.factor).toEqual(whole.factor);
  });
});
