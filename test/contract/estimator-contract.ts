import { describe, expect, it } from "vitest";
import type { Dataset, Target } from "#hpo/core/dataset";
import type { Estimator, Model } from "#hpo/core/estimator";
import { HpoError } from "#hpo/core/hpo-error";
import type { Json } from "#hpo/core/json";
import { rng } from "#hpo/math/rng";

export interface EstimatorCase {
  readonly estimator: Estimator;
  readonly data: Dataset;
  readonly target: Target;
  /** Reads what a model's toJSON gave. */
  readonly load?: (json: Json) => Model;
}

/** What every estimator keeps: fitting is a pure function, a model answers row by row and survives JSON. */
export function describeEstimatorContract(name: string, { estimator, data, target, load }: EstimatorCase): void {
  const all = Uint32Array.from({ length: data.rows }, (_, row) => row);
  const train = all.filter((row) => row % 4 !== 0);
  const test = all.filter((row) => row % 4 === 0);
  const context = { rng: rng(0), signal: new AbortController().signal };
  const fit = (): Promise<Model> => estimator.fit({ data, target, rows: train, weights: null }, context);
  const classes = target.kind === "class" ? target.classes.length : 0;

  describe(`estimator contract: ${name}`, () => {
    it("says what it is in plain data", () => {
      expect(estimator.name).toMatch(/^[a-z][a-zA-Z]*$/);
      expect(JSON.parse(JSON.stringify(estimator.options))).toEqual(estimator.options);
      expect(estimator.traits.gives.length).toBeGreaterThan(0);
      expect(Object.isFrozen(estimator)).toBe(true);
      if (estimator.solver !== undefined) expect(estimator.solver.module).toMatch(/^file:/);
    });

    it("answers one value a row, and a class code where the target is a class", async () => {
      const model = await fit();
      const predicted = model.predict({ data, rows: test });
      expect(predicted.length).toBe(test.length);
      for (const value of predicted) {
        expect(Number.isFinite(value)).toBe(true);
        if (target.kind === "class") expect(target.classes[value]).toBeDefined();
      }
      expect(model.predict({ data, rows: new Uint32Array(0) }).length).toBe(0);
    });

    it("gives the answers that its traits promise", async () => {
      const model = await fit();
      if (estimator.traits.gives.includes("scores")) expect(model.predictScores?.({ data, rows: test }).length).toBe(test.length * classes);
      if (estimator.traits.gives.includes("probabilities")) {
        const asked = await estimator.fit({ data, target, rows: train, weights: null }, { ...context, answer: "probabilities" });
        const probabilities = asked.predictProbabilities?.({ data, rows: test }) ?? new Float64Array(0);
        expect(probabilities.length).toBe(test.length * classes);
        expect(probabilities.every((value) => value >= 0 && value <= 1)).toBe(true);
        const json = JSON.parse(JSON.stringify(asked.toJSON())) as Json;
        if (load !== undefined) expect(load(json).predictProbabilities?.({ data, rows: test })).toEqual(probabilities);
        for (let row = 0; row < test.length; row++) {
          expect(probabilities.subarray(row * classes, (row + 1) * classes).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        }
      }
    });

    it("fits the same model from the same input", async () => {
      const [one, two] = [await fit(), await fit()];
      expect(two.toJSON()).toEqual(one.toJSON());
    });

    it("judges each row by itself", async () => {
      const model = await fit();
      const whole = model.predict({ data, rows: test });
      const backwards = model.predict({ data, rows: test.slice().reverse() });
      expect([...backwards].reverse()).toEqual([...whole]);
      for (const at of [0, test.length - 1]) expect(model.predict({ data, rows: test.subarray(at, at + 1) })[0]).toBe(whole[at]);
    });

    it("leaves the data as it was", async () => {
      const before = new Uint8Array(data.memory.buffer, 0, data.dataEnd).slice();
      const model = await fit();
      model.predict({ data, rows: test });
      expect(new Uint8Array(data.memory.buffer, 0, data.dataEnd).slice()).toEqual(before);
    });

    it("gives a model that survives JSON", async () => {
      const model = await fit();
      const json = JSON.parse(JSON.stringify(model.toJSON())) as Json;
      if (load === undefined) return;
      const loaded = load(json);
      expect(loaded.predict({ data, rows: all })).toEqual(model.predict({ data, rows: all }));
      expect(loaded.predictScores?.({ data, rows: all })).toEqual(model.predictScores?.({ data, rows: all }));
      expect(loaded.toJSON()).toEqual(model.toJSON());
      model.dispose();
      loaded.dispose();
    });

    it("stops where it is told to", async () => {
      const fitting = estimator.fit({ data, target, rows: train, weights: null }, { rng: rng(0), signal: AbortSignal.abort() });
      await expect(fitting).rejects.toThrow(HpoError);
      await expect(fitting).rejects.toMatchObject({ code: "ABORTED" });
    });
  });
}
