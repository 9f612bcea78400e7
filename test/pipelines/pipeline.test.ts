import { describe, expect, it } from "vitest";
import {
  choice,
  type Estimator,
  float,
  impute,
  int,
  type Json,
  loadModel,
  oneHot,
  ordinal,
  pca,
  pipeline,
  selectKBest,
  smote,
  standardize,
  subsample,
  svm,
  svr,
  type Transformer,
  tuned,
  tunedPipeline,
} from "hpo";
import type { FitInput } from "#hpo/core/estimator";
import { rng } from "#hpo/math/rng";
import { describeEstimatorContract } from "../contract/estimator-contract.ts";
import { freshContext, loadTable, trainingRows, valuesOf } from "../contract/transformer-contract.ts";
import { fuzzSaved, refusal, spoilt, type Spoilt } from "../models/saved-model.ts";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { ridge } from "../fixtures/ridge.ts";
import { mixed, numbers } from "../transformers/tables.ts";
import { readTable } from "../table-data.ts";

const wine = readTable(new URL("../../studies/data/wine.csv.gz", import.meta.url).pathname);
type Steps = [...transformers: Transformer[], estimator: Estimator];

const machine = svm({ kernel: "rbf", C: 1 });

describeEstimatorContract("pipeline", {
  estimator: pipeline(standardize(), pca({ components: 4 }), machine),
  ...wine,
  load: (json) => loadModel(json, "pipeline"),
});
describeEstimatorContract("pipeline with balancing", {
  estimator: pipeline({ balance: smote(), best: selectKBest({ k: 5, score: "mutualInformation" }), svm: machine }),
  ...wine,
  load: (json) => loadModel(json, "pipeline"),
});

