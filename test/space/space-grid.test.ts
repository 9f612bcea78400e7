import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Params, ParamValue, Space } from "#hpo/core/space";
import { activeParameters } from "#hpo/space/active-parameters";
import { choice } from "#hpo/space/choice";
import { discreteValues } from "#hpo/space/discrete-values";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { describeMismatch } from "#hpo/space/mismatch";
import { continuousParameters, gridParams, spaceSize } from "#hpo/space/space-grid";
import { values } from "#hpo/space/values";
import { arbitrarySpace } from "./arbitrary-space.ts";

/** The grid by nested loops, first parameter outermost. */
function slowGrid(space: Space): Params[] {
  let found: Record<string, ParamValue>[] = [{}];
  for (const [name, parameter] of Object.entries(space)) {
    const options: Record<string, ParamValue>[] = [];
    if (parameter.kind === "choice" && parameter.branches !== null) {
      for (const [branch, inner] of Object.entries(parameter.branches))
        options.push(...slowGrid(inner).map((rest) => ({ [name]: branch, ...rest })));
    } else {
      const list = discreteValues(parameter);
      for (let i = 0; i < (list?.count ?? 0); i++) options.push({ [name]: list?.at(i) as ParamValue });
    }
    found = found.flatMap((start) => options.map((option) => ({ ...start, ...option })));
  }
  return found;
}

const stepped = (low: number, high: number, step: number): unknown[] => {
  const list = discreteValues(float(low, high, { step }));
  return Array.from({ length: list?.count ?? 0 }, (_, i) => list?.at(i));
};

describe("the grid of a space", () => {
  it("has the order of nested loops, without doubles, and every cell is in the space", () => {
    fc.assert(
      fc.property(arbitrarySpace(true), (space) => {
        const size = spaceSize(space) as number;
        expect(size).toBeGreaterThan(0);
        fc.pre(size <= 300);
        const cells = Array.from({ length: size }, (_, i) => gridParams(space, i));
        expect(cells).toEqual(slowGrid(space));
        expect(new Set(cells.map((cell) => JSON.stringify(cell))).size).toBe(size);
        for (const cell of cells) {
          expect(describeMismatch(space, cell)).toBeNull();
          expect(Object.isFrozen(cell)).toBe(true);
        }
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it("is reached at any place without listing it", () => {
    const space = { a: int(0, 999), k: choice({ x: { b: int(0, 999) }, y: {} }), c: int(0, 999) };
    expect(spaceSize(space)).toBe(1000 * 1001 * 1000);
    expect(gridParams(space, 1_000_999_999)).toEqual({ a: 999, k: "y", c: 999 });
    expect(gridParams(space, 1_001_000 + 2005)).toEqual({ a: 1, k: "x", b: 2, c: 5 });
  });

  it("is null for a float without a step in any branch, and names it", () => {
    const space = { a: int(0, 1), k: choice({ x: { f: float(0, 1) }, y: {} }), g: float(1, 9, { log: true }) };
    expect(spaceSize(space)).toBeNull();
    expect(continuousParameters(space)).toEqual(["f", "g"]);
    expect(() => gridParams(space, 0)).toThrow("gridParams(): every float must have a step; got none for f, g.");
    expect(spaceSize({ c: float(2, 2), l: int(1, 9, { log: true }) })).toBe(9);
  });

  it("refuses places outside it", () => {
    for (const index of [-1, 2, 0.5, NaN])
      expect(() => gridParams({ a: int(0, 1) }, index)).toThrow(`index must be an integer from 0 to 1; got ${index}.`);
  });

  it("has the numbers of a stepped float as a person would write them", () => {
    expect(stepped(0, 1, 0.1)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
    expect(stepped(-0.3, 0.3, 0.1)).toEqual([-0.3, -0.2, -0.1, 0, 0.1, 0.2, 0.3]);
    expect(stepped(0, 1, 0.3)).toEqual([0, 0.3, 0.6, 0.9]);
    expect(stepped(0, 1, 2)).toEqual([0]);
    expect(stepped(1e-7, 5e-7, 1e-7)).toEqual([1e-7, 2e-7, 3e-7, 4e-7, 5e-7]);
    expect(stepped(1e20, 3e20, 1e20)).toEqual([1e20, 2e20, 3e20]);
    expect(stepped(1e300, 3e300, 1e300)).toEqual([1e300, 2e300, 3e300]);
    expect(stepped(1.1, 1.1, 1)).toEqual([1.1]);
    expect(stepped(-1.7e308, 1.7e308, 1.7e308)).toEqual([-1.7e308, 0, 1.7e308]);
  });
});

describe("activeParameters", () => {
  const space = {
    a: int(0, 1),
    k: choice({ x: { b: values([1]), m: choice({ p: { c: int(0, 1) }, q: {} }) }, constructor: {} }),
    z: choice(["x"]),
  };

  it("lists the names in the order of declaration, a branch's right after its choice", () => {
    expect(activeParameters(space, { a: 1, k: "x", b: 1, m: "p", c: 0, z: "x" })).toEqual(["a", "k", "b", "m", "c", "z"]);
    expect(activeParameters(space, { k: "constructor" })).toEqual(["a", "k", "z"]);
  });

  it("leaves out the branches of choices that are not made", () => {
    expect(activeParameters(space, {})).toEqual(["a", "k", "z"]);
    expect(activeParameters(space, { k: "x" })).toEqual(["a", "k", "b", "m", "z"]);
    expect(activeParameters(space, { k: "toString" })).toEqual(["a", "k", "z"]);
  });
});
