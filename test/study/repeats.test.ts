import { rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  accuracy,
  csv,
  defineStudy,
  int,
  openStudy,
  type Params,
  type Proposal,
  type Sampler,
  stratifiedKFold,
  type StudySpec,
  svm,
  values,
} from "hpo";
import { bestJson, bestReport } from "#hpo/report/best-report";
import { bestTrial, repeatsOf } from "#hpo/report/best-trial";
import { studyPage } from "#hpo/report/study-page";
import { accuracyTable } from "#hpo/report/accuracy-table";
import { tableCsv } from "#hpo/report/table-csv";
import { tableJson } from "#hpo/report/table-json";
import { tableText } from "#hpo/report/table-text";
import { bestTrialsText, trialsCsv, trialsText } from "#hpo/report/trials-table";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { openStore } from "#hpo/store/open-store";
import { bestConfiguration } from "#hpo/study/best-outcome";
import { meanOfRepeats } from "#hpo/study/repeats";
import { foldPlan } from "#hpo/validation/fold-plan";
import { describe, expect, it } from "vitest";
import type { Store } from "#hpo/core/store";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { dataFolder, irisData } from "../validation/iris.ts";

/** Proposes what it is given, as repeats where a first trial stands behind the configuration. */
function given(list: readonly (readonly [Params, number?])[]): Sampler {
  return {
    name: "given",
    options: {},
    traits: { adaptive: false, usesClock: false },
    start: () => null,
    absorb: (state) => state,
    propose(_state, number): Proposal | undefined {
      const one = list[number];
      if (one === undefined) return undefined;
      const [params, repeatOf] = one;
      return { params, by: "given", why: "", ...(repeatOf === undefined ? {} : { repeatOf }) };
    },
    size: () => list.length,
  };
}

async function run(spec: StudySpec, store: Store): Promise<Store> {
  const study = await openStudy(spec, { store });
  expect((await study.run()).state).toBe("complete");
  await study.close();
  return store;
}

const cv = stratifiedKFold({ folds: 4 });
const data = csv(`${dataFolder}/iris.csv.gz`, { target: "y", scale: "min-max" });
const list = [[{ C: 1 }], [{ C: 10 }], [{ C: 1 }, 0], [{ C: 10 }], [{ C: 1 }, 0]] as const;

function irisStudy(model: "svm" | "centroid", seed = 0): StudySpec {
  return defineStudy({
    name: "iris",
    data,
    space: { C: values([1, 10]) },
    model: ({ C }) => (model === "svm" ? svm({ kernel: "rbf", gamma: 2, C }) : nearestCentroid({ shrink: 1 / C })),
    cv,
    metrics: { accuracy: accuracy() },
    sampler: given(list),
    seed,
  });
}

describe("a repeat of a cross-validated trial", () => {
  it.each(["svm", "centroid"] as const)("has folds of its own, and rows that say which (%s)", async (model) => {
    const store = await run(irisStudy(model), memoryStore());
    const iris = await irisData();
    const { trials } = store.snapshot("iris");
    expect(trials.map(({ repeat, repeatOf }) => [repeat, repeatOf])).toEqual([
      [0, null],
      [0, null],
      [1, 0],
      [0, null],
      [2, 0],
    ]);
    for (const { number, repeat } of trials) {
      expect(store.evaluations("iris", number).map((one) => [one.repeat, one.fold])).toEqual([0, 1, 2, 3].map((fold) => [repeat, fold]));
      const tested = store.predictions("iris", number).map((one) => [one.repeat, [...one.rows]]);
      expect(tested).toEqual(foldPlan(iris, cv, 0, repeat).folds.map(({ test }) => [repeat, [...test]]));
    }
    const rows = (number: number): string => JSON.stringify(store.predictions("iris", number).map((one) => [...one.rows]));
    expect(rows(2)).not.toBe(rows(0));
    expect(rows(4)).not.toBe(rows(2));
    // An equal configuration that is no repeat has the bits of the first.
    expect(trials[3]?.values).toEqual(trials[1]?.values);
  });

  it("gives the bits that its folds give with the splitter that made them", async () => {
    const store = await run(irisStudy("svm"), memoryStore());
    const folds = foldPlan(await irisData(), cv, 0, 2).folds;
    const fixed = { ...cv, split: () => folds };
    const alone = await run(
      defineStudy({
        name: "iris",
        data,
        space: { C: values([1]) },
        model: ({ C }) => svm({ kernel: "rbf", gamma: 2, C }),
        cv: fixed,
        metrics: { accuracy: accuracy() },
      }),
      memoryStore(),
    );
    const told = (from: Store, trial: number): unknown =>
      from.predictions("iris", trial).map(({ rows, predicted }) => [[...rows], [...predicted]]);
    expect(told(store, 4)).toEqual(told(alone, 0));
  });
});