describe("pipeline()", () => {
  it("is what its steps are, one after the other", async () => {
    const data = await loadTable(numbers);
    const input = trainingRows(data, numbers.trained);
    const all = { data, rows: Uint32Array.from({ length: data.rows }, (_, row) => row) };
    const steps = [standardize(), pca({ components: 2 })] as const;
    const model = await pipeline(...steps, machine).fit(input, freshContext());
    const scale = await steps[0].fit(input, freshContext());
    const scaled = scale.apply(all);
    const turn = await steps[1].fit({ ...input, data: scaled }, freshContext());
    const turned = turn.apply({ data: scaled, rows: all.rows });
    const alone = await machine.fit({ ...input, data: { ...turned, memory: data.memory } }, freshContext());
    expect(model.transforms.map((one) => one.toJSON())).toEqual([scale.toJSON(), turn.toJSON()]);
    // γ "scale" is of the training rows in a pipeline, of all rows of the data alone.
    const { gamma } = (model.model.toJSON() as { kernel: { gamma: number } }).kernel;
    const same = await svm({ kernel: "rbf", C: 1, gamma }).fit({ ...input, data: { ...turned, memory: data.memory } }, freshContext());
    expect(model.predictScores?.(all)).toEqual(same.predictScores({ data: turned, rows: all.rows }));
    expect(alone.classes).toEqual(same.classes);
  });

  it("fits its estimator to training rows alone, whatever steps make of them", async () => {
    const seen: FitInput[] = [];
    const spy: Estimator = { ...machine, fit: (input, context) => (seen.push(input), machine.fit(input, context)) };
    const data = await loadTable(numbers);
    const input = trainingRows(data, numbers.trained);
    await pipeline(standardize(), spy).fit(input, freshContext());
    await pipeline(subsample(), standardize(), spy).fit(input, freshContext());
    const [scaled, fewer] = seen as [FitInput, FitInput];
    expect(scaled.data.rows).toBe(numbers.trained);
    expect(scaled.weights).toEqual(input.weights);
    expect(fewer.data.rows).toBeLessThan(numbers.trained);
    for (const { data: own, rows, target, weights } of seen) {
      expect([...rows]).toEqual([...Array(own.rows).keys()]);
      expect((target as { codes: Int32Array }).codes.length).toBe(own.rows);
      expect(weights?.length).toBe(own.rows);
    }
  });

  it("takes what a step removes before another meets it, and says what it is in plain data", () => {
    const of = (...steps: Steps): Estimator => pipeline(...steps);
    const taken = ({ traits }: Estimator): readonly boolean[] => [traits.missing, traits.categories];
    expect(taken(of(standardize(), machine))).toEqual([false, false]);
    expect(taken(of(impute(), machine))).toEqual([true, false]);
    expect(taken(of(standardize(), impute(), oneHot(), machine))).toEqual([true, true]);
    expect(taken(of(ordinal(), machine))).toEqual([false, true]);
    expect(taken(of(pca(), impute(), oneHot(), machine))).toEqual([false, false]);
    expect(of(standardize(), machine).traits.gives).toEqual(machine.traits.gives);
    expect(of(standardize(), svr({ kernel: "rbf", C: 1 })).task).toBe("regression");
    expect(of(standardize(), nearestCentroid({ shrink: 0.5 })).options).toEqual({
      steps: [{ name: "standardize", options: { center: true, scale: true } }],
      estimator: { name: "nearestCentroid", options: { shrink: 0.5 } },
    });
    const inner = pipeline({ first: standardize(), second: pipeline(pca(), machine) });
    expect(inner.steps.transformers.map(({ name }) => name)).toEqual(["standardize", "pca"]);
    expect(inner.steps.estimator).toBe(machine);
  });

  it("works on missing values and categories from data to labels", async () => {
    const data = await loadTable(mixed);
    const model = await pipeline(impute({ indicator: true }), oneHot(), standardize(), machine).fit(
      trainingRows(data, mixed.trained),
      freshContext(),
    );
    const all = { data, rows: Uint32Array.from({ length: data.rows }, (_, row) => row) };
    const loaded = loadModel(JSON.parse(JSON.stringify(model.toJSON())) as Json);
    expect(loaded.predict(all)).toEqual(model.predict(all));
    expect(new Set(model.predict(all)).size).toBeGreaterThan(1);
  });

  it("does with probabilities what its estimator does", async () => {
    const input = { ...wine, rows: Uint32Array.from({ length: 178 }, (_, row) => row), weights: null };
    const model = await pipeline(standardize(), machine).fit(input, { ...freshContext(), answer: "probabilities" });
    expect(model.predictProbabilities?.(input).length).toBe(178 * 3);
    expect((await pipeline(standardize(), machine).fit(input, freshContext())).predictProbabilities).toBeUndefined();
  });

  it("refuses what is no pipeline, in one sentence", () => {
    const wrong = pipeline as unknown as (...steps: unknown[]) => Estimator;
    expect(() => wrong(standardize())).toThrow(
      /^pipeline\(\): the last step must be an estimator such as svm\({ … }\); got standardize\(\)\.$/,
    );
    expect(() => wrong()).toThrow(/got nothing\.$/);
    expect(() => wrong({})).toThrow(/got nothing\.$/);
    expect(() => wrong(machine, machine)).toThrow(
      /^pipeline\(\): steps before the last must be transformers such as standardize\(\); got svm\(\)\.$/,
    );
    expect(() => wrong({ a: 5, b: machine })).toThrow(/got 5\.$/);
    expect(() => wrong({ b: machine, 1: standardize() })).toThrow(/names of steps must not be numbers, which have no order; got 1\.$/);
    expect(() => wrong(smote(), ridge({ alpha: 1 }))).toThrow(
      /^pipeline\(\): smote\(\) learns from classes, and ridge\(\) predicts numbers;/,
    );
  });
});

