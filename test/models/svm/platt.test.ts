import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exp } from "#hpo/math/elementary";
import { rng } from "#hpo/math/rng";
import { platt, plattProbability } from "#hpo/models/svm/platt";

// LIBSVM's own A and B for decisions made as LIBSVM makes them, and the exact minimum of the same function.
const oracle = JSON.parse(readFileSync(new URL("../../oracle/svm_probabilities_oracle.json", import.meta.url), "utf8")) as {
  readonly platt: readonly {
    readonly name: string;
    readonly decisions: readonly number[];
    readonly positive: readonly number[];
    readonly libsvm: readonly [number, number];
    readonly optimum: readonly [number, number];
  }[];
};

/** The paper's function, written down as it stands: Σ −(t ln p + (1 − t) ln(1 − p)). */
function crossEntropy(decisions: readonly number[], positive: readonly number[], [slope, offset]: readonly [number, number]): number {
  const above = positive.reduce((a, b) => a + b, 0);
  const below = positive.length - above;
  return decisions.reduce((sum, f, i) => {
    const target = positive[i] === 1 ? (above + 1) / (above + 2) : 1 / (below + 2);
    const p = 1 / (1 + Math.exp(slope * f + offset));
    return sum - target * Math.log(p) - (1 - target) * Math.log(1 - p);
  }, 0);
}

describe("platt()", () => {
  it("takes LIBSVM's steps: the same A and B", () => {
    for (const { name, decisions, positive, libsvm } of oracle.platt) {
      const { slope, offset, converged } = platt(decisions, positive);
      // The steps are the same; exp, log and the order of the sums' rounding are not.
      expect(Math.abs(slope - libsvm[0]), name).toBeLessThan(1e-9 * Math.max(1, Math.abs(libsvm[0])));
      expect(Math.abs(offset - libsvm[1]), name).toBeLessThan(1e-9 * Math.max(1, Math.abs(libsvm[1])));
      expect(converged).toBe(true);
    }
  });

  it("ends at the minimum, as near as its stop rule says", () => {
    for (const { name, decisions, positive, optimum } of oracle.platt) {
      const { slope, offset } = platt(decisions, positive);
      // Newton's last step squares the error, so a gradient below 1e-5 leaves about that much of the parameters.
      expect(Math.abs(slope - optimum[0]), name).toBeLessThan(2e-5);
      expect(Math.abs(offset - optimum[1]), name).toBeLessThan(2e-5);
      expect(crossEntropy(decisions, positive, [slope, offset])).toBeLessThan(crossEntropy(decisions, positive, optimum) + 1e-9);
    }
  });

  it("counts a row of weight 3 as three rows", () => {
    const random = rng(5);
    const decisions = [...Array(60).keys()].map(() => random.normal());
    const positive = decisions.map((f) => (f + random.normal() > 0 ? 1 : 0));
    const weights = decisions.map(() => 1 + random.below(3));
    const repeat = <T>(values: readonly T[]): T[] => values.flatMap((value, i) => Array<T>(weights[i] as number).fill(value));
    const [one, many] = [platt(decisions, positive, weights), platt(repeat(decisions), repeat(positive))];
    expect(one.slope).toBeCloseTo(many.slope, 9);
    expect(one.offset).toBeCloseTo(many.offset, 9);
    expect(Math.abs(one.slope - platt(decisions, positive).slope)).toBeGreaterThan(1e-3);
  });

  it("gives a flat curve where decisions say nothing", () => {
    for (const f of [0, 1, -3e38, 1e-300]) {
      const { slope, offset, converged } = platt([f, f, f, f, f], [1, 1, 1, 0, 0]);
      expect([slope, converged]).toEqual([0, true]);
      // The mean of the targets (3 · 4/5 + 2 · 1/4) / 5.
      expect(1 / (1 + exp(offset))).toBeCloseTo((3 * 0.8 + 2 * 0.25) / 5, 12);
    }
    expect(platt([], [])).toEqual({ slope: 0, offset: 0, converged: true });
    // All decisions equal but for rounding: the Hessian is singular in floating point.
    const nearly = Array.from({ length: 100_000 }, (_, i) => 1 + (i % 2) * 2 ** -50);
    const { slope, offset } = platt(
      nearly,
      nearly.map((_, i) => (i % 10 === 0 ? 1 : 0)),
    );
    expect(plattProbability({ slope, offset }, 1)).toBeCloseTo(0.1, 3);
  });

  it("gives one class its regularized target", () => {
    expect(plattProbability(platt([1, 2, 3], [1, 1, 1]), 2)).toBeCloseTo(4 / 5, 9);
    expect(plattProbability(platt([1, 2, 3], [0, 0, 0]), -7)).toBeCloseTo(1 / 5, 9);
  });

  it("stays finite and rising where classes are perfectly separated or decisions huge", () => {
    for (const size of [1e-30, 1e-3, 1, 1e3, 1e6, 1e15, 1e30, 3e38]) {
      const decisions = [...Array(40).keys()].map((i) => (i < 20 ? -1 - i / 20 : 1 + i / 40) * size);
      const positive = decisions.map((f) => (f > 0 ? 1 : 0));
      const curve = platt(decisions, positive);
      expect(Number.isFinite(curve.slope) && Number.isFinite(curve.offset)).toBe(true);
      expect(curve.slope).toBeLessThanOrEqual(0);
      // Below decisions of 1e-3 the derivative is flat from the start, as in LIBSVM, and the curve too.
      if (size < 1e-3) continue;
      expect(plattProbability(curve, 1.2 * size), `${size}`).toBeGreaterThan(0.85);
      expect(plattProbability(curve, -1.2 * size), `${size}`).toBeLessThan(0.15);
    }
  });

  it("never gives anything but a probability, for any decisions, labels and weights", () => {
    const value = fc.oneof(
      fc.double({ min: -3e38, max: 3e38, noNaN: true }),
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.constantFrom(0, 1, -1),
    );
    const row = fc.tuple(value, fc.integer({ min: 0, max: 1 }), fc.double({ min: 1e-6, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.boolean(), value, (rows, weighted, f) => {
        const [decisions, positive, weights] = [rows.map((r) => r[0]), rows.map((r) => r[1]), rows.map((r) => r[2])];
        const curve = platt(decisions, positive, weighted ? weights : null);
        const p = plattProbability(curve, f);
        return Number.isFinite(curve.slope) && Number.isFinite(curve.offset) && p >= 0 && p <= 1;
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});

describe("plattProbability()", () => {
  it("has its limits, and the two classes' probabilities add up", () => {
    const curve = { slope: -2, offset: 0.5 };
    expect(plattProbability(curve, 1e6)).toBe(1);
    expect(plattProbability(curve, -1e6)).toBe(0);
    for (const f of [-3, -0.1, 0.25, 0.3, 7]) {
      expect(plattProbability(curve, f)).toBeCloseTo(1 / (1 + Math.exp(-2 * f + 0.5)), 15);
      expect(plattProbability(curve, f) + plattProbability({ slope: 2, offset: -0.5 }, f)).toBeCloseTo(1, 15);
    }
  });
});
