import path from "node:path";
import { tmpdir } from "node:os";
import { mkdtempSync } from "node:fs";
import {
  accuracy,
  bootstrap,
  csv,
  defineStudy,
  type Estimator,
  grid,
  inMemory,
  kFold,
  leaveOneOut,
  openStudy,
  repeated,
  type Splitter,
  spatialKFold,
  stratifiedKFold,
  svm,
  timeSeriesSplit,
  values,
} from "hpo";
import type { EvaluationRecord } from "#hpo/core/records";
import { studyPage } from "#hpo/report/study-page";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { openStore } from "#hpo/store/open-store";
import { describe, expect, it } from "vitest";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { dataFolder } from "../validation/iris.ts";

const data = csv(`${dataFolder}/iris.csv.gz`, { target: "y" });
const svmStudy = (cv: Splitter) =>
  defineStudy({
    name: "iris",
    data,
    cv,
    space: { C: values([1, 10]) },
    model: ({ C }) => svm({ kernel: "rbf", gamma: 0.1, C }),
    metrics: { accuracy: accuracy() },
    sampler: grid(),
  });

async function judged(cv: Splitter) {
  const store = memoryStore();
  const study = await openStudy(svmStudy(cv), { store });
  const snapshot = await study.run();
  const { trials, description } = snapshot;
  await study.close();
  return { snapshot, trials, description, evaluations: store.evaluations("iris", 1), predictions: store.predictions("iris", 1) };
}

function scores(evaluations: readonly EvaluationRecord[]): (readonly [number, number, number | undefined])[] {
  return evaluations.map((one) => [one.repeat, one.fold, one.values["accuracy"]]);
}