const noisy = [[{ x: 0 }], [{ x: 1 }], [{ x: 2 }], [{ x: 1 }, 1], [{ x: 1 }, 1], [{ x: 2 }, 2]] as const;
const told = [0.5, 0.1, 0.3, 0.9, 0.8, 0.2];

function noisyStudy(): StudySpec {
  return defineStudy({
    name: "noisy",
    space: { x: int(0, 2) },
    sampler: given(noisy),
    metrics: { loss: "minimize", repeat: "minimize", seed: "minimize" },
    objective: ({ number, repeat, seed }) => ({ loss: told[number] as number, repeat, seed }),
  });
}

describe("a configuration with repeats", () => {
  it("is judged by its mean in every report, with how often it was tried", async () => {
    const snapshot = (await run(noisyStudy(), memoryStore())).snapshot("noisy");
    const table = accuracyTable(snapshot);
    // s / √n of 0.3 and 0.2.
    const standardError = Math.sqrt(0.005 / 2);
    expect(snapshot.trials.map(({ values: own }) => own["repeat"]?.value)).toEqual([0, 0, 0, 1, 2, 1]);
    expect(new Set(snapshot.trials.map(({ values: own }) => own["seed"]?.value)).size).toBe(6);
    const best = JSON.parse(bestJson(snapshot)) as { best: { trial: number; value: number; standardError: number; repeats: number } };
    expect(best.best).toMatchObject({ trial: 2, params: { x: 2 }, repeats: 2 });
    expect(best.best.value).toBeCloseTo(0.25, 12);
    expect(best.best.standardError).toBeCloseTo(standardError, 12);
    expect(bestReport(snapshot)).toMatch(/best {3}trial 2 of 6 .* · the mean of 2 repeats\n/);
    expect(table.cells.flat().map((cell) => [cell?.trial, cell?.repeats, cell?.folds])).toEqual([
      [0, 1, 1],
      [1, 3, 3],
      [2, 2, 2],
    ]);
    expect(table.cells.flat()[1]?.value).toBeCloseTo(0.6, 12);
    expect(tableText(snapshot, table)).toContain("(mean of 2)");
    expect(tableText(snapshot, table)).toContain("2 cells the mean of 2 to 3 repeats");
    expect(tableCsv(table).split("\n")[0]).toBe("x,loss,standardError,pooled,correct,seconds,folds,trial,repeats");
    expect(tableJson(snapshot, table)).toContain('"repeats": 3');
    expect(trialsText(snapshot)).toMatch(/^\s*3 +complete +0\.9\S* +\S+ +1 /m);
    expect(bestTrialsText(snapshot)).toMatch(
      /the best 3 trials, means worsened by their noise\n.* repeats .*\n +\*2 +complete +0\.25\S* +\S+ +2 /,
    );
    const [head, ...lines] = trialsCsv(snapshot).trim().split("\n");
    expect(head).toContain("trial,state,value,standardError,repeatOf,params.x");
    expect(lines.map((line) => line.split(",")[4])).toEqual(["", "", "", "1", "1", "2"]);
  });

  it("has the folds of all its repeats on the study's page", async () => {
    const store = await run(irisStudy("svm"), memoryStore());
    const snapshot = store.snapshot("iris");
    const best = bestTrial(snapshot);
    expect(best).toMatchObject({ number: 0, repeats: 3, testRows: 450 });
    const numbers = best === null ? [] : repeatsOf(snapshot, best);
    expect(numbers).toEqual([0, 2, 4]);
    const evaluations = numbers.flatMap((number) => store.evaluations("iris", number));
    const predictions = numbers.flatMap((number) => store.predictions("iris", number));
    const page = studyPage(snapshot, { evaluations, predictions, width: 140 });
    expect(page).toMatch(/folds of the best trial\n +fold +1\.1 +1\.2 .* 3\.3 +3\.4\n +accuracy %( +\S+){12}\n/);
    expect(page).toContain("the mean of 3 repeats");
  });

  it("is stored, and goes on after a stop, as it was", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "repeats-"));
    const store = openStore(path.join(folder, "s.sqlite"));
    const whole = (await run(noisyStudy(), memoryStore())).snapshot("noisy");
    const first = await openStudy(noisyStudy(), { store, trials: 4 });
    await first.run();
    await first.close();
    const { trials } = (await run(noisyStudy(), store)).snapshot("noisy");
    const plain = (list: typeof trials): unknown =>
      list.map(({ number, repeat, repeatOf, parent, params, values: v }) => [number, repeat, repeatOf, parent, params, v]);
    expect(plain(trials)).toEqual(plain(whole.trials));
    expect(store.load("noisy").trials.map(({ repeatOf }) => repeatOf)).toEqual([undefined, undefined, undefined, 1, 1, 2]);
    store.close();
    rmSync(folder, { recursive: true });
  });

  it("is told apart in ask() and tell()", async () => {
    const study = await openStudy({ ...noisyStudy(), lookahead: 9 }, { store: memoryStore() });
    const asked = [];
    for (let trial = await study.ask(); trial !== undefined; trial = await study.ask()) {
      asked.push([trial.number, trial.repeat]);
      await study.tell(trial.number, { loss: told[trial.number] as number, repeat: trial.repeat, seed: trial.seed });
    }
    expect(asked).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 2],
      [5, 1],
    ]);
    expect(study.snapshot().trials.map(({ repeatOf }) => repeatOf)).toEqual([null, null, null, 1, 1, 2]);
    await study.close();
  });

  it("must be the configuration of the trial that it names", async () => {
    for (const wrong of [
      [{ x: 1 }, 0],
      [{ x: 0 }, 2],
      [{ x: 0 }, 7],
    ] as const) {
      const spec = { ...noisyStudy(), sampler: given([[{ x: 0 }], [{ x: 1 }], [{ x: 0 }, 0], wrong]) };
      const study = await openStudy(spec, { store: memoryStore() });
      await expect(study.run()).rejects.toThrow("which is not the first trial of its configuration");
      await study.close();
    }
  });
});

