import {
  accuracy,
  balancedAccuracy,
  defineStudy,
  type Estimator,
  groupKFold,
  holdOut,
  inMemory,
  mse,
  openStudy,
  predefined,
  r2,
  svm,
  values,
} from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { describe, expect, it } from "vitest";
import type { Store } from "#hpo/core/store";
import type { StudySpec } from "#hpo/core/study-spec";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { ridge } from "../fixtures/ridge.ts";

const features = Array.from({ length: 24 }, (_, i) => [i % 2, (i * 7) % 5]);
const target = features.map(([a]) => (a === 0 ? "even" : "odd"));
const space = { shrink: values([0, 0.5]) };

async function run(spec: StudySpec): Promise<Store> {
  const store = memoryStore();
  const study = await openStudy(spec, { store });
  expect((await study.run()).state).toBe("complete");
  await study.close();
  return store;
}

describe("a study", () => {
  it("keeps groups together, and judges with row weights", async () => {
    const seen: number[][] = [];
    const weighing = ({ shrink }: { shrink: number }): Estimator => {
      const base = nearestCentroid({ shrink });
      return {
        ...base,
        traits: { ...base.traits, weights: true },
        fit: (input, context) => {
          seen.push([...(input.weights ?? [])]);
          return base.fit(input, context);
        },
      };
    };
    const group = features.map((_, i) => `g${Math.floor(i / 4)}`);
    const weight = features.map((_, i) => 1 + i);
    const data = inMemory({ name: "grouped", features, target, group, weight });
    const metrics = { accuracy: accuracy(), balanced: balancedAccuracy() };
    const store = await run(defineStudy({ name: "roles", data, space, model: weighing, cv: groupKFold({ folds: 3 }), metrics }));
    const tested = store.predictions("roles", 0).map(({ rows }) => new Set(Array.from(rows, (row) => group[row])));
    expect(tested.map((groups) => groups.size)).toEqual([2, 2, 2]);
    expect(new Set(tested.flatMap((groups) => [...groups])).size).toBe(6);
    expect(seen).toHaveLength(6);
    for (const weights of seen) expect(weights).toHaveLength(16);
    expect(Object.keys(store.snapshot("roles").trials[0]?.values ?? {})).toEqual(["accuracy", "balanced"]);
  });

  it("says that a model can't take weights before it stores the study, so that the mended one starts", async () => {
    const store = memoryStore();
    const study = (weight: number[] | undefined): StudySpec =>
      defineStudy({
        name: "weights",
        data: inMemory({ name: "weighed", features, target, ...(weight === undefined ? {} : { weight }) }),
        space: {},
        model: () => nearestCentroid({ shrink: 0 }),
        cv: holdOut({ train: 0.5, validation: 0.25, test: 0.25 }),
        metrics: { accuracy: accuracy() },
      });
    await expect(openStudy(study(features.map(() => 1)), { store })).rejects.toThrow(
      "nearestCentroid(): row weights are not supported by this model yet; leave the weight role of weighed out.",
    );
    expect(store.list()).toEqual([]);
    const mended = await openStudy(study(undefined), { store });
    expect((await mended.run()).state).toBe("complete");
    await mended.close();
  });

  it("tests rows of predefined folds only", async () => {
    const fold = features.map((_, i) => (i < 8 ? -1 : i % 2));
    const data = inMemory({
      name: "folded",
      features: features.map(([a = 0, b = 0], i) => [a, b, i]),
      target: features.map((_, i) => i / 3),
      kind: "number",
      fold,
    });
    const store = await run(
      defineStudy({
        name: "folds",
        data,
        space: { alpha: values([0.1, 1]) },
        model: ({ alpha }) => ridge({ alpha }),
        cv: predefined(),
        metrics: { mse: mse(), r2: r2() },
        objectives: ["r2", "mse"],
      }),
    );
    const { trials, description } = store.snapshot("folds");
    expect(trials.map(({ folds, testRows, correct }) => [folds, testRows, correct])).toEqual([
      [2, 16, null],
      [2, 16, null],
    ]);
    expect(description.objectives).toEqual([
      { metric: "r2", direction: "maximize" },
      { metric: "mse", direction: "minimize" },
    ]);
    expect(trials.every(({ values: judged }) => (judged["r2"]?.value ?? 0) > 0.9)).toBe(true);
  });

  it("has no standard error with one fold", async () => {
    const data = inMemory({ name: "held", features, target });
    const store = await run(
      defineStudy({
        name: "held",
        data,
        space,
        model: nearestCentroid,
        cv: holdOut({ train: 0.5, validation: 0.25, test: 0.25 }),
        metrics: { accuracy: accuracy() },
      }),
    );
    for (const { values: judged, folds } of store.snapshot("held").trials) {
      expect([folds, judged["accuracy"]?.standardError]).toEqual([1, null]);
    }
  });

  it("fails every trial of a model that can't be made, and is complete", async () => {
    const data = inMemory({ name: "held", features, target });
    const model = (): Estimator => svm({ kernel: "linear", C: -1 });
    const store = await run(
      defineStudy({
        name: "none",
        data,
        space,
        model,
        cv: holdOut({ train: 0.5, validation: 0.25, test: 0.25 }),
        metrics: { accuracy: accuracy() },
      }),
    );
    expect(store.snapshot("none").trials.map(({ state, incident }) => [state, incident])).toEqual(
      Array.from({ length: 2 }, () => ["failed", "svm(): C must be a finite number above 0 and at most 1e+30; got -1."]),
    );
  });
});
