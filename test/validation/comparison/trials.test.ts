import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  accuracy,
  choice,
  compareStudies,
  compareTrials,
  csv,
  defineStudy,
  f1,
  grid,
  holdOut,
  openStudy,
  stratifiedKFold,
  type StudySpec,
  svm,
  values,
} from "hpo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStore } from "#hpo/store/open-store";
import { comparisonText, studiesComparisonText } from "#hpo/report/comparison-text";
import { correlatedTTest } from "#hpo/validation/comparison/correlated-t-test";
import { foldDifferences } from "#hpo/validation/comparison/fold-differences";
import { resampledTTest } from "#hpo/validation/comparison/resampled-t-test";
import { dataFolder } from "../iris.ts";

const folder = mkdtempSync(path.join(tmpdir(), "hpo-compare-"));
const database = path.join(folder, "studies.sqlite");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const study = (name: string, file: string, changes: object = {}): StudySpec =>
  defineStudy({
    name,
    data: csv(path.join(dataFolder, file), { target: "y", scale: "min-max" }),
    space: { kernel: choice({ linear: {}, rbf: { gamma: values([0.01, 1]) } }), C: values([0.1, 10]) },
    model: (params) =>
      params.kernel === "rbf" ? svm({ kernel: "rbf", gamma: params.gamma, C: params.C }) : svm({ kernel: "linear", C: params.C }),
    cv: stratifiedKFold({ folds: 10 }),
    metrics: { accuracy: accuracy(), f1: f1() },
    sampler: grid(),
    ...changes,
  });

async function ran(spec: StudySpec): Promise<void> {
  const open = await openStudy(spec, { database });
  await open.run();
  await open.close();
}

describe("compareTrials()", () => {
  beforeAll(async () => {
    await ran(study("wine", "wine.csv.gz"));
    await ran(study("twin", "wine.csv.gz", { space: { kernel: choice({ linear: {}, rbf: { gamma: values([1]) } }), C: values([1]) } }));
    await ran(study("iris", "iris.csv.gz"));
    await ran(study("seeded", "wine.csv.gz", { seed: 4, trials: 1, keepPredictions: false }));
    await ran(study("halved", "wine.csv.gz", { cv: holdOut("80/20"), trials: 2 }));
    await ran(study("unkept", "wine.csv.gz", { keepPredictions: false, trials: 2 }));
  });
  const [third, fourth] = [
    { study: "wine", trial: 3 },
    { study: "wine", trial: 4 },
  ];

  it("hands the differences of the folds, the overlap of their training rows and the rope to the tests", () => {
    const store = openStore(database, { readonly: true });
    const [one = [], other = []] = [3, 4].map((trial) => store.evaluations("wine", trial));
    const share = one.reduce((sum, { testRows }) => sum + testRows / (178 - testRows), 0) / 10;
    expect(store.snapshot("wine").description.cv?.trainRows).toEqual(one.map(({ testRows }) => 178 - testRows));
    store.close();
    for (const metric of ["accuracy", "f1"]) {
      const differences = Float64Array.from(one, (fold, i) => (fold.values[metric] ?? 0) - (other[i]?.values[metric] ?? 0));
      const summed = foldDifferences(differences, share);
      const { below, within, above } = correlatedTTest(summed, 0.02);
      const compared = compareTrials(third, fourth, { database, metric, rope: 0.02 });
      expect(compared).toMatchObject({ metric, unit: "fraction", direction: "maximize", folds: 10, cv: "10-fold stratified" });
      expect(compared.difference).toBe(summed.mean);
      expect(compared.tTest).toEqual(resampledTTest(summed));
      expect(compared.practical).toEqual({ rope: 0.02, firstBetter: above, equivalent: within, secondBetter: below });
    }
  });

  it("is its own mirror", () => {
    const [there, back] = [compareTrials(third, fourth, { database }), compareTrials(fourth, third, { database })];
    expect(back.difference).toBe(-there.difference);
    expect(back.tTest.p).toBe(there.tTest.p);
    expect(back.practical.firstBetter).toBeCloseTo(there.practical.secondBetter, 14);
    expect(back.mcNemar?.onlyFirstRight).toBe(there.mcNemar?.onlySecondRight);
  });

  it("counts rows of out-of-fold predictions, and says why where it can't", () => {
    const { mcNemar } = compareTrials(third, fourth, { database });
    const store = openStore(database, { readonly: true });
    const right = [3, 4].map((trial) => store.snapshot("wine").trials[trial]?.correct ?? 0);
    store.close();
    const { bothRight = 0, onlyFirstRight = 0, onlySecondRight = 0, bothWrong = 0 } = mcNemar ?? {};
    expect([bothRight + onlyFirstRight, bothRight + onlySecondRight]).toEqual(right);
    expect(bothRight + onlyFirstRight + onlySecondRight + bothWrong).toBe(178);
    const unkept = compareTrials({ study: "unkept", trial: 0 }, { study: "unkept", trial: 1 }, { database });
    expect(unkept.mcNemar).toBeNull();
    expect(unkept.notes.join()).toContain("which were not kept (keepPredictions)");
  });

  it("compares the best trials of two studies on the same folds, and says that picking flatters", () => {
    const compared = compareTrials({ study: "wine" }, { study: "twin" }, { database });
    expect(compared.notes.join()).toMatch(/trial \d from|was picked from 6 of "wine" and trial \d was picked from 2 of "twin"/);
    expect(compared.first.study).toBe("wine");
    const text = comparisonText(compared);
    expect(text).toMatch(/^wine trial \d against twin trial \d · accuracy · 10-fold stratified, 10 test sets, the same for both\n/);
    expect(text).toContain("In words: the folds do not tell the two apart (p = ");
    expect(compareTrials(third, fourth, { database }).notes).toEqual([]);
    // Predictions were not kept in one: then the declared folds are compared.
    expect(compareTrials({ study: "wine", trial: 0 }, { study: "unkept", trial: 1 }, { database }).folds).toBe(10);
  });

  it("refuses what has not the same data, folds or metric, in a sentence", () => {
    const against = (first: { study: string; trial?: number }, second = fourth, more = {}) => {
      return () => compareTrials(first, second, { database, ...more });
    };
    expect(against({ study: "iris" })).toThrow(
      /both trials must be judged on the same data \(SHA-256\); "iris" has \w{12}, "wine" has \w{12}\./,
    );
    expect(against({ study: "seeded" })).toThrow("judged on the same folds; cv or seed of");
    expect(against({ study: "halved", trial: 0 })).toThrow("the first has 1, the second 10");
    expect(against({ study: "halved", trial: 0 }, { study: "halved", trial: 1 })).toThrow("at least two folds");
    expect(against({ study: "wine", trial: 99 })).toThrow("they are 0 to 5");
    expect(against({ study: "nothing" })).toThrow("nothing");
    expect(against(third, fourth, { metric: "auc" })).toThrow('metric must be one of the study "wine" (accuracy, f1); got "auc".');
    expect(against(third, fourth, { rope: -1 })).toThrow("rope");
  });

  it("says in words what was found, and no more", () => {
    const base = compareTrials(third, fourth, { database });
    const words = (changes: object): string => comparisonText({ ...base, ...changes }).replaceAll(/\s+/g, " ");
    const practical = { rope: 0.01, firstBetter: 0.97, equivalent: 0.02, secondBetter: 0.01 };
    expect(words({ practical, difference: 0.05, tTest: { ...base.tTest, p: 0.0012 } })).toContain(
      "the folds tell the two apart: trial 3 is better (p = 0.0012), and trial 3 is better by more than 1.00 points with a probability of 97.0 %.",
    );
    const same = { rope: 0.01, firstBetter: 0.01, equivalent: 0.98, secondBetter: 0.01 };
    expect(words({ practical: same, tTest: { ...base.tTest, p: 0.4 } })).toContain("they are the same in practice: within 1.00 points");
    const open = { rope: 0.01, firstBetter: 0.3, equivalent: 0.4, secondBetter: 0.3 };
    expect(words({ practical: open, tTest: { ...base.tTest, p: 0.4 } })).toContain("do not tell the two apart (p = 0.40), and whether");
    // Of errors the smaller is better.
    const error = { direction: "minimize", unit: "number", difference: -2, practical, tTest: { ...base.tTest, p: 0.01 } };
    expect(words(error)).toContain("trial 3 is better (p = 0.01)");
    for (const width of [40, 60])
      for (const line of comparisonText(base, { width }).split("\n")) expect([...line].length).toBeLessThanOrEqual(Math.max(width, 48));
  });
});

