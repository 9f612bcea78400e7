import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { lbfgsb, lbfgsbSteps } from "#hpo/math/lbfgsb";

interface Solved {
  readonly start: number[];
  readonly lower: number[];
  readonly upper: number[];
  readonly x: number[];
  readonly value: number;
  readonly evaluations: number;
}

const oracle = JSON.parse(readFileSync(new URL("../oracle/lbfgsb_oracle.json", import.meta.url), "utf8")) as Readonly<
  Record<string, Solved>
>;

type Smooth = (x: Float64Array, gradient: Float64Array) => number;

const rosenbrock: Smooth = (x, gradient) => {
  let value = 0;
  gradient.fill(0);
  for (let i = 0; i + 1 < x.length; i++) {
    const a = x[i + 1]! - x[i]! ** 2;
    value += 100 * a * a + (1 - x[i]!) ** 2;
    gradient[i]! += -400 * a * x[i]! - 2 * (1 - x[i]!);
    gradient[i + 1]! += 200 * a;
  }
  return value;
};

const matrix = Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j) => 1 / (i + j + 1) + (i === j ? 1e-3 : 0)));
const linear = [1, -2, 0.5, 1, -1, 3];
const quadratic: Smooth = (x, gradient) => {
  let value = 0;
  for (const [i, row] of matrix.entries()) {
    const product = row.reduce((sum, a, j) => sum + a * x[j]!, 0);
    gradient[i] = product - linear[i]!;
    value += x[i]! * (0.5 * product - linear[i]!);
  }
  return value;
};

const beale: Smooth = (x, gradient) => {
  const [a, b] = [x[0]!, x[1]!];
  gradient.fill(0);
  let value = 0;
  for (const [c, p] of [
    [1.5, 1],
    [2.25, 2],
    [2.625, 3],
  ] as const) {
    const r = c - a * (1 - b ** p);
    value += r * r;
    gradient[0]! += -2 * r * (1 - b ** p);
    gradient[1]! += 2 * r * a * p * b ** (p - 1);
  }
  return value;
};

const functionOf = (name: string): Smooth => (name.startsWith("rosen") ? rosenbrock : name.startsWith("beale") ? beale : quadratic);

describe("lbfgsb", () => {
  it.each(Object.entries(oracle))("finds SciPy's minimum: %s", (name, { start, lower, upper, x, value, evaluations }) => {
    const found = lbfgsb(functionOf(name), start, { lower, upper }, { gradientTolerance: 1e-9, valueTolerance: 0 });
    expect(found.value - value).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)));
    // The smallest eigenvalue of the quadratic is 1e-3 and its solution of the order of 10³.
    for (const [i, at] of x.entries()) expect(Math.abs(found.x[i]! - at)).toBeLessThan(1e-4 * Math.max(1, Math.abs(at)));
    expect(found.evaluations).toBeLessThan(3 * evaluations + 30);
    for (const [i, at] of found.x.entries()) expect(at >= lower[i]! && at <= upper[i]!).toBe(true);
  });

  it("never asks outside the bounds, moves the start inside, and holds variables that have no room", () => {
    const lower = [0.2, -1, 3];
    const upper = [0.4, 1, 3];
    const asked: number[][] = [];
    const { x, reason } = lbfgsb(
      (at, gradient) => {
        asked.push([...at]);
        for (let i = 0; i < 3; i++) gradient[i] = 2 * (at[i]! - 0.5);
        return at.reduce((sum, v) => sum + (v - 0.5) ** 2, 0);
      },
      [9, -9, 9],
      { lower, upper },
    );
    expect(asked[0]).toEqual([0.4, -1, 3]);
    expect(asked.every((at) => at.every((v, i) => v >= lower[i]! && v <= upper[i]!))).toBe(true);
    expect([...x]).toEqual([0.4, expect.closeTo(0.5, 6), 3]);
    expect(reason).toBe("gradient");
  });

  it("comes closer where a value or a gradient is not finite", () => {
    // −ln x − x²/…: defined for x > 0 only; the first step leaves the domain.
    const barrier: Smooth = (x, gradient) => {
      gradient[0] = x[0]! > 0 ? 1 - 0.01 / x[0]! : Number.NaN;
      return x[0]! > 0 ? x[0]! - 0.01 * Math.log(x[0]!) : Number.NaN;
    };
    const { x } = lbfgsb(barrier, [1], { lower: [-5], upper: [5] }, { firstMove: 3 });
    expect(x[0]).toBeCloseTo(0.01, 6);
  });

  it("ends at once where the start is worth nothing, is a minimum or has no variables", () => {
    const bounds = { lower: [-1], upper: [1] };
    expect(lbfgsb(() => Number.NaN, [0], bounds)).toMatchObject({ evaluations: 1, reason: "search" });
    const corner = lbfgsb((x, g) => ((g[0] = 1), x[0]!), [-1], bounds);
    expect(corner).toMatchObject({ evaluations: 1, reason: "gradient", value: -1 });
    expect(lbfgsb(() => 3, [], { lower: [], upper: [] })).toMatchObject({ value: 3, reason: "gradient" });
  });

  it("spends no more evaluations than it is given, and never ends above its start", () => {
    for (const maxEvaluations of [1, 2, 5, 17]) {
      let count = 0;
      const found = lbfgsb((x, g) => (count++, rosenbrock(x, g)), [-1.2, 1], { lower: [-5, -5], upper: [5, 5] }, { maxEvaluations });
      expect(count).toBe(found.evaluations);
      expect(count).toBeLessThanOrEqual(maxEvaluations);
      expect(found.value).toBeLessThanOrEqual(24.2 + 1e-9);
    }
  });

  it("goes down a wrong gradient no further than it pays", () => {
    const { value, reason } = lbfgsb((x, g) => ((g[0] = -2 * x[0]!), x[0]! ** 2), [0.5], { lower: [-2], upper: [2] });
    expect(value).toBe(0.25);
    expect(reason).toBe("search");
  });

  it("asks step by step what it asks of a function", () => {
    const steps = lbfgsbSteps([-1.2, 1], [-5, -5], [5, 5]);
    const gradient = new Float64Array(2);
    let step = steps.next();
    while (step.done !== true) step = steps.next({ value: rosenbrock(step.value, gradient), gradient });
    expect(step.value).toEqual(lbfgsb(rosenbrock, [-1.2, 1], { lower: [-5, -5], upper: [5, 5] }));
    expect(step.value.value).toBeLessThan(1e-10);
  });
});
