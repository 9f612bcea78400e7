import { objectiveValues } from "#hpo/study/objective-values";
import { describe, expect, it } from "vitest";
import type { MetricDeclaration } from "#hpo/core/study-spec";

function declared(...names: string[]): { metrics: Record<string, MetricDeclaration> } {
  return { metrics: Object.fromEntries(names.map((name) => [name, { name, direction: "minimize", unit: "number", needs: null }])) };
}

describe("objectiveValues()", () => {
  it("takes a number for the one metric, and an object with a number for each", () => {
    expect(objectiveValues(declared("loss"), 3)).toEqual({ loss: 3 });
    expect(objectiveValues(declared("loss"), { loss: Number.POSITIVE_INFINITY })).toEqual({ loss: Number.POSITIVE_INFINITY });
    expect(objectiveValues(declared("a", "b"), { b: 2, a: 1 })).toEqual({ a: 1, b: 2 });
  });

  it("takes { value, gradient } in place of a number", () => {
    expect(objectiveValues(declared("loss"), { value: 3, gradient: { x: 1 } })).toEqual({ loss: 3 });
    expect(objectiveValues(declared("loss"), { value: 3 })).toEqual({ loss: 3 });
    expect(objectiveValues(declared("value"), { value: 3, gradient: {} })).toEqual({ value: 3 });
    expect(objectiveValues(declared("value"), { value: { value: 3, gradient: {} } })).toEqual({ value: 3 });
    expect(objectiveValues(declared("a", "b"), { b: { value: 2, gradient: {} }, a: 1 })).toEqual({ a: 1, b: 2 });
    // Metrics may have these names.
    expect(objectiveValues(declared("value", "gradient"), { value: 1, gradient: 2 })).toEqual({ value: 1, gradient: 2 });
    expect(objectiveValues(declared("gradient"), { gradient: 2 })).toEqual({ gradient: 2 });
  });

  it.each([
    [["loss"], undefined, "the objective must return a number; got nothing."],
    [["loss"], Number.NaN, "the objective must return a number that is not NaN; got NaN."],
    [["loss"], "3", 'the objective must return a number; got "3".'],
    [["loss"], null, "the objective must return a number; got null."],
    [["a", "b"], 3, "the objective must return an object with one number for each of a, b; got 3."],
    [["a", "b"], { a: 1 }, "b must return a number that is not NaN; got nothing."],
    [["a", "b"], { a: 1, b: 2, c: 3 }, "the objective must return an object with one number for each of a, b"],
    [["loss"], { value: Number.NaN, gradient: {} }, "loss must return a number that is not NaN; got NaN."],
    [["loss"], { value: 3, gradients: {} }, "the objective must return an object with one number for each of loss"],
    [["a", "b"], { value: 3, gradient: {} }, "the objective must return an object with one number for each of a, b"],
    [["a"], [1], "the objective must return an object with one number for each of a; got [1]."],
  ])("refuses, for the metrics %j, %j", (names, returned, message) => {
    expect(() => objectiveValues(declared(...names), returned)).toThrow(message);
  });
});
