import { expect, it } from "vitest";
import { scaledObjective } from "#hpo/samplers/ehvi/objective-scale";

it("is linear from the best value to the end of the front, and flattens out above", () => {
  const { values, slope } = scaledObjective([0, 1, 2, 3, 4, 1000], 4);
  const steps = values.slice(1).map((value, i) => value - (values[i] as number));
  for (const step of steps.slice(0, 4)) expect(step).toBeCloseTo(slope, 12);
  // ln 250 in units of the front's range.
  expect(steps[4]).toBeCloseTo(4 * slope * Math.log(250), 12);
  expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
  expect(values.reduce((sum, value) => sum + value * value, 0) / 6).toBeCloseTo(1, 12);
});

it("takes at least half of the values for the linear part", () => {
  const { values, slope } = scaledObjective([0, 5, 6, 7], 0);
  expect((values[1] as number) - (values[0] as number)).toBeCloseTo(5 * slope, 12);
});

it("takes infinities for the most extreme value, hands NaN on, and bears equal and huge values", () => {
  const { values } = scaledObjective([1, 2, Number.NaN, Infinity, -Infinity], 2);
  expect(values[3]).toBe(values[1]);
  expect(values[4]).toBe(values[0]);
  expect(values[2]).toBeNaN();
  expect(scaledObjective([3, 3, Infinity], 3).values).toEqual([0, 0, 1]);
  expect(scaledObjective([Infinity, Number.NaN], Infinity).values).toEqual([1, Number.NaN]);
  expect(scaledObjective([-1.7e308, 0, 1.7e308], 0).values.every((value) => Number.isFinite(value))).toBe(true);
});
