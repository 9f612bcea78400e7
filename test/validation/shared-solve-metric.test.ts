import { accuracy, crossValidate, csv, defineStudy, grid, HpoError, kFold, type Metric, openStudy, svm, values } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { describe, expect, it } from "vitest";

const data = csv("studies/data/iris.csv.gz", { target: "y", scale: "min-max" });

/** A metric of a user's own that breaks where a configuration predicts more than nine rows in ten right. */
const picky: Metric = {
  ...accuracy(),
  name: "picky",
  evaluate({ truth, predicted }) {
    const right = predicted.filter((code, row) => code === truth[row]).length;
    if (right > 0.9 * truth.length) throw new Error("too good to be true");
    return 0.5;
  },
};

describe("a metric that throws", () => {
  it("fails the trial of a shared solve, not the study", async () => {
    const spec = defineStudy({
      name: "picky",
      data,
      space: { C: values([1e-4, 10]) },
      model: ({ C }) => svm({ kernel: "rbf", C, gamma: 0.001 * C }),
      cv: kFold({ folds: 3, shuffle: true }),
      metrics: { accuracy: accuracy(), picky },
      sampler: grid(),
    });
    const store = memoryStore();
    const study = await openStudy(spec, { store });
    const { state, trials } = await study.run();
    await study.close();
    expect(state).toBe("complete");
    for (const { state: end, incident } of trials) {
      if (end === "failed") expect(incident).toContain("too good to be true");
    }
    expect(trials.map((trial) => trial.state)).toContain("failed");
    expect(trials.map((trial) => trial.state)).toContain("complete");
  });
});

describe("crossValidate()", () => {
  it("names itself in what it refuses", async () => {
    const wrong = { data, model: svm({ kernel: "rbf", C: 1 }), cv: kFold({ folds: 3 }), metrics: {} };
    await expect(crossValidate(wrong)).rejects.toThrow(/^crossValidate\(\): metrics must be an object of metrics such as/);
    await expect(crossValidate({ ...wrong, metrics: { accuracy: accuracy() }, seed: -1 })).rejects.toThrow(HpoError);
  });
});