describe("loadModel() of a pipeline", () => {
  it("refuses steps that do not fit together, and what is no pipeline", async () => {
    const data = await loadTable(numbers);
    const model = await pipeline(standardize(), pca({ components: 2 }), machine).fit(trainingRows(data, numbers.trained), freshContext());
    const saved = JSON.stringify(model.toJSON());
    const own: readonly Spoilt[] = [
      [(m) => void (m["transforms"] as unknown[]).pop(), /model\.width must be 6, the columns that the last transform gives; got 2/],
      [(m) => void (m["transforms"] as unknown[]).reverse(), /transforms\[1\]\.inputs must be the 2 columns that transforms\[0\] gives/],
      [(m) => void (m["transforms"] = {}), /transforms must be a list/],
      [(m) => void (m["version"] = 2), /version must be one of 1; got 2/],
      [(m) => void (m["more"] = 2), /there is no member more/],
      [(m) => void (m["model"] = null), /model must be an object/],
      [
        (m) => void ((m["model"] as { kind: string }).kind = "pipeline"),
        /model\.kind must be one of "svm", "svr", "tunedThreshold"; got "pipeline"/,
      ],
      [(m) => void ((m["model"] as { pairs: unknown }).pairs = {}), /in the pipeline's model, pairs must be/],
    ];
    for (const [change, message] of own) expect(refusal(saved, change)).toMatch(message);
    expect(spoilt.length).toBeGreaterThan(0);
    expect(() => loadModel(JSON.parse(saved) as Json, "svm")).toThrow('kind must be one of "svm"; got "pipeline"');
    const input = { data, rows: Uint32Array.of(0, 1, 50) };
    const { loaded, refused } = fuzzSaved([saved], (one) => void one.predict(input), { numRuns: 300, seed: 3 });
    expect(loaded).toBeGreaterThan(5);
    expect(refused).toBeGreaterThan(100);
  });
});

describe("tunedPipeline()", () => {
  it("names parameters by step and option, branches too, and makes the pipeline of a configuration", () => {
    const { space, model } = tunedPipeline({
      scale: standardize(),
      pca: tuned(pca, { components: int(2, 6), whiten: choice([true, false]) }),
      svm: tuned(svm, { kernel: choice({ rbf: { gamma: float(0.01, 1) }, linear: {} }), C: float(0.1, 10), tolerance: 1e-4 }),
    });
    expect(Object.keys(space)).toEqual(["pca.components", "pca.whiten", "svm.kernel", "svm.C"]);
    expect(Object.keys(space["svm.kernel"].branches.rbf)).toEqual(["svm.gamma"]);
    const made = model({ "pca.components": 3, "pca.whiten": true, "svm.kernel": "rbf", "svm.gamma": 0.5, "svm.C": 2 });
    expect(made.steps.transformers.map(({ name }) => name)).toEqual(["standardize", "pca"]);
    expect(made.steps.transformers[1]?.options).toEqual({ components: 3, whiten: true });
    expect(made.steps.estimator.options).toMatchObject({ kernel: "rbf", gamma: 0.5, C: 2, tolerance: 1e-4 });
    expect(model({ "pca.components": 3, "pca.whiten": false, "svm.kernel": "linear", "svm.C": 2 }).steps.estimator.options).toMatchObject({
      kernel: "linear",
    });
  });

  it("refuses what has nothing to tune", () => {
    expect(() => tunedPipeline({ scale: standardize(), svm: machine })).toThrow(/at least one step must be tuned/);
    expect(() => tunedPipeline({ "a.b": tuned(pca, { components: int(1, 2) }), svm: machine })).toThrow(/a step's name must not hold "\."/);
    expect(() => tuned(5 as never, {} as never)).toThrow(/the first argument must be a factory such as pca; got 5/);
  });
});

describe("the streams of steps", () => {
  it("hang on the step, not on what follows", async () => {
    const near = (shrink: number): Estimator => nearestCentroid({ shrink });
    const data = await loadTable(numbers);
    const input = trainingRows(data, numbers.trained);
    const drawn = async (...steps: Steps): Promise<unknown> => {
      const seen: FitInput[] = [];
      const estimator = steps.at(-1) as Estimator;
      const spy: Estimator = { ...estimator, fit: (given, context) => (seen.push(given), estimator.fit(given, context)) };
      await pipeline(...(steps.slice(0, -1) as Transformer[]), spy).fit(input, { ...freshContext(), rng: rng(3) });
      return valuesOf((seen[0] as FitInput).data);
    };
    expect(await drawn(smote(), near(0))).toEqual(await drawn(smote(), near(0.5)));
    expect(await drawn(smote(), near(0))).not.toEqual(await drawn(smote({ neighbours: 4 }), near(0)));
  });
});
