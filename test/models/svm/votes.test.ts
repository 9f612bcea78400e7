import { describe, expect, it } from "vitest";
import { votedClasses, votedScores } from "#hpo/models/svm/votes";

const pairs = (...decisions: readonly number[]) => {
  const all = [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const;
  return all.map(([first, second], at) => ({ first, second, decisions: Float32Array.of(decisions[at] as number) }));
};

describe("one-vs-one votes", () => {
  it("choose the class with most votes", () => {
    expect([...votedClasses(1, Int32Array.of(0, 1, 2), pairs(1, 1, 1))]).toEqual([0]);
    expect([...votedClasses(1, Int32Array.of(0, 1, 2), pairs(-1, 1, 1))]).toEqual([1]);
    expect([...votedClasses(1, Int32Array.of(0, 1, 2), pairs(1, -1, -1))]).toEqual([2]);
  });

  it("break ties by the class that comes first in the training rows, as LIBSVM", () => {
    // Each class wins once.
    expect([...votedClasses(1, Int32Array.of(0, 1, 2), pairs(1, -1, 1))]).toEqual([0]);
    expect([...votedClasses(1, Int32Array.of(2, 0, 1), pairs(1, -1, 1))]).toEqual([1]);
    expect([...votedClasses(1, Int32Array.of(2, 1, 0), pairs(1, -1, 1))]).toEqual([2]);
  });

  it("count a decision of 0 for the class of the pair that comes later, as LIBSVM", () => {
    const zero = [{ first: 0, second: 1, decisions: Float32Array.of(0, -0) }];
    expect([...votedClasses(2, Int32Array.of(0, 1), zero)]).toEqual([1, 1]);
    expect([...votedClasses(2, Int32Array.of(1, 0), zero)]).toEqual([0, 0]);
  });

  it("never choose a class without training rows", () => {
    expect([...votedClasses(1, Int32Array.of(-1, 0, -1), [])]).toEqual([1]);
  });
});

describe("one-vs-one scores", () => {
  it("are the decision and its opposite for two classes, positive for the second", () => {
    const scores = votedScores(2, Int32Array.of(1, 0), [{ first: 0, second: 1, decisions: Float32Array.of(0.5, -2) }]);
    expect([...scores]).toEqual([0.5, -0.5, -2, 2]);
  });

  it("are scikit-learn's one-vs-rest scores for more", () => {
    // sklearn.utils.multiclass._ovr_decision_function([[0, 1, 1]], [[-1.5, 0.25, 2.0]], 3) (1.2.1), whose confidences have the opposite sign.
    const scores = votedScores(1, Int32Array.of(0, 1, 2), pairs(1.5, -0.25, -2));
    for (const [at, expected] of [1.185185185, -0.259259259 + 0, 2.230769231].entries()) expect(scores[at]).toBeCloseTo(expected, 8);
  });
});
