import { describe, expect, it } from "vitest";
import { confusionMatrix } from "#hpo/metrics/confusion-matrix";
import { metricsOracle } from "./metric-rows.ts";

describe("confusionMatrix", () => {
  it("agrees with scikit-learn on random folds, weighted and not", () => {
    for (const { truth, predicted, weights, classes = 0, confusion = [] } of metricsOracle.classification) {
      const { counts } = confusionMatrix(Int32Array.from(truth), Float64Array.from(predicted), {
        classCount: classes,
        weights: weights === null ? null : Float64Array.from(weights),
      });
      expect(counts.length).toBe(confusion.length);
      // Weights have two decimals, and at most 60 are summed.
      counts.forEach((count, at) => {
        expect(count).toBeCloseTo(confusion[at] as number, 12);
      });
    }
  });

  it("has a row for each true and a column for each predicted class", () => {
    const { counts } = confusionMatrix(Int32Array.of(0, 0, 1), Int32Array.of(0, 1, 1), { classCount: 3 });
    expect([...counts]).toEqual([1, 1, 0, 0, 1, 0, 0, 0, 0]);
  });

  it.each([
    [[0, 3], [0, 1], null, "confusionMatrix(): truth must hold class codes from 0 to 1; got 3."],
    [[0, 1], [0, Number.NaN], null, "confusionMatrix(): predicted must hold class codes from 0 to 1; got NaN."],
    [[0, 1], [0], null, "confusionMatrix(): predicted must have one label for each of the 2 rows; got 1."],
    [[0, 1], [0, 1], [1], "confusionMatrix(): weights must have one entry for each of the 2 rows; got 1."],
  ])("refuses truth %o with predictions %o and weights %o", (truth, predicted, weights, message) => {
    const options = { classCount: 2, weights: weights === null ? null : Float64Array.from(weights) };
    expect(() => confusionMatrix(Float64Array.from(truth), Float64Array.from(predicted), options)).toThrow(
      expect.objectContaining({ code: "DATA_INVALID", message }),
    );
  });

  it("refuses to be without classes", () => {
    expect(() => confusionMatrix(new Int32Array(0), new Int32Array(0), { classCount: 0 })).toThrow("classCount must be an integer");
  });
});
