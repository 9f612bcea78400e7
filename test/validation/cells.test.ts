import { fileURLToPath } from "node:url";
import {
  accuracy,
  choice,
  csv,
  defineStudy,
  f1,
  float,
  grid,
  openStudy,
  random,
  rocAuc,
  type Sampler,
  stratifiedKFold,
  type StudySpec,
  svm,
  values,
} from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { describe, expect, it } from "vitest";
import type { Params, Space } from "#hpo/core/space";
import type { Store } from "#hpo/core/store";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { dataFolder } from "./iris.ts";

const gammas = [0.5, 2, 8];
const costs = [1, 10, 100];

function irisStudy(space: Space, options: { readonly sampler?: Sampler; readonly trials?: number } = {}): StudySpec {
  return defineStudy({
    name: "cells",
    data: csv(`${dataFolder}/iris.csv.gz`, { target: "y", scale: "min-max" }),
    space,
    model: ({ gamma, C }: Params) => svm({ kernel: "rbf", gamma: gamma as number, C: C as number }),
    cv: stratifiedKFold({ folds: 4 }),
    metrics: { accuracy: accuracy(), f1: f1({ average: "macro" }), auc: rocAuc() },
    sampler: grid(),
    ...options,
  });
}

async function run(spec: StudySpec): Promise<Store> {
  const store = memoryStore();
  const study = await openStudy(spec, { store });
  expect((await study.run()).state).toBe("complete");
  await study.close();
  return store;
}

/** Everything that is answered for each configuration, by its parameters. */
function cells(store: Store): Map<string, unknown> {
  return new Map(
    store.snapshot("cells").trials.map(({ number, params, values: judged, correct, state }) => [
      `γ=${params["gamma"]} C=${params["C"]}`,
      {
        state,
        judged,
        correct,
        folds: store.evaluations("cells", number).map(({ fold, values: scores, correct: right }) => [fold, scores, right]),
        predictions: store
          .predictions("cells", number)
          .map(({ rows, predicted, scores }) => [[...rows], [...predicted], [...(scores ?? [])]]),
      },
    ]),
  );
}

describe("a cell of a table", () => {
  it("gets the bits alone, in any order and drawn at random, that it gets in the whole grid", async () => {
    const whole = cells(await run(irisStudy({ gamma: values(gammas), C: values(costs) })));
    expect(whole.size).toBe(9);
    for (const gamma of gammas) {
      for (const C of costs) {
        const [[key, cell] = []] = cells(await run(irisStudy({ gamma: values([gamma]), C: values([C]) })));
        expect(cell).toEqual(whole.get(key as string));
      }
    }
    const orders: StudySpec[] = [
      irisStudy({ C: choice([100, 1, 10]), gamma: choice([8, 0.5, 2]) }),
      irisStudy({ gamma: values(gammas), C: values(costs) }, { sampler: random(), trials: 7 }),
    ];
    for (const spec of orders) for (const [key, cell] of cells(await run(spec))) expect(cell).toEqual(whole.get(key));
  });

  it("gets the same bits alone for values drawn from an interval", async () => {
    const store = await run(
      irisStudy({ gamma: float(0.1, 10, { log: true }), C: float(1, 100, { log: true }) }, { sampler: random(), trials: 4 }),
    );
    for (const [key, cell] of cells(store)) {
      const [, gamma, C] = /γ=(\S+) C=(\S+)/.exec(key) ?? [];
      expect(cells(await run(irisStudy({ gamma: values([Number(gamma)]), C: values([Number(C)]) }))).get(key)).toEqual(cell);
    }
  });

  it("counts each second once: own seconds and shares sum to what was spent", async () => {
    const mixed = defineStudy({
      name: "mixed",
      data: csv(`${dataFolder}/iris.csv.gz`, { target: "y", scale: "min-max" }),
      space: { kind: choice({ rbf: { gamma: values([0.5, 2]) }, linear: {}, centroid: {} }), C: values([1, 10]) },
      model: (params) => {
        if (params.kind === "centroid") return nearestCentroid({ shrink: 0.1 });
        return params.kind === "rbf" ? svm({ kernel: "rbf", gamma: params.gamma, C: params.C }) : svm({ kernel: "linear", C: params.C });
      },
      cv: stratifiedKFold({ folds: 3 }),
      metrics: { accuracy: accuracy() },
    });
    const store = await run({ ...mixed, name: "cells" });
    const { trials, shared, cpuSeconds } = store.snapshot("cells");
    expect(trials).toHaveLength(8);
    const own = trials.flatMap(({ number }) => store.evaluations("cells", number)).map(({ time }) => time);
    const spent = own.reduce((sum, time) => sum + time.wallSeconds, 0) + shared.reduce((sum, piece) => sum + piece.wallSeconds, 0);
    expect(trials.reduce((sum, trial) => sum + trial.wallSeconds, 0)).toBeCloseTo(spent, 9);
    const cpu = trials.map((trial) => trial.cpuSeconds);
    if (cpuSeconds === null) expect(cpu).toContain(null);
    else expect(cpu.reduce<number>((sum, one) => sum + (one as number), 0)).toBeCloseTo(cpuSeconds, 9);
  });
});

describe("a study file's data that a model can't take", () => {
  const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url));

  it("is told with column, count and cure: missing values", async () => {
    const store = memoryStore();
    await expect(openStudy(fixture("missing-values"), { store })).rejects.toThrow(
      /^svm\(\): features must have no missing values; .* has 3 \(column "width" 2, "height" 1\)\. Ignore these columns, remove the rows, put impute\(\) before the model in a pipeline, or take a model that handles missing values\.$/,
    );
    expect(store.list()).toEqual([]);
  });

  it("is told with the target: one class only", async () => {
    await expect(openStudy(fixture("one-class"), { store: memoryStore() })).rejects.toThrow(
      /column "y": a class target must have at least two classes; all 4 rows are "a"/,
    );
  });

  it("is told with both numbers: fewer rows than folds", async () => {
    await expect(openStudy(fixture("few-rows"), { store: memoryStore() })).rejects.toThrow(/kFold\(\): folds must be .*\(4\).*; got 5/);
  });
});