describe("the best of repeated configurations", () => {
  const judge = (list: readonly (readonly [first: number, value: number])[], order: readonly number[]) => {
    const judged = bestConfiguration({ metric: "v", direction: "maximize", firstOf: (trial) => list[trial]?.[0] ?? trial });
    for (const trial of order) {
      const value = list[trial]?.[1] as number;
      judged.absorb({ trial, state: "complete", values: { v: { value, standardError: null, pooled: null } } });
    }
    return judged.best;
  };

  it("is no single lucky value, and the same in whatever order trials finish", () => {
    // Configuration 0: mean 0.8 of five; configuration 5: 0.85 once. The deviation between repeats is 0.158.
    const list = [
      [0, 0.8],
      [0, 0.6],
      [0, 0.7],
      [0, 0.9],
      [0, 1],
      [5, 0.85],
    ] as const;
    const inOrder = judge(list, [0, 1, 2, 3, 4, 5]);
    expect(inOrder).toMatchObject({ trial: 0, repeats: 5 });
    expect(inOrder?.value).toBeCloseTo(0.8, 12);
    for (const order of [
      [5, 4, 3, 2, 1, 0],
      [2, 5, 0, 4, 1, 3],
    ])
      expect(judge(list, order)).toEqual(inOrder);
    expect(judge([...list.slice(0, 5), [5, 1.2]], [0, 1, 2, 3, 4, 5])?.trial).toBe(5);
  });

  it("goes by values alone where repeats are equal, ties to the lowest number", () => {
    expect(
      judge(
        [
          [0, 1],
          [1, 2],
          [0, 1],
          [3, 2],
        ],
        [3, 2, 1, 0],
      ),
    ).toEqual({ trial: 1, value: 2, standardError: null, repeats: 1 });
  });
});

describe("meanOfRepeats()", () => {
  it("gives s / √n, but no less than what folds say, and every bit of equal values", () => {
    const one = (value: number, standardError: number | null, pooled: number | null = null) => ({ a: { value, standardError, pooled } });
    expect(meanOfRepeats([one(0.1, 0.3)])).toEqual(one(0.1, 0.3));
    expect(meanOfRepeats([one(1, null, 2), one(3, null, 4), one(5, null, 6)])).toEqual(one(3, Math.sqrt(4 / 3), 4));
    expect(meanOfRepeats([one(1, 3), one(1.0002, 4)])["a"]?.standardError).toBeCloseTo(Math.sqrt(12.5), 12);
    expect(meanOfRepeats([one(0.1, null), one(0.1, null), one(0.1, null)])).toEqual(one(0.1, 0));
  });
});
