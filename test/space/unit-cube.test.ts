import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Params, Space } from "#hpo/core/space";
import { activeParameters } from "#hpo/space/active-parameters";
import { choice } from "#hpo/space/choice";
import { dimensions } from "#hpo/space/dimensions";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { describeMismatch } from "#hpo/space/mismatch";
import { decode, encode } from "#hpo/space/unit-cube";
import { values } from "#hpo/space/values";
import { arbitrarySpace } from "./arbitrary-space.ts";

const runs = { seed: 7, numRuns: 600 };
const coordinate = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.5, Number.MIN_VALUE, 1 - 2 ** -53));
const pointIn = (space: Space) => fc.array(coordinate, { minLength: dimensions(space).length, maxLength: dimensions(space).length });
const spaceAndPoint = arbitrarySpace(false).chain((space) => fc.tuple(fc.constant(space), pointIn(space)));

/** What the documentation of `encode` promises. */
function expectClose(space: Space, found: Params, wanted: Params): void {
  const axes = new Map(dimensions(space).map(({ name, parameter }) => [name, parameter]));
  expect(Object.keys(found)).toEqual(Object.keys(wanted));
  for (const [name, value] of Object.entries(wanted)) {
    const parameter = axes.get(name);
    if (parameter?.kind !== "float" || parameter.step !== null) {
      expect(found[name], name).toBe(value);
      continue;
    }
    const { low, high, log } = parameter;
    const tolerance = log ? 1e-12 * (value as number) : 4 * 2 ** -52 * Math.max(Math.abs(low), Math.abs(high));
    expect(Math.abs((found[name] as number) - (value as number)), name).toBeLessThanOrEqual(tolerance);
  }
}

describe("decode", () => {
  it("gives a frozen configuration of the space for every point of the cube", () => {
    fc.assert(
      fc.property(spaceAndPoint, ([space, point]) => {
        const params = decode(space, point);
        expect(describeMismatch(space, params)).toBeNull();
        expect(Object.isFrozen(params)).toBe(true);
        expect(Object.keys(params).sort()).toEqual([...activeParameters(space, params)].sort());
        for (const value of Object.values(params)) expect(Object.is(value, -0)).toBe(false);
      }),
      runs,
    );
  });

  it("undoes encode", () => {
    fc.assert(
      fc.property(spaceAndPoint, ([space, point]) => {
        const params = decode(space, point);
        const unit = encode(space, params);
        expect(unit.every((u) => u >= 0 && u <= 1)).toBe(true);
        expectClose(space, decode(space, unit), params);
      }),
      runs,
    );
  });

  it("reaches both ends of an interval exactly", () => {
    const space = {
      x: float(0.1, 0.7),
      y: float(1e-4, 10, { log: true }),
      w: float(-1.7e308, 1.7e308),
      i: int(3, 8),
      l: int(1, 999, { log: true }),
    };
    expect(decode(space, [0, 0, 0, 0, 0])).toEqual({ x: 0.1, y: 1e-4, w: -1.7e308, i: 3, l: 1 });
    expect(decode(space, [1, 1, 1, 1, 1])).toEqual({ x: 0.7, y: 10, w: 1.7e308, i: 8, l: 999 });
    expect(decode(space, [0.5, 0.5, 0.5, 0.5, 0.5])).toMatchObject({
      x: expect.closeTo(0.4, 15),
      y: expect.closeTo(10 ** -1.5, 12),
      w: 0,
      i: 6,
    });
  });

  it("gives every value of a list a bucket of equal width", () => {
    const space = { v: values(["a", "b", "c", "d"]), s: float(0, 1, { step: 0.4 }) };
    const at = (u: number) => decode(space, [u, u]);
    expect([0, 0.249, 0.25, 0.5, 0.75, 1].map((u) => at(u)["v"])).toEqual(["a", "a", "b", "c", "d", "d"]);
    expect([0, 0.33, 0.34, 0.66, 0.67, 1].map((u) => at(u)["s"])).toEqual([0, 0, 0.4, 0.4, 0.8, 0.8]);
  });

  it("keeps the largest integers exactly, on both scales", () => {
    const space = { i: int(-(2 ** 49), 2 ** 49), l: int(1, 2 ** 40, { log: true }) };
    for (const i of [-(2 ** 49), -(2 ** 49) + 1, -1, 0, 12345678901234, 2 ** 49 - 1, 2 ** 49]) {
      for (const l of [1, 2, 3, 999_999_999_999, 2 ** 40 - 1, 2 ** 40]) expect(decode(space, encode(space, { i, l }))).toEqual({ i, l });
    }
  });

  it("does not read the coordinates of inactive parameters", () => {
    const space = { k: choice({ a: { x: float(0, 1) }, b: { y: float(0, 1) } }) };
    expect(decode(space, [0.9, NaN, 0.25])).toEqual({ k: "b", y: 0.25 });
  });

  it("refuses a coordinate outside [0, 1]", () => {
    for (const [u, shown] of [
      [NaN, "NaN"],
      [-0.1, "-0.1"],
      [1.1, "1.1"],
    ] as const) {
      expect(() => decode({ x: float(0, 1) }, [u])).toThrow(`decode(): the coordinate of x must be a number from 0 to 1; got ${shown}.`);
    }
    expect(() => decode({ x: float(0, 1) }, [])).toThrow("got nothing.");
  });
});

describe("encode", () => {
  it("has one coordinate for each parameter, shared ones once, and ½ where one is not active", () => {
    const gamma = float(0, 1);
    const space = { k: choice({ rbf: { gamma }, poly: { degree: int(1, 2), gamma }, linear: {} }), C: float(1, 100, { log: true }) };
    expect(dimensions(space).map(({ name }) => name)).toEqual(["k", "gamma", "degree", "C"]);
    expect([...encode(space, { k: "poly", degree: 2, gamma: 0.25, C: 10 })]).toEqual([0.5, 0.25, 0.75, 0.5]);
    expect([...encode(space, { k: "linear", C: 1 })]).toEqual([5 / 6, 0.5, 0.5, 0]);
    expect(encode({}, {})).toEqual(new Float64Array(0));
  });

  it("refuses what is no configuration", () => {
    expect(() => encode({ x: float(0, 1) }, { x: 2 })).toThrow("encode(): x must be a number from 0 to 1; got 2.");
  });

  it("takes constants and intervals of neighbouring numbers", () => {
    const space = {
      a: float(3, 3),
      b: float(3, 3, { log: true }),
      c: float(1, 1 + 2 ** -52),
      d: float(1e300, 1e300 * (1 + 2 ** -52), { log: true }),
      e: int(4, 4, { log: true }),
    };
    for (const u of [0, 0.3, 1]) {
      const params = decode(space, [u, u, u, u, u]);
      expect(describeMismatch(space, params)).toBeNull();
      expect(encode(space, params).every((x) => x >= 0 && x <= 1)).toBe(true);
    }
  });
});
