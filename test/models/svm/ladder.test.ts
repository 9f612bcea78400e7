import { describe, expect, it } from "vitest";
import { ladder } from "#hpo/models/svm/ladder";

const costs = (asked: readonly number[]): number[] => ladder(asked).map(({ C }) => C);

describe("ladder", () => {
  it("climbs the powers of ten from 1 to below the largest C", () => {
    expect(costs([1, 10, 100])).toEqual([1, 10, 100]);
    expect(costs([10000])).toEqual([1, 10, 100, 1000, 10000]);
    expect(costs([20])).toEqual([1, 10, 20]);
    expect(costs([1e22]).length).toBe(23);
    expect(costs([])).toEqual([]);
  });

  it("starts cold up to 1", () => {
    expect(costs([0.001, 0.5])).toEqual([0.001, 0.5]);
    expect(ladder([0.5, 1, 2]).map(({ cold }) => cold)).toEqual([true, true, false]);
  });

  it("lets only powers of ten from 1 on feed others", () => {
    expect(ladder([0.1, 5, 50]).map(({ C, anchor, asked }) => [C, anchor, asked])).toEqual([
      [0.1, false, 0],
      [1, true, -1],
      [5, false, 1],
      [10, true, -1],
      [50, false, 2],
    ]);
  });

  it("has the same rungs below a C whatever else is asked for", () => {
    const road = (asked: readonly number[]) =>
      ladder(asked)
        .filter(({ C, anchor }) => C === 300 || (anchor && C < 300))
        .map(({ C, cold }) => [C, cold]);
    expect(road([0.2, 7, 300, 5000])).toEqual(road([300]));
  });
});
