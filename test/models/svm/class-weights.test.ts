import { describe, expect, it } from "vitest";
import { classWeightKey, classWeights } from "#hpo/models/svm/class-weights";

const classes = ["a", "b", "c", "d"];

describe("classWeights", () => {
  it("are 1 without any", () => {
    expect([...classWeights(null, classes, [1, 2, 3, 4])]).toEqual([1, 1, 1, 1]);
  });

  it("are by label, and 1 where a label is not named", () => {
    expect([...classWeights({ c: 3, a: 0.5 }, classes, [1, 2, 3, 4])]).toEqual([0.5, 1, 3, 1]);
  });

  it("balance the classes that have rows, as scikit-learn's compute_class_weight", () => {
    // compute_class_weight("balanced", classes=[0, 1, 3], y=[0] + 5 * [1] + 2 * [3]) = [2.66667, 0.53333, 1.33333]
    expect([...classWeights("balanced", classes, [1, 5, 0, 2])]).toEqual([8 / 3, 8 / 15, 1, 8 / 6]);
  });

  it("refuse a label that is no class, and name the classes", () => {
    expect(() => classWeights({ a: 2, e: 1 }, classes, [1, 1, 1, 1])).toThrow(
      'svm(): the labels of classWeight must be classes of the target (a, b, c, d); got "e".',
    );
    const many = Array.from({ length: 30 }, (_, at) => `k${at}`);
    expect(() => classWeights({ x: 1 }, many, new Float64Array(30))).toThrow(/k0, .*k8 and 21 more\); got "x"\.$/);
  });
});

describe("classWeightKey", () => {
  it("is equal for equal weights, in any order", () => {
    expect(classWeightKey({ a: 2, b: 3 })).toBe(classWeightKey({ b: 3, a: 2, c: 1 }));
    expect(classWeightKey({ a: 2, b: 3 })).not.toBe(classWeightKey({ a: 3, b: 2 }));
    expect(classWeightKey({ a: 1, b: 1 })).toBe(classWeightKey(null));
    expect(classWeightKey("balanced")).not.toBe(classWeightKey({ balanced: 2 }));
  });
});
