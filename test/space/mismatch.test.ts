import { describe, expect, it } from "vitest";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { describeMismatch, isInSpace } from "#hpo/space/mismatch";
import { values } from "#hpo/space/values";

const space = {
  kernel: choice({
    rbf: { gamma: float(1e-4, 10, { log: true }) },
    poly: { degree: values([2, 3]), sub: choice({ p: { q: int(0, 1) }, r: {} }) },
    linear: {},
  }),
  C: int(2, 8, { step: 3 }),
  drop: float(0, 1, { step: 0.1 }),
};
const rest = { C: 5, drop: 0.3 };

describe("describeMismatch", () => {
  it("is null for a configuration, in whatever order its names stand", () => {
    expect(describeMismatch(space, { drop: 0.3, C: 5, gamma: 1, kernel: "rbf" })).toBeNull();
    expect(isInSpace(space, { kernel: "poly", degree: 3, sub: "p", q: 1, ...rest })).toBe(true);
    expect(isInSpace({}, {})).toBe(true);
  });

  it.each([
    [null, "Parameters must be an object with a value by name; got null."],
    [[1], "Parameters must be an object with a value by name; got [1]."],
    [{ ...rest }, 'kernel is missing; it must be one of "rbf", "poly", "linear".'],
    [{ ...rest, kernel: "rfb" }, 'kernel must be one of "rbf", "poly", "linear"; got "rfb".'],
    [{ ...rest, kernel: "constructor" }, 'kernel must be one of "rbf", "poly", "linear"; got "constructor".'],
    [{ ...rest, kernel: "rbf" }, "gamma is missing; it must be a number from 0.0001 to 10."],
    [{ ...rest, kernel: "rbf", gamma: 11 }, "gamma must be a number from 0.0001 to 10; got 11."],
    [{ ...rest, kernel: "rbf", gamma: NaN }, "gamma must be a number from 0.0001 to 10; got NaN."],
    [{ ...rest, kernel: "rbf", gamma: "1" }, 'gamma must be a number from 0.0001 to 10; got "1".'],
    [{ ...rest, kernel: "linear", gamma: 1 }, 'gamma exists only where kernel is "rbf"; leave it out here.'],
    [{ ...rest, kernel: "linear", q: 1 }, 'q exists only where kernel is "poly" and sub is "p"; leave it out here.'],
    [{ ...rest, kernel: "linear", gama: 1 }, "There is no parameter gama; the parameters are kernel, gamma, degree, sub, q, C, drop."],
    [{ ...rest, kernel: "linear", C: 4 }, "C must be an integer from 2 to 8 in steps of 3; got 4."],
    [
      { ...rest, kernel: "linear", drop: 0.1 + 0.2 },
      "drop must be a number from 0 to 1 in steps of 0.1; got 0.30000000000000004, to which 0.3 is nearest.",
    ],
    [{ ...rest, kernel: "linear", C: undefined }, "C is missing; it must be an integer from 2 to 8 in steps of 3."],
  ])("says in one sentence what is wrong with %j", (params, sentence) => {
    expect(describeMismatch(space, params)).toBe(sentence);
  });

  it("says it of spaces without parameters and of constants", () => {
    expect(describeMismatch({}, { a: 1 })).toBe("There is no parameter a; the space has none.");
    expect(describeMismatch({ a: float(3, 3) }, { a: 4 })).toBe("a must be 3; got 4.");
    expect(describeMismatch({ a: choice(["x"]) }, { a: null })).toBe('a must be "x"; got null.');
  });
});
