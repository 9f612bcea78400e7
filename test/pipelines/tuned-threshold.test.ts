import { describe, expect, it } from "vitest";
import {
  accuracy,
  balancedAccuracy,
  crossValidate,
  type Estimator,
  f1,
  groupKFold,
  inMemory,
  type Json,
  loadModel,
  logLoss,
  mse,
  oversample,
  pipeline,
  rng,
  rocAuc,
  standardize,
  stratifiedKFold,
  svm,
  svr,
  tunedThreshold,
} from "hpo";
import type { Dataset } from "#hpo/core/dataset";
import type { FitInput, Model, RowSet } from "#hpo/core/estimator";
import { bestThreshold, classesFrom } from "#hpo/pipelines/best-threshold";
import { describeEstimatorContract } from "../contract/estimator-contract.ts";
import { freshContext } from "../contract/transformer-contract.ts";
import { expectEveryMemberIsRead, fuzzSaved, refusal } from "../models/saved-model.ts";

/** Two classes on a line, the rare one a standard deviation and a half to the right; every row a group of its own but where `groups` says other. */
function uneven(count: number, { seed = 1, rare = 0.15, groups = count, shift = 1.5 } = {}) {
  const stream = rng(seed);
  const classes = Array.from({ length: count }, (_, row) => (row < rare * count ? "b rare" : "a usual"));
  const features = classes.map((one) => [stream.normal() + (one === "b rare" ? shift : 0), stream.normal()]);
  return { features, classes, groups: classes.map((_, row) => row % groups) };
}

function loaded({ features, classes, groups }: ReturnType<typeof uneven>, grouped = false): Promise<Dataset> {
  const recipe = inMemory({ name: "uneven", features, target: classes, precision: "f64", ...(grouped ? { group: groups } : {}) });
  return recipe.load({ folder: ".", task: "classification" });
}

const all = (data: Dataset): RowSet => ({ data, rows: Uint32Array.from({ length: data.rows }, (_, row) => row) });

function fitInput(data: Dataset, rows = all(data).rows): FitInput {
  const [target] = data.targets;
  if (target === undefined) throw new Error("no target");
  return { data, rows, target, weights: null };
}

interface Seen {
  readonly fitted: Uint32Array;
  readonly scored: Uint32Array[];
}

/** The first feature as the score, learning nothing; tells which rows each of its models saw. */
function firstFeature(seen: Seen[] = [], gives: "scores" | "probabilities" = "scores"): Estimator {
  return {
    name: "firstFeature",
    task: "classification",
    traits: { gives: ["labels", gives], missing: false, categories: false, weights: true },
    options: {},
    fit({ rows: fitted }) {
      const scored: Uint32Array[] = [];
      seen.push({ fitted, scored });
      const score = ({ data, rows }: RowSet): Float64Array => {
        scored.push(rows);
        const { features } = data;
        if (features.kind !== "dense") throw new TypeError("dense features");
        return Float64Array.from(rows, (row) => features.values[row * features.stride] as number);
      };
      const twoColumns = (input: RowSet, of: (value: number) => readonly [number, number]): Float64Array =>
        Float64Array.from([...score(input)].flatMap(of));
      const model: Model = {
        predict: (input) => classesFrom(score(input), 0),
        ...(gives === "scores"
          ? { predictScores: (input: RowSet) => twoColumns(input, (value) => [0, value]) }
          : {
              predictProbabilities: (input: RowSet) =>
                twoColumns(input, (value) => [1 - 1 / (1 + Math.exp(-value)), 1 / (1 + Math.exp(-value))]),
            }),
        toJSON: () => null,
        dispose: () => {},
      };
      return Promise.resolve(model);
    },
  };
}

const line = await inMemory({ name: "line", features: [[1], [2], [3], [4]], target: [1, 2, 3, 4] }).load({
  folder: ".",
  task: "regression",
});
const lineInput = fitInput(line);
const rareTable = await loaded(uneven(120));
describeEstimatorContract("tunedThreshold", {
  estimator: tunedThreshold(svm({ kernel: "rbf", C: 1, gamma: 0.5 }), { metric: balancedAccuracy() }),
  data: rareTable,
  target: fitInput(rareTable).target,
  load: (json) => loadModel(json, "tunedThreshold"),
});
describeEstimatorContract("tunedThreshold of a pipeline", {
  estimator: tunedThreshold(pipeline(standardize(), oversample(), svm({ kernel: "linear", C: 1 })), { metric: f1(), by: "probabilities" }),
  data: rareTable,
  target: fitInput(rareTable).target,
  load: (json) => loadModel(json),
});

