import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pairwiseCoupling } from "#hpo/models/svm/pairwise-coupling";
import { plattProbability } from "#hpo/models/svm/platt";

// LIBSVM's own answers, and the exact solution of the paper's linear equations.
const oracle = JSON.parse(readFileSync(new URL("../../oracle/svm_probabilities_oracle.json", import.meta.url), "utf8")) as {
  readonly coupling: readonly {
    readonly classes: number;
    readonly decisions: readonly number[];
    readonly libsvm: readonly number[];
    readonly exact: readonly number[];
  }[];
};

function matrix(k: number, upper: readonly number[]): Float64Array {
  const r = new Float64Array(k * k).fill(Number.NaN);
  let next = 0;
  for (let i = 0; i < k; i++) for (let j = i + 1; j < k; j++) r[i * k + j] = upper[next++] as number;
  return r;
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}

describe("pairwiseCoupling()", () => {
  it("takes LIBSVM's steps: the same probabilities", () => {
    for (const { classes, decisions, libsvm } of oracle.coupling) {
      const p = pairwiseCoupling(
        matrix(
          classes,
          decisions.map((f) => plattProbability({ slope: -1, offset: 0 }, f)),
        ),
        classes,
      );
      // Two classes are their pair, exactly; LIBSVM 3.24 takes steps there too, until its stop rule.
      const within = classes === 2 ? 0.0025 : 1e-12;
      for (const [i, value] of p.entries()) expect(Math.abs(value - (libsvm[i] as number)), `${classes} classes`).toBeLessThan(within);
    }
  });

  it("is as near to the exact solution as its stop rule promises", () => {
    for (const { classes, decisions, exact } of oracle.coupling) {
      const p = pairwiseCoupling(
        matrix(
          classes,
          decisions.map((f) => plattProbability({ slope: -1, offset: 0 }, f)),
        ),
        classes,
      );
      for (const [i, value] of p.entries()) expect(Math.abs(value - (exact[i] as number)), `${classes} classes`).toBeLessThan(0.005);
    }
  });

  it("gives back probabilities that pairs agree on", () => {
    const truth = [0.5, 0.3, 0.15, 0.05];
    const upper = truth.flatMap((a, i) => truth.slice(i + 1).map((b) => a / (a + b)));
    // The stop rule leaves up to 0.005 / k.
    for (const [i, value] of pairwiseCoupling(matrix(4, upper), 4).entries()) expect(value).toBeCloseTo(truth[i] as number, 2);
  });

  it("knows one and two classes by themselves", () => {
    expect([...pairwiseCoupling([], 1)]).toEqual([1]);
    expect([...pairwiseCoupling([0, 0.8, 0, 0], 2)]).toEqual([0.8, 1 - 0.8]);
  });

  it("gives probabilities that sum to 1 for any pairs, 0 and 1 among them", () => {
    const probability = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.5, 1e-300));
    fc.assert(
      fc.property(
        fc
          .integer({ min: 2, max: 12 })
          .chain((k) => fc.tuple(fc.constant(k), fc.array(probability, { minLength: (k * (k - 1)) / 2, maxLength: (k * (k - 1)) / 2 }))),
        ([k, upper]) => {
          const p = pairwiseCoupling(matrix(k, upper), k);
          return p.every((value) => value >= 0 && value <= 1) && Math.abs(sum(p) - 1) < 1e-12;
        },
      ),
      { numRuns: 500, seed: 3 },
    );
    const many = pairwiseCoupling(
      matrix(
        100,
        Array.from({ length: 4950 }, (_, i) => (i % 3) / 2),
      ),
      100,
    );
    expect(Math.abs(sum(many) - 1)).toBeLessThan(1e-12);
  });

  it("ranks a class first that wins all its pairs", () => {
    for (let winner = 0; winner < 5; winner++) {
      const upper: number[] = [];
      for (let i = 0; i < 5; i++) for (let j = i + 1; j < 5; j++) upper.push(i === winner ? 0.9 : j === winner ? 0.1 : 0.5);
      const p = pairwiseCoupling(matrix(5, upper), 5);
      expect(p.indexOf(Math.max(...p))).toBe(winner);
    }
  });
});