describe("a study", () => {
  it("has a row a repeat and fold, the first repeat being what the splitter gives alone", async () => {
    const alone = await judged(stratifiedKFold({ folds: 5 }));
    const thrice = await judged(repeated(stratifiedKFold({ folds: 5 }), { repeats: 3 }));
    expect(thrice.description.cv).toMatchObject({ label: "5-fold stratified, 3 repeats", folds: 15 });
    expect(scores(thrice.evaluations).slice(0, 5)).toEqual(scores(alone.evaluations));
    expect(thrice.evaluations.map(({ repeat, fold }) => [repeat, fold])).toEqual(
      Array.from({ length: 15 }, (_, index) => [Math.floor(index / 5), index % 5]),
    );
    expect(thrice.predictions.map(({ repeat, fold }) => [repeat, fold])).toEqual(
      thrice.evaluations.map(({ repeat, fold }) => [repeat, fold]),
    );
    const [one, three] = [alone, thrice].map(({ trials }) => trials[1]?.values["accuracy"]);
    const all = thrice.evaluations.map((fold) => fold.values["accuracy"] ?? Number.NaN);
    expect(three?.value).toBeCloseTo(all.reduce((sum, value) => sum + value, 0) / 15, 14);
    // Tested three times, a row would be pooled three times.
    expect([typeof one?.pooled, three?.pooled]).toEqual(["number", null]);
    const squares = [0, 1, 2].map((repeat) => {
      const own = all.slice(repeat * 5, repeat * 5 + 5);
      const mean = own.reduce((sum, value) => sum + value, 0) / 5;
      return own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4 / 5;
    });
    expect(three?.standardError).toBeCloseTo(Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / 3), 14);
  });

  it("goes on with repeats where it was stopped", async () => {
    const database = path.join(mkdtempSync(path.join(tmpdir(), "hpo-")), "a.sqlite");
    let fits = 0;
    const stop = new AbortController();
    const spec = (counted: boolean) =>
      defineStudy({
        name: "centroids",
        data,
        cv: repeated(stratifiedKFold({ folds: 4 }), { repeats: 2 }),
        space: { shrink: values([0, 0.5]) },
        model: ({ shrink }): Estimator => {
          const base = nearestCentroid({ shrink });
          return {
            ...base,
            fit: (input, context) => {
              if (++fits === 6 && counted) stop.abort();
              return base.fit(input, context);
            },
          };
        },
        metrics: { accuracy: accuracy() },
        sampler: grid(),
      });
    const begun = await openStudy(spec(true), { database });
    await begun.run({ signal: stop.signal });
    await begun.close();
    const store = openStore(database, { readonly: true });
    const before = store.evaluations("centroids", 0);
    store.close();
    expect(before.length).toBeGreaterThan(4);
    expect(before.length).toBeLessThan(8);
    const earlier = fits;
    const resumed = await openStudy(spec(true), { database });
    const { trials, state } = await resumed.run();
    await resumed.close();
    expect(state).toBe("complete");
    expect(fits - earlier).toBe(16 - before.length);
    const fresh = memoryStore();
    const whole = await openStudy(spec(false), { store: fresh });
    const once = await whole.run();
    await whole.close();
    expect(trials.map((trial) => trial.values)).toEqual(once.trials.map((trial) => trial.values));
  });

  it("leaves one row out 150 times, and shows a table and a page that can be read", async () => {
    const { snapshot, trials, description, evaluations } = await judged(leaveOneOut());
    // scikit-learn 1.2.1: cross_val_score(SVC(C=C, gamma=0.1), X, y, cv=LeaveOneOut()).sum() for C = 1, 10.
    expect(trials.map(({ correct, testRows }) => [correct, testRows])).toEqual([
      [146, 150],
      [145, 150],
    ]);
    expect([description.cv, evaluations.length]).toMatchObject([{ label: "leave-one-out", folds: 150 }, 150]);
    expect(trials[0]?.values["accuracy"]?.pooled).toBe(146 / 150);
    expect(studyPage(snapshot)).toMatch(/^ *cv +leave-one-out$/m);
  });

  it("gives no honest estimate where rows can't stand for each other, and one where they are tested again", async () => {
    const rows = Array.from({ length: 24 }, (_, row) => [Math.sin(row), row % 3]);
    const placed = inMemory({
      name: "rows",
      features: rows,
      target: rows.map((_, row) => (row % 2 === 0 ? "even" : "odd")),
      coordinates: [rows.map((_, row) => row)],
    });
    const estimateOf = async (cv: Splitter) => {
      const spec = defineStudy({
        name: "rows",
        data: placed,
        cv,
        space: { shrink: values([0, 0.5]) },
        model: ({ shrink }) => nearestCentroid({ shrink }),
        metrics: { accuracy: accuracy() },
        sampler: grid(),
      });
      const study = await openStudy(spec, { store: memoryStore() });
      const { estimate } = await study.run();
      await study.close();
      return [estimate?.value === null, estimate?.why];
    };
    expect(await estimateOf(spatialKFold({ folds: 4, block: 2 }))).toEqual([
      true,
      "rows that are alike by their place can't be resampled one by one",
    ]);
    expect(await estimateOf(timeSeriesSplit({ folds: 4 }))).toEqual([true, "rows in the order of time can't be resampled"]);
    expect(await estimateOf(repeated(kFold({ folds: 4 }), { repeats: 2 }))).toEqual([false, null]);
  });

  it("trains on bootstrap samples as they were drawn, and tests the other rows", async () => {
    const seen: number[] = [];
    const store = memoryStore();
    const spec = defineStudy({
      name: "iris",
      data,
      cv: bootstrap({ samples: 6 }),
      space: { shrink: values([0]) },
      model: ({ shrink }): Estimator => {
        const base = nearestCentroid({ shrink });
        return {
          ...base,
          fit: (input, context) => {
            seen.push(input.rows.length, new Set(input.rows).size);
            return base.fit(input, context);
          },
        };
      },
      metrics: { accuracy: accuracy() },
      sampler: grid(),
    });
    const study = await openStudy(spec, { store });
    const { trials } = await study.run();
    await study.close();
    const tested = store.evaluations("iris", 0).map(({ testRows }) => testRows);
    expect(seen).toEqual(tested.flatMap((rows) => [150, 150 - rows]));
    expect(trials[0]?.values["accuracy"]?.pooled).toBeNull();
  });
});
