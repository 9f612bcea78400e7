import { afterEach, describe, expect, it } from "vitest";
import { accuracy, balancedAccuracy, defineStudy, grid, inMemory, kFold, openStudy, svm, tpe, values, type Study } from "hpo";
import { rng } from "#hpo/math/rng";

const rows = 60;

/** Two classes that two of three features tell nothing about. */
function data(groups = false) {
  const stream = rng("honest-estimate");
  const features = Array.from({ length: rows }, () => [stream.normal(), stream.normal(), stream.normal()]);
  const target = features.map(([first = 0]) => (first + stream.normal() > 0 ? "b" : "a"));
  return inMemory({ name: "toy", features, target, ...(groups && { group: features.map((_, row) => Math.floor(row / 5)) }) });
}

const base = {
  name: "toy",
  data: data(),
  space: { gamma: values([0.01, 0.1, 1, 10]), C: values([0.1, 1, 10]) },
  model: ({ gamma, C }: { gamma: number; C: number }) => svm({ kernel: "rbf", gamma, C }),
  cv: kFold({ folds: 5, shuffle: true }),
  metrics: { accuracy: accuracy(), balanced: balancedAccuracy() },
  sampler: grid(),
};

describe("the estimate of a study", () => {
  const open: Study[] = [];
  afterEach(async () => {
    for (const study of open.splice(0)) await study.close();
  });

  async function study(changes: object = {}): Promise<Study> {
    const opened = await openStudy(defineStudy({ ...base, ...changes }), { database: ":memory:" });
    open.push(opened);
    return opened;
  }

  it("is below the best value, with an interval, and stays until another trial ends", async () => {
    const opened = await study();
    const { estimate, trials } = await opened.run();
    const best = Math.max(...trials.map(({ values: { accuracy: found } }) => found?.value ?? 0));
    expect(estimate).toMatchObject({ metric: "accuracy", candidates: 12, adaptive: false, resamples: 1000, why: null });
    expect(trials[estimate?.trial ?? -1]?.values["accuracy"]?.value).toBe(best);
    expect(estimate?.value).toBeLessThan(best);
    expect(estimate?.low).toBeLessThan(estimate?.value ?? 0);
    expect(estimate?.high).toBeGreaterThan(estimate?.value ?? 1);
    expect((await opened.run()).estimate).toStrictEqual(estimate);
  });

  it("is made of the first objective, whatever that is", async () => {
    const { estimate } = await (await study({ objectives: ["balanced"] })).run();
    expect(estimate).toMatchObject({ metric: "balanced", candidates: 12, why: null });
    expect(estimate?.value).toBeGreaterThan(0.4);
  });

  it("draws groups where rows have them, which gives another interval to the same predictions", async () => {
    const byRow = await (await study()).run();
    const byGroup = await (await study({ data: data(true) })).run();
    const scores = ({ trials }: typeof byRow) => trials.map(({ values: { accuracy: found } }) => found?.value);
    expect(scores(byGroup)).toEqual(scores(byRow));
    expect(byGroup.estimate?.why).toBeNull();
    expect([byGroup.estimate?.low, byGroup.estimate?.high]).not.toEqual([byRow.estimate?.low, byRow.estimate?.high]);
  });

  it("says where the search was led by its results", async () => {
    const { estimate } = await (await study({ sampler: tpe(), trials: 6 })).run();
    expect(estimate).toMatchObject({ adaptive: true, candidates: 6 });
  });

  it.each([
    ["several objectives", { objectives: ["accuracy", "balanced"] }, "several objectives have no single best"],
    ["no predictions", { keepPredictions: false }, "it takes the predictions, which keepPredictions: false does not keep"],
    ["rows in the order of time", { cv: { ...kFold({ folds: 3 }), ordered: true } }, "rows in the order of time can't be resampled"],
  ])("says why there is none: %s", async (_, changes, why) => {
    const { estimate } = await (await study(changes)).run();
    expect(estimate).toMatchObject({ value: null, low: null, high: null, why });
  });

  it("is not made of one trial, which nobody picked", async () => {
    const { estimate } = await (await study({ trials: 1 })).run();
    expect(estimate).toBeNull();
  });
});
