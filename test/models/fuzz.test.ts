import { accuracy, crossValidate, HpoError, inMemory, predefined, r2 } from "hpo";
import { describe, expect, it } from "vitest";
import { svm } from "#hpo/models/svm/svm";
import { svr } from "#hpo/models/svr/svr";
import { fuzzSvm, fuzzSvr } from "../fuzz/fuzz.ts";

// The long form is `npm run fuzz -- svm --runs 3000 --seed S`.
describe("fuzzed", () => {
  it("svm() gives finite answers of proven optimality with equal bits on every road, or a clear error", async () => {
    const counts = await fuzzSvm({ runs: 80, seed: 11, mostRows: 30, shrink: false });
    expect(counts.refused).toBeLessThan(counts.cases / 4);
    expect(counts.limited).toBeLessThan(counts.solved);
    expect(counts.labels).toBeGreaterThan(1000);
  });

  it("svr() does too", async () => {
    const counts = await fuzzSvr({ runs: 80, seed: 12, mostRows: 30, shrink: false });
    expect(counts.refused).toBeLessThan(counts.cases / 4);
    expect(counts.limited).toBeLessThan(counts.solved);
    expect(counts.labels).toBeGreaterThan(1000);
  });

  it("crossValidate() gives finite metrics or a clear error on odd features, with any kernel", async () => {
    const limits = { C: 1e6, maxIterations: 10_000 };
    const machines = [
      svm({ kernel: "rbf", ...limits }),
      svm({ kernel: "linear", ...limits }),
      svm({ kernel: "poly", coef0: 1, ...limits }),
      svm({ kernel: "sigmoid", ...limits }),
    ];
    const odd = {
      equal: (): number[] => [1, 1],
      constant: (row: number): number[] => [0.5, Math.sin(row)],
      tiny: (row: number): number[] => [1e-30 * row, 1e-30],
      huge: (row: number): number[] => [1e30 * Math.cos(row), 1],
    };
    for (const [name, featureOf] of Object.entries(odd)) {
      const rows = Array.from({ length: 24 }, (_, row) => row);
      const rest = { name, features: rows.map(featureOf), fold: rows.map((row) => row % 3) };
      const classes = inMemory({ ...rest, target: rows.map((row) => (row === 7 ? "lonely" : row % 5 < 2 ? "a" : "b")) });
      for (const model of machines) {
        const { values } = await crossValidate({ data: classes, model, cv: predefined(), metrics: { accuracy: accuracy() } }).catch(
          refusal,
        );
        if (values !== null) expect(values["accuracy"]?.value).toBeGreaterThanOrEqual(0);
      }
      const numbers = inMemory({ ...rest, target: rows.map((row) => Math.sin(row)) });
      const model = svr({ kernel: "rbf", ...limits });
      const { values } = await crossValidate({ data: numbers, model, cv: predefined(), metrics: { r2: r2() } }).catch(refusal);
      if (values !== null) expect(Number.isFinite(values["r2"]?.value)).toBe(true);
    }
  });
});

function refusal(error: unknown): { readonly values: null } {
  expect(error).toBeInstanceOf(HpoError);
  expect((error as HpoError).message).toMatch(/^[a-zA-Z]+\(\): .*\.$/);
  return { values: null };
}
