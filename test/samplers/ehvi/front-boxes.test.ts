import { expect, it } from "vitest";
import { expectedHypervolume, improvementAt } from "#hpo/math/expected-hypervolume";
import { frontBoxes } from "#hpo/samplers/ehvi/front-boxes";

/** What a certain point would gain. */
function gain(points: readonly (readonly number[])[], worst: readonly number[], point: readonly number[]): number {
  const rows = points.map((values) => Float64Array.from(values));
  return improvementAt(
    expectedHypervolume(frontBoxes(rows, worst)),
    point,
    point.map(() => 1e-9),
    false,
  );
}

// Ranges 1, so a little is 0.01; the reference is (2.2, 2.2) where the worst is 2.
const curve = [
  [1, 1.6],
  [1.3, 1.3],
  [1.6, 1],
];

it("counts what lies between the points of a front in full", () => {
  expect(gain(curve, [2, 2], [1.2, 1.4])).toBeCloseTo((1.3 - 1.2) * (1.6 - 1.4), 6);
});

it("counts nothing beyond the front's ends but what betters the best by more than a hundredth of the range", () => {
  expect(gain(curve, [2, 2], [0.995, 1.7])).toBeLessThan(1e-6);
  // The range below 1 is that from the best to the worst, so 0.01; the rest of the gain is up to the reference 2.1.
  expect(gain(curve, [2, 2], [0.9, 1.7])).toBeCloseTo((0.99 - 0.9) * (2.1 - 1.7), 6);
});

it("sees gain far from a front that has drawn together", () => {
  const narrow = [
    [0, 1],
    [1e-6, 0.999],
  ];
  expect(gain(narrow, [2, 2], [1, 0.5])).toBeGreaterThan(0.5);
});

it("does not take a point that is bettered much at hardly a loss for the front's end", () => {
  const withRubbish = [...curve, [0.999, 1.95]];
  expect(gain(withRubbish, [2, 2], [0.996, 1.8])).toBeLessThan(1e-6);
});

it("thins a long front and keeps its ends", () => {
  const long = Array.from({ length: 300 }, (_, i) => [i / 299, 1 - i / 299]);
  const { edges } = frontBoxes(
    long.map((values) => Float64Array.from(values)),
    [1, 1],
  );
  expect(edges[0]?.length).toBeLessThan(110);
  expect(edges[0]).toContain(1);
  // The first point itself lies behind the one that bounds gains beyond the front.
  expect(edges[0]?.[1]).toBeCloseTo(-0.01, 12);
  expect(edges[0]?.[2]).toBeLessThan(0.02);
});
