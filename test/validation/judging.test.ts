import { accuracy, type Estimator, inMemory, logLoss, type Metric, mse, rocAuc } from "hpo";
import { foldScore } from "#hpo/validation/fold-score";
import { checkEstimator, judging } from "#hpo/validation/judging";
import { describe, expect, it } from "vitest";
import type { Dataset } from "#hpo/core/dataset";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { ridge } from "../fixtures/ridge.ts";

const plan = { folds: [] };

function dataOf(options: Partial<Parameters<typeof inMemory>[0]> = {}): Promise<Dataset> {
  const features = [[0], [1], [2], [3]];
  return inMemory({ name: "tiny", features, target: ["a", "b", "a", "b"], ...options }).load({ folder: ".", task: "classification" });
}

describe("judging()", () => {
  it("asks for the most that any metric needs", async () => {
    const data = await dataOf();
    expect(judging(data, plan, { a: accuracy() }).answer).toBe("labels");
    expect(judging(data, plan, { a: accuracy(), auc: rocAuc() }).answer).toBe("scores");
    expect(judging(data, plan, { auc: rocAuc(), loss: logLoss() }).answer).toBe("probabilities");
    expect(judging(data, plan, { loss: logLoss(), auc: rocAuc() }).answer).toBe("probabilities");
  });

  it("refuses metrics for another kind of target, and declarations without a formula", async () => {
    const data = await dataOf();
    expect(() => judging(data, plan, { mse: mse() })).toThrow(
      "metrics: mse must be a classification metric, since the target y is a class; got mse() for regression.",
    );
    const declared = { name: "loss", direction: "minimize", unit: "number", needs: null } as const;
    expect(() => judging(data, plan, { loss: declared })).toThrow(
      "metrics: loss must be a metric such as accuracy() when a model is judged",
    );
  });
});

describe("checkEstimator()", () => {
  const able = nearestCentroid({ shrink: 0 });

  async function refusal(estimator: Estimator, data: Dataset, metric: Metric = accuracy()): Promise<unknown> {
    try {
      checkEstimator(estimator, judging(data, plan, { metric }));
    } catch (error) {
      return error;
    }
    return undefined;
  }

  it("takes an estimator that can do what is asked", async () => {
    expect(await refusal(able, await dataOf())).toBeUndefined();
  });

  it.each([
    [
      "another task",
      ridge({ alpha: 1 }),
      {},
      accuracy(),
      "MODEL_UNSUPPORTED",
      "ridge(): the target must be a number for regression; y is a class.",
    ],
    [
      "scores that it does not give",
      able,
      {},
      rocAuc(),
      "METRIC_UNSUPPORTED",
      "metrics: metric needs scores, which nearestCentroid() does not give (it gives labels)",
    ],
    [
      "weights",
      able,
      { weight: [1, 2, 1, 1] },
      accuracy(),
      "MODEL_UNSUPPORTED",
      "nearestCentroid(): row weights are not supported by this model yet",
    ],
    [
      "missing values",
      able,
      { features: [[0], [null], [null], [3]] },
      accuracy(),
      "DATA_UNSUPPORTED",
      'nearestCentroid(): features must have no missing values; tiny has 2 (column "x1" 2). Ignore these columns, remove the rows',
    ],
    [
      "categories",
      able,
      { features: [["u"], ["v"], ["u"], ["v"]], categories: ["x1"] },
      accuracy(),
      "DATA_UNSUPPORTED",
      'nearestCentroid(): features must be numbers; tiny has categories in column "x1".',
    ],
  ])("refuses %s", async (_, estimator, options, metric, code, message) => {
    const error = await refusal(estimator, await dataOf(options), metric);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("refuses features that are not dense", async () => {
    const data = await dataOf();
    const sparse: Dataset = { ...data, features: { kind: "sparse", width: 1 } };
    expect(await refusal(able, sparse)).toMatchObject({
      code: "DATA_UNSUPPORTED",
      message: "nearestCentroid(): features must be dense; tiny has sparse ones.",
    });
  });
});

describe("foldScore()", () => {
  it("judges the fold's rows with their weights", async () => {
    const data = await dataOf({ weight: [1, 2, 3, 4] });
    const judged = judging(data, plan, { accuracy: accuracy() });
    const answers = { predicted: Float64Array.of(1, 0, 0), scores: null };
    // Rows 1, 2, 3 are b, a, b and weigh 2, 3, 4: right, right, wrong.
    expect(foldScore(judged, Uint32Array.of(1, 2, 3), answers)).toEqual({ values: { accuracy: 5 / 9 }, correct: 2 });
  });

  it("has no count of right rows for numbers", async () => {
    const data = await dataOf({ target: [1, 2, 3, 4], kind: "number" });
    const judged = judging(data, plan, { mse: mse() });
    expect(foldScore(judged, Uint32Array.of(0, 3), { predicted: Float64Array.of(1, 2), scores: null })).toEqual({
      values: { mse: 2 },
      correct: null,
    });
  });
});
