import { readFileSync } from "node:fs";
import {
  accuracy,
  crossValidatePredict,
  inMemory,
  kFold,
  learningCurve,
  mse,
  permutationTest,
  predefined,
  svm,
  svr,
  validationCurve,
} from "hpo";
import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { withTrainShare } from "#hpo/validation/row-subsets";

interface Oracle {
  readonly features: number[][];
  readonly target: number[];
  readonly folds: number[];
  readonly predicted: number[];
  readonly precision: number[];
  readonly recall: number[];
  readonly f1: number[];
  readonly support: number[];
}
const oracle = JSON.parse(readFileSync(new URL("../oracle/cross_val_predict_oracle.json", import.meta.url), "utf8")) as Oracle;
const { features, target, folds: fold } = oracle;
const texts = target.map(String);
const group = target.map((_, row) => (row % 3 === 0 ? "north" : "south"));
const metrics = { accuracy: accuracy() };

describe("crossValidatePredict()", () => {
  it("gives scikit-learn's predictions and scores by class, in row order", async () => {
    const data = inMemory({ name: "iris", features, target: texts, fold, group });
    const found = await crossValidatePredict({ data, model: svm({ kernel: "rbf", gamma: 0.25, C: 10 }), cv: predefined(), metrics });
    expect(Array.from(found.predicted)).toEqual(oracle.predicted);
    expect([Array.from(found.rows), Array.from(found.folds), Array.from(found.truth)]).toEqual([target.map((_, row) => row), fold, target]);
    for (const [code, { precision, recall, f1, rows }] of found.byClass.entries()) {
      expect(rows).toBe(oracle.support[code]);
      for (const [ours, theirs] of [
        [precision, oracle.precision],
        [recall, oracle.recall],
        [f1, oracle.f1],
      ] as const) {
        expect(ours).toBeCloseTo(theirs[code] ?? 0, 14);
      }
    }
    const right = (name: string): number => {
      const rows = target.flatMap((_, row) => (group[row] === name ? [row] : []));
      return rows.filter((row) => oracle.predicted[row] === target[row]).length / rows.length;
    };
    expect(found.byGroup).toEqual([
      { name: "north", rows: 50, values: { accuracy: right("north") } },
      { name: "south", rows: 100, values: { accuracy: right("south") } },
    ]);
  });

  it("predicts numbers, of tested rows alone", async () => {
    const some = fold.map((one) => (one === 4 ? -1 : one));
    const data = inMemory({ name: "numbers", features, target: features.map((row) => row[0] ?? 0), fold: some });
    const found = await crossValidatePredict({ data, model: svr({ kernel: "linear", C: 1 }), cv: predefined(), metrics: { mse: mse() } });
    expect([found.rows.length, found.byClass, found.byGroup, found.classes]).toEqual([120, [], [], null]);
  });
});

describe("curves", () => {
  const data = inMemory({ name: "iris", features, target: texts });
  const cv = kFold({ folds: 5 });

  it("grow training rows within the same folds, a larger share holding the smaller", async () => {
    const input = { rows: 150, classes: null, groups: null, folds: null } as Parameters<typeof cv.split>[0];
    const [small = [], large = [], whole = []] = [0.2, 0.6, 1].map((share) => [...withTrainShare(cv, share).split(input, rng(3))]);
    for (const [i, { train, test }] of [...cv.split(input, rng(3))].entries()) {
      expect([small[i]?.train.length, large[i]?.train.length, whole[i]?.train]).toEqual([24, 72, train]);
      expect([small[i]?.test, large[i]?.test]).toEqual([test, test]);
      for (const row of small[i]?.train ?? []) expect(large[i]?.train).toContain(row);
    }
    const curve = await learningCurve({ data, model: svm({ kernel: "rbf", gamma: 0.25, C: 1 }), cv, metrics, shares: [0.1, 1] });
    expect(curve.map(({ at, share }) => [at, share])).toEqual([
      [12, 0.1],
      [120, 1],
    ]);
    expect(curve[1]?.values["accuracy"]?.value).toBeGreaterThan(0.93);
    expect(curve[0]?.values["accuracy"]?.value).toBeLessThan(curve[1]?.values["accuracy"]?.value ?? 0);
    await expect(learningCurve({ data, model: svm({ kernel: "linear", C: 1 }), cv, metrics, shares: [2] })).rejects.toThrow("shares");
  });

  it("go along a parameter on the same folds", async () => {
    const curve = await validationCurve({
      data,
      model: (C: number) => svm({ kernel: "rbf", gamma: 0.25, C }),
      values: [1e-3, 1],
      cv,
      metrics,
    });
    expect(curve.map(({ at }) => at)).toEqual([1e-3, 1]);
    expect(curve[1]?.values["accuracy"]?.value).toBeGreaterThan((curve[0]?.values["accuracy"]?.value ?? 1) + 0.1);
  });
});

describe("permutationTest()", () => {
  const cv = kFold({ folds: 4 });
  const model = svm({ kernel: "linear", C: 1 });

  it("tells what hangs together from what does not, at its level", async () => {
    const data = inMemory({ name: "iris", features, target: texts });
    const found = await permutationTest({ data, model, cv, metrics, permutations: 19 });
    expect([found.p, found.shuffled.length]).toEqual([1 / 20, 19]);
    expect(Math.max(...found.shuffled)).toBeLessThan(found.value);
    // Pure noise: p is uniform over tenths, so that the mean of 12 is 0.55 ± 0.083, a little more for ties; three of these either way.
    const stream = rng("permutations");
    let sum = 0;
    for (let run = 0; run < 12; run++) {
      const noise = Array.from({ length: 40 }, () => [stream.normal(), stream.normal()]);
      const labels = noise.map(() => (stream.uniform() < 0.5 ? "a" : "b"));
      sum += (
        await permutationTest({ data: inMemory({ name: "noise", features: noise, target: labels }), model, cv, metrics, permutations: 9 })
      ).p;
    }
    expect(Math.abs(sum / 12 - 0.55)).toBeLessThan(0.25);
  });

  it("shuffles within groups where rows have them", async () => {
    // The group says all: within groups there is nothing to shuffle, and the permutations are as good.
    const data = inMemory({ name: "iris", features, target: texts, group: texts });
    expect((await permutationTest({ data, model, cv, metrics, permutations: 3 })).p).toBe(1);
  });
});
