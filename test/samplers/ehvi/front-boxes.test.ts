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

// Ranges 1: the reference is (2.1, 2.1) where the worst is 2.
const curve = [
  [1, 1.6],
  [1.3, 1.3],
  [1.6, 1],
];

it("counts what lies between the points of a front in full", () => {
  expect(gain(curve, [2, 2], [1.2, 1.4])).toBeCloseTo((1.3 - 1.2) * (1.6 - 1.4), 6);
});

it("counts all gain beyond the ends of a front of two objectives, up to a tenth beyond the worst trial", () => {
  expect(gain(curve, [2, 2], [0.9, 1.7])).toBeCloseTo((1 - 0.9) * (2.1 - 1.7), 6);
});

// Three objectives: ranges 1 from the best (1, 1, 1) to the worst (2, 2, 2), and the front ends at 1.6 in each.
const corners = [
  [1, 1.3, 1.6],
  [1.6, 1, 1.3],
  [1.3, 1.6, 1],
];
const worst = [2, 2, 2];

it("counts nothing beyond the ends of a front of three but what betters the best by more than a hundredth of the range", () => {
  expect(gain(corners, worst, [0.995, 0.995, 1.7])).toBeLessThan(1e-6);
  expect(gain(corners, worst, [0.9, 1.2, 1.7])).toBeGreaterThan((0.99 - 0.9) * (2.1 - 1.2) * (2.1 - 1.7) - 1e-6);
});

it("sees gain far from a front that has drawn together", () => {
  const narrow = [
    [0, 1],
    [1e-6, 0.999],
  ];
  expect(gain(narrow, [2, 2], [1, 0.5])).toBeGreaterThan(0.5);
});

it("does not take a point that is bettered much at hardly a loss for the front's end", () => {
  const withRubbish = [...corners, [0.999, 1.299, 1.95]];
  expect(gain(withRubbish, worst, [0.996, 0.996, 1.8])).toBeLessThan(1e-6);
});

it("thins a long front and keeps its ends", () => {
  const long = Array.from({ length: 300 }, (_, i) => [i / 299, 1 - i / 299]);
  const { edges } = frontBoxes(
    long.map((values) => Float64Array.from(values)),
    [1, 1],
  );
  expect(edges[0]?.length).toBeLessThan(110);
  expect(edges[0]).toContain(0);
  expect(edges[0]).toContain(1);
});