describe("compareStudies()", () => {
  it("takes the best trial with each value of a parameter from every study", () => {
    const compared = compareStudies(["wine", "iris"], { by: "kernel", database });
    expect(compared.methods).toEqual(["linear", "rbf"]);
    const store = openStore(database, { readonly: true });
    for (const { study: name, trials, scores } of compared.rows) {
      const all = store.snapshot(name).trials;
      for (const [i, kernel] of ["linear", "rbf"].entries()) {
        const own = all.filter(({ params }) => params["kernel"] === kernel).map(({ values: found }) => found["accuracy"]?.value ?? 0);
        expect(scores[i]).toBe(Math.max(...own));
        expect(all[trials[i] ?? -1]?.values["accuracy"]?.value).toBe(scores[i]);
      }
    }
    store.close();
    expect(studiesComparisonText(compared)).toMatch(
      /^kernel over 2 data sets · accuracy · the best trial with each value\nstudy +kernel=linear +kernel=rbf\n/,
    );
    expect(studiesComparisonText(compared)).toContain("no pair: mean ranks would have to be 1.39 apart");
    expect(compareStudies(["wine", "twin"], { by: "kernel", database }).notes.join()).toContain('"twin" has the same data as another');
  });

  it("refuses what does not fit all studies", () => {
    expect(() => compareStudies(["wine"], { by: "kernel", database })).toThrow("at least 2");
    expect(() => compareStudies(["wine", "iris"], { by: "depth", database })).toThrow('"depth" is none of "wine"');
    expect(() => compareStudies(["wine", "twin"], { by: "C", database })).toThrow("at least two values that every study has");
    expect(() => compareStudies(["wine", "iris"], { by: "C", metric: "auc", database })).toThrow("metric must be one of every study");
  });
});
