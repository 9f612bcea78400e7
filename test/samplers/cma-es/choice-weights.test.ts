import { expect, it } from "vitest";
import { learnChoice, pick } from "#hpo/samplers/cma-es/choice-weights";

it("moves an alternative's probability towards what good points chose, never below the floor", () => {
  const q = Float64Array.from([0.25, 0.25, 0.25, 0.25]);
  learnChoice(q, [2, 2, 1, 0, 3], Float64Array.from([0.6, 0.3, 0.1, -0.5, -0.5]));
  expect(q[2]).toBeCloseTo(0.25 + 0.15 * (0.9 - 0.25), 12);
  expect(q[1]).toBeCloseTo(0.25 + 0.15 * (0.1 - 0.25), 12);
  expect(q[0]).toBeCloseTo(0.25 - 0.15 * 0.25, 12);
  for (let generation = 0; generation < 100; generation++) learnChoice(q, [2, 2], Float64Array.from([0.6, 0.4]));
  expect(q[2]).toBeCloseTo(0.85, 3);
  expect(Math.min(...q)).toBeGreaterThan(0.0499);
  expect(q.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
});

it("learns nothing from trials where the choice is not active", () => {
  const q = Float64Array.from([0.5, 0.5]);
  learnChoice(q, [-1, -1], Float64Array.from([0.6, 0.4]));
  expect([...q]).toEqual([0.5, 0.5]);
  learnChoice(q, [-1, 1], Float64Array.from([0.6, 0.4]));
  expect(q[1]).toBeCloseTo(0.5 + 0.15 * 0.4 * 0.5, 12);
});

it("picks each alternative for its share of the unit interval", () => {
  const q = Float64Array.from([0.2, 0.5, 0.3]);
  expect([0, 0.199, 0.2, 0.69, 0.71, 0.999999].map((u) => pick(q, u))).toEqual([0, 0, 1, 1, 2, 2]);
});
