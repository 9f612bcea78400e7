import { describe, expect, it } from "vitest";
import { rng } from "#hpo/math/rng";
import { loadModel } from "#hpo/pipelines/load-model";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { type SvmOptions, svm } from "#hpo/models/svm/svm";
import { clouds, folds, problemOf, requestsOf, results } from "./clouds.ts";

const context = { rng: rng(0), signal: new AbortController().signal };

describe("weights of rows and classes", () => {
  const options = { kernel: "rbf", gamma: 1, C: 30 } as const;
  const plan = folds(150, 3);
  const given = { plan, answer: "scores" } as const;

  it("of 1 give the bits of none", async () => {
    const table = clouds(150, 3, 6);
    const ones = new Float64Array(150).fill(1);
    const [none] = results(table, given, options);
    expect(results(table, { ...given, weights: ones }, options)[0]).toEqual(none);
    expect(results(table, given, { ...options, classWeight: { c0: 1, c1: 1, c2: 1 } })[0]).toEqual(none);
    const { data, target } = table;
    const rows = Uint32Array.from({ length: 150 }, (_, row) => row);
    const fitted = async (weights: Float64Array | null, more: Partial<SvmOptions>) =>
      (await svm({ ...options, ...more } as SvmOptions).fit({ data, target, rows, weights }, context)).toJSON();
    expect(await fitted(ones, { classWeight: { c1: 1 } })).toEqual(await fitted(null, {}));
  });

  it("multiply: a class weight is that weight on each of the class's rows", () => {
    const table = clouds(150, 3, 7);
    const byRow = Float64Array.from(table.target.codes, (code) => (code === 1 ? 3 : 1) * 0.5);
    const half = new Float64Array(150).fill(0.5);
    const [class1] = results(table, { ...given, weights: half }, { ...options, classWeight: { c1: 3 } });
    expect(results(table, { ...given, weights: byRow }, options)[0]).toEqual(class1);
  });

  it("of 0 leave a row out of the training, bit by bit, and judge it all the same", () => {
    const table = clouds(150, 3, 8);
    const weights = Float64Array.from({ length: 150 }, (_, row) => (row % 4 === 0 ? 0 : 1));
    const without = { folds: plan.folds.map(({ train, test }) => ({ train: train.filter((row) => row % 4 !== 0), test })) };
    const [expected] = results(table, { ...given, plan: without }, options);
    expect(results(table, { ...given, weights }, options)[0]).toEqual(expected);
  });

  it("leave a class out of the vote where all its rows weigh 0", () => {
    const table = clouds(150, 3, 9);
    const weights = Float64Array.from(table.target.codes, (code) => (code === 1 ? 0 : 1));
    const [found] = results(table, { ...given, weights }, options);
    for (const { predicted, scores } of found ?? []) {
      expect(predicted).not.toContain(1);
      expect(scores?.filter((_, at) => at % 3 === 1).every((score) => score === -1)).toBe(true);
    }
  });

  it("leave such a class out of a fitted model too, which can be saved", async () => {
    const { data, target } = clouds(60, 3, 9);
    const rows = Uint32Array.from({ length: 60 }, (_, row) => row);
    const weights = Float64Array.from(target.codes, (code) => (code === 1 ? 0 : 1));
    const model = await svm(options).fit({ data, target, rows, weights }, context);
    expect(model.pairs).toEqual([["c0", "c2"]]);
    expect(model.decisionValues({ data, rows }).every(Number.isFinite)).toBe(true);
    expect(loadModel(JSON.parse(JSON.stringify(model.toJSON()))).predict({ data, rows })).toEqual(model.predict({ data, rows }));
  });

  it("balance by the rows of each fold's training set", () => {
    const table = clouds(150, 2, 10);
    const [balanced] = results(table, given, { ...options, classWeight: "balanced" });
    for (const [fold, { train, test }] of plan.folds.entries()) {
      const counts = [0, 1].map((code) => train.filter((row) => table.target.codes[row] === code).length);
      const classWeight = Object.fromEntries(counts.map((count, code) => [`c${code}`, train.length / (2 * count)]));
      const [alone] = results(table, { ...given, plan: { folds: [{ train, test }] } }, { ...options, classWeight });
      for (const [at, score] of (alone?.[0]?.scores ?? []).entries()) {
        expect(Math.abs(score - (balanced?.[fold]?.scores?.[at] as number))).toBeLessThan(0.02);
      }
    }
  });

  it("raise the recall of the class that has them", async () => {
    const table = clouds(300, 2, 11);
    const model = (classWeight: Readonly<Record<string, number>>) => svm({ kernel: "rbf", gamma: 1, C: 1, classWeight });
    const rows = Uint32Array.from({ length: 300 }, (_, row) => row);
    const told = async (weight: number): Promise<number> => {
      const fitted = await model({ c1: weight }).fit({ ...table, rows, weights: null }, context);
      return fitted.predict({ data: table.data, rows }).filter((code) => code === 1).length;
    };
    const counts = [await told(0.05), await told(1), await told(20)] as const;
    expect(counts[0]).toBeLessThan(counts[1]);
    expect(counts[1]).toBeLessThan(counts[2]);
  });

  it("are refused where a label is no class", async () => {
    const table = clouds(30, 2, 12);
    const wrong = { ...options, classWeight: { c7: 2 } };
    const message = 'svm(): the labels of classWeight must be classes of the target (c0, c1); got "c7".';
    const rows = Uint32Array.from({ length: 30 }, (_, row) => row);
    await expect(svm(wrong).fit({ ...table, rows, weights: null }, context)).rejects.toThrow(message);
    const solver = svmFoldSolver(problemOf(table, { plan: folds(30, 2) }));
    expect(() => solver.plan(requestsOf(wrong), { memoryBytes: 4e9, slots: 1 })).toThrow(message);
  });
});