describe("tunedThreshold()", () => {
  it("comes near the threshold that is best on all rows there are", async () => {
    const data = await loaded(uneven(4000, { shift: 2 }));
    for (const gives of ["scores", "probabilities"] as const) {
      const model = await tunedThreshold(firstFeature([], gives), { metric: balancedAccuracy() }).fit(fitInput(data), freshContext());
      const asScore = gives === "scores" ? model.threshold : Math.log(model.threshold / (1 - model.threshold));
      // Both densities are equal at half the shift; the standard deviation of the best threshold of 600 and 3400 rows is about 0.1.
      expect(Math.abs(asScore - 1)).toBeLessThan(0.3);
    }
  });

  it("judges thresholds by models that have not seen the rows, once each, and fits the last to all", async () => {
    const seen: Seen[] = [];
    const data = await loaded(uneven(100));
    const rows = all(data).rows.filter((row) => row % 3 !== 1);
    await tunedThreshold(firstFeature(seen), { metric: balancedAccuracy() }).fit(fitInput(data, rows), freshContext());
    expect(seen).toHaveLength(6);
    const inner = seen.slice(0, 5);
    for (const { fitted, scored } of inner) expect(scored.flatMap((part) => [...part]).some((row) => fitted.includes(row))).toBe(false);
    expect(inner.flatMap(({ scored }) => scored.flatMap((part) => [...part])).sort((a, b) => a - b)).toEqual([...rows]);
    expect(seen[5]).toEqual({ fitted: rows, scored: [] });
  });

  it("parts no group and no row that is named twice", async () => {
    for (const grouped of [true, false]) {
      const seen: Seen[] = [];
      const data = await loaded(uneven(120, { groups: 20, rare: 0.4 }), grouped);
      const rows = grouped ? all(data).rows : Uint32Array.from({ length: 200 }, (_, at) => Math.floor((at * 120) / 200));
      await tunedThreshold(firstFeature(seen), { metric: balancedAccuracy() }).fit(fitInput(data, rows), freshContext());
      const unit = (row: number): number => (grouped ? row % 20 : row);
      for (const { fitted, scored } of seen.slice(0, -1)) {
        const known = new Set([...fitted].map(unit));
        expect(scored.flatMap((part) => [...part]).some((row) => known.has(unit(row)))).toBe(false);
      }
      expect(seen.length).toBeGreaterThan(2);
    }
  });

  it("leaves scores as they are, bit for bit", async () => {
    const data = await loaded(uneven(150));
    const machine = svm({ kernel: "rbf", gamma: 0.5, C: 10 });
    const plain = await machine.fit(fitInput(data), freshContext());
    const tuned = await tunedThreshold(machine, { metric: balancedAccuracy() }).fit(fitInput(data), freshContext());
    expect(tuned.predictScores?.(all(data))).toEqual(plain.predictScores(all(data)));
    expect(tuned.threshold).toBeLessThan(0);
  });

  it("finds the rare class better on fresh rows, and says so in cross-validation", async () => {
    const fresh = await loaded(uneven(4000, { seed: 99 }));
    const truth = Int32Array.from({ length: 4000 }, (_, row) => Number(row < 600));
    const machine = svm({ kernel: "rbf", gamma: 0.2, C: 1 });
    const [gains, said]: [number[], number[]] = [[], []];
    for (let seed = 0; seed < 5; seed++) {
      const table = uneven(200, { seed });
      const values = [];
      for (const model of [machine, tunedThreshold(machine, { metric: balancedAccuracy() })]) {
        const fitted = await model.fit(fitInput(await loaded(table)), freshContext());
        const predicted = fitted.predict(all(fresh));
        values.push(balancedAccuracy().evaluate({ truth, predicted, scores: null, weights: null, classCount: 2 }));
      }
      gains.push((values[1] as number) - (values[0] as number));
      const { values: judged } = await crossValidate({
        data: inMemory({ name: "uneven", features: table.features, target: table.classes }),
        model: tunedThreshold(machine, { metric: balancedAccuracy() }),
        cv: stratifiedKFold({ folds: 5 }),
        metrics: { balanced: balancedAccuracy(), auc: rocAuc() },
      });
      said.push((judged["balanced"]?.value as number) - (values[1] as number));
    }
    expect(Math.min(...gains)).toBeGreaterThan(0.05);
    // No optimism: the mean of five estimates, each with a standard deviation of about 0.045, around the truth.
    expect(Math.abs(said.reduce((sum, one) => sum + one, 0) / 5)).toBeLessThan(0.06);
  });

  it("earns nothing on labels that are noise, where a threshold chosen on the judged rows does", async () => {
    const [inside, outside]: [number[], number[]] = [[], []];
    for (let seed = 0; seed < 40; seed++) {
      const { features, classes } = uneven(60, { seed, rare: 0.5, shift: 0 });
      const options = {
        data: inMemory({ name: "noise", features, target: classes }),
        cv: stratifiedKFold({ folds: 5 }),
        metrics: { balanced: balancedAccuracy(), auc: rocAuc() },
        seed,
      };
      const tuned = await crossValidate({ ...options, model: tunedThreshold(firstFeature(), { metric: balancedAccuracy() }) });
      inside.push(tuned.values["balanced"]?.pooled as number);
      const scores = Float64Array.from(features, ([first]) => first as number);
      const truth = Int32Array.from(classes, (one) => Number(one === "b rare"));
      outside.push(bestThreshold(balancedAccuracy(), { scores, truth, weights: null }, 0).value);
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
    // 40 studies of 60 rows: a standard error of 0.01, and cross-validation on noise leans below a half.
    expect(mean(inside)).toBeLessThan(0.53);
    expect(mean(outside)).toBeGreaterThan(0.56);
  });

  it("takes a splitter of one's own", async () => {
    const seen: Seen[] = [];
    const data = await loaded(uneven(120, { groups: 6, rare: 0.4 }), true);
    await tunedThreshold(firstFeature(seen), { metric: balancedAccuracy(), cv: groupKFold({ folds: 3 }) }).fit(
      fitInput(data),
      freshContext(),
    );
    expect(seen).toHaveLength(4);
  });

  it("keeps the usual threshold, and says why, where a class has one row", async () => {
    const data = await loaded(uneven(30));
    const rows = all(data).rows.filter((row) => row === 0 || row > 5);
    const model = await tunedThreshold(svm({ kernel: "linear", C: 1 }), { metric: f1() }).fit(fitInput(data, rows), freshContext());
    expect(model.threshold).toBe(0);
    expect(model.warnings).toEqual(["the threshold is the usual one, since too few rows of a class are left to judge others"]);
    expect(loadModel(model.toJSON(), "tunedThreshold").warnings).toEqual(model.warnings);
  });

  it("refuses what has no threshold", async () => {
    const machine = svm({ kernel: "linear", C: 1 });
    expect(() => tunedThreshold(svr({ kernel: "linear", C: 1 }), { metric: f1() })).toThrow(
      "tunedThreshold(): the estimator must give scores or probabilities of classes; svr() gives numbers.",
    );
    expect(() => tunedThreshold(machine, { metric: logLoss() })).toThrow(
      "metric must be a metric of predicted classes such as balancedAccuracy()",
    );
    expect(() => tunedThreshold(machine, { metric: mse() })).toThrow("metric must be one for classification; got mse() for regression.");
    expect(() => tunedThreshold(firstFeature(), { metric: f1(), by: "probabilities" })).toThrow(
      "must give probabilities of classes; firstFeature() gives labels, scores.",
    );
    const data = inMemory({ name: "three", features: [[1], [2], [3], [4], [5], [6]], target: ["a", "b", "c", "a", "b", "c"] });
    await expect(
      crossValidate({
        data,
        model: tunedThreshold(machine, { metric: f1() }),
        cv: stratifiedKFold({ folds: 2 }),
        metrics: { accuracy: accuracy() },
      }),
    ).rejects.toThrow("tunedThreshold(): the target must have at most 2 classes; y has 3.");
  });

  it("is read back strictly", async () => {
    const data = await loaded(uneven(60));
    const estimator = pipeline(standardize(), tunedThreshold(svm({ kernel: "rbf", C: 1 }), { metric: f1() }));
    const json = (await estimator.fit(fitInput(data), freshContext())).toJSON() as Record<string, Json>;
    expect(loadModel(json).predict(all(data))).toEqual((await estimator.fit(fitInput(data), freshContext())).predict(all(data)));
    const own = json["model"] as Record<string, Json>;
    const saved = JSON.stringify(own);
    expectEveryMemberIsRead(saved);
    expect(refusal(saved, (model) => void (model["by"] = "probabilities"))).toMatch(
      /by must be "scores", since the model gives no probabilities/,
    );
    expect(refusal(saved, (model) => void (model["threshold"] = null))).toMatch(/threshold must be a finite number/);
    expect(refusal(saved, (model) => void (model["model"] = model))).toMatch(/model must be at most 4 models deep/);
    const regression = await svr({ kernel: "linear", C: 1 }).fit(lineInput, freshContext());
    expect(refusal(saved, (model) => void (model["model"] = regression.toJSON()))).toMatch(
      /model\.kind must be one of "svm", "pipeline"; got "svr"/,
    );
    const counts = fuzzSaved([saved, JSON.stringify(json)], (model) => void model.predict(all(data)), {
      numRuns: 300,
      seed: 5,
    });
    expect(Math.min(counts.loaded, counts.refused)).toBeGreaterThan(10);
  });
});
