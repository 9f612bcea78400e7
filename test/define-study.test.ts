import { accuracy, defineStudy, f1, float, grid, HpoError, inMemory, kFold, random, svm, values } from "hpo";
import { describe, expect, it } from "vitest";

const one = (): number => 1;
const objective = { name: "ok", space: { x: values([1, 2]) }, objective: one };
const model = {
  name: "ok",
  data: inMemory({ name: "tiny", features: [[0], [1]], target: ["a", "b"] }),
  space: { C: values([1, 10]) },
  model: () => svm({ kernel: "linear", C: 1 }),
  cv: kFold({ folds: 2 }),
  metrics: { accuracy: accuracy(), f1: f1() },
};

function refusal(definition: unknown): string {
  try {
    defineStudy(definition as never);
  } catch (error) {
    expect(error).toBeInstanceOf(HpoError);
    return (error as HpoError).message;
  }
  return "taken";
}

describe("defineStudy()", () => {
  it.each([
    ["name", "", 'a text of 1 to 200 printing characters without "@"; got "".'],
    ["name", "a@b", 'without "@"; got "a@b".'],
    ["name", undefined, "got nothing."],
    ["space", undefined, "an object of parameters such as { C: float(1, 1000, { log: true }) }; got nothing."],
    ["sampler", "grid", 'a sampler such as grid() or random(); got "grid".'],
    ["objectives", [], "a list of at least 1, each a text that is not empty; got []."],
    ["seed", -1, "an integer of at least 0; got -1."],
    ["seed", 0.5, "an integer of at least 0; got 0.5."],
    ["lookahead", 0, "an integer from 1 to 100000; got 0."],
    ["trials", 0, "an integer of at least 1; got 0."],
    ["timeBudgetSeconds", 0, "a finite number above 0; got 0."],
    ["timeoutSeconds", Number.POSITIVE_INFINITY, "a finite number above 0; got Infinity."],
    ["retries", -1, "an integer from 0 to 100; got -1."],
    ["target", Number.NaN, "a finite number; got NaN."],
  ])("checks %s (%j)", (option, value, end) => {
    for (const definition of [objective, model]) {
      const message = refusal({ ...definition, [option]: value });
      expect(message).toMatch(new RegExp(`^defineStudy\\(\\): ${option} must be `));
      expect(message.endsWith(end)).toBe(true);
    }
  });

  it.each([
    ["data", "iris.csv", 'data must be data such as csv("data.csv.gz", { target: "y" }); got "iris.csv".'],
    [
      "model",
      svm({ kernel: "linear", C: 1 }),
      'model must be a function from parameters to an estimator, such as ({ C }) => svm({ kernel: "rbf", C })',
    ],
    ["cv", 10, "cv must be a splitter such as stratifiedKFold({ folds: 10 }); got 10."],
    ["metrics", {}, 'metrics must be an object of metrics such as { accuracy: accuracy() }, none of them called "__proto__"; got {}.'],
    ["metrics", ["accuracy"], "metrics must be an object of metrics"],
    ["keepPredictions", "yes", 'keepPredictions must be true or false; got "yes".'],
    ["keepModel", 1, "keepModel must be true or false; got 1."],
  ])("checks %s of a model", (option, value, message) => {
    expect(refusal({ ...model, [option]: value })).toContain(`defineStudy(): ${message}`);
  });

  it.each([
    ["an objective that is no function", { ...objective, objective: 3 }, "objective must be a function from a trial to a number; got 3."],
    [
      "an unknown direction",
      { ...objective, metrics: { loss: "down" } },
      'metrics must be an object of directions such as { loss: "minimize" }',
    ],
    [
      "both a model and an objective",
      { ...model, objective: one },
      "a study has either a model (with data, cv and metrics) or an objective; got both.",
    ],
    ["an unknown option", { ...objective, trails: 3 }, "there is no option trails; the options are name, space,"],
    ["an objective that is no metric", { ...model, objectives: ["auc"] }, 'objectives must be names of metrics (accuracy, f1); got "auc".'],
    ["an objective twice", { ...model, objectives: ["f1", "f1"] }, "objectives must be distinct; got f1 twice."],
    [
      "a search without an end",
      { ...objective, sampler: random() },
      "trials, timeBudgetSeconds, cpuBudgetSeconds or staleTrials must be given with the sampler random(), which has no end of its own; got none.",
    ],
    ["no options", undefined, "options must be an object with name, space,"],
    ["a list", [], "options must be an object with name, space,"],
  ])("refuses %s", (_, definition, message) => {
    expect(refusal(definition)).toContain(`defineStudy(): ${message}`);
  });

  it("refuses a grid over an interval, and parameters that are none", () => {
    expect(refusal({ ...objective, space: { x: float(0, 1) }, sampler: grid() })).toContain(
      "grid(): the space must be finite, but x is a float without a step.",
    );
    expect(refusal({ ...objective, space: { x: [1, 2] } })).toMatch(/x/);
  });

  it("picks defaults, and freezes", () => {
    const spec = defineStudy(model);
    expect(spec).toMatchObject({ seed: 0, lookahead: 4, trials: null, retries: 1, keepPredictions: true, keepModel: true, target: null });
    expect(spec.sampler.name).toBe("grid");
    expect(spec.objectives).toEqual([{ metric: "accuracy", direction: "maximize" }]);
    expect([spec, spec.metrics, spec.objectives, spec.judge].every(Object.isFrozen)).toBe(true);
    expect(defineStudy({ ...objective, space: { x: float(0, 1) }, trials: 3 })).toMatchObject({
      lookahead: 8,
      sampler: { name: "auto" },
    });
    expect(defineStudy({ ...model, trials: 2 }).sampler.name).toBe("auto");
    const two = defineStudy({ ...objective, metrics: { time: "minimize", score: "maximize" }, objectives: ["score", "time"] } as never);
    expect(two.objectives).toEqual([
      { metric: "score", direction: "maximize" },
      { metric: "time", direction: "minimize" },
    ]);
  });
});
