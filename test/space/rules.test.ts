import { choice, float, int, rng, values } from "hpo";
import { describe, expect, it } from "vitest";
import type { Params, Space } from "#hpo/core/space";
import { checkRules } from "#hpo/space/check-rules";
import { completion } from "#hpo/space/completion";
import { isFeasible } from "#hpo/space/feasibility";
import { feasiblePoint, movedToLimits } from "#hpo/space/feasible-point";
import { isInSpace } from "#hpo/space/mismatch";
import { gridParams, spaceSize } from "#hpo/space/space-grid";

const kernels = {
  kernel: choice({ rbf: { gamma: float(1e-4, 10, { log: true }) }, poly: { degree: int(2, 5) }, linear: {} }),
  C: values([1, 10, 100, 1000]),
};
const rulesOf = (space: Space, given: Parameters<typeof checkRules>[2]) => checkRules("defineStudy", space, given);

describe("checkRules()", () => {
  it("gives one form, whatever was written", () => {
    const rules = rulesOf(kernels, {
      forbid: [{ kernel: "poly", C: [100, 1000] }, { gamma: { min: 1 } }],
      limits: [{ sum: { C: 1 }, max: 50 }],
    });
    expect(rules).toEqual({
      forbid: [{ kernel: ["poly"], C: [100, 1000] }, { gamma: { min: 1, max: null } }],
      limits: [{ sum: { C: 1 }, min: null, max: 50 }],
    });
    expect([rules, rules.forbid, rules.forbid[0], rules.limits[0]?.sum].every(Object.isFrozen)).toBe(true);
  });

  it.each([
    [{ forbid: [{}] }, 'forbid[0] must be an object such as { kernel: "poly", C: { min: 100 } }; got {}.'],
    [{ forbid: [{ c: 1 }] }, 'forbid[0] must name parameters of the space (kernel, gamma, degree, C); got "c".'],
    [{ forbid: [{ C: 2 }] }, "forbid[0].C must be one of 1, 10, 100, 1000, a list of such values, or { min, max }; got 2."],
    [{ forbid: [{ C: 1 }, { C: [] }] }, "forbid[1].C must have at least one value; got []."],
    [{ forbid: [{ kernel: { min: 1 } }] }, 'forbid[0].kernel must be one of "rbf", "poly", "linear", or a list of such values'],
    [{ forbid: [{ C: {} }] }, "forbid[0].C must have min, max or both; got {}."],
    [{ forbid: [{ C: { min: 9, max: 1 } }] }, "forbid[0].C must have a min of at most max (1); got 9."],
    [{ forbid: [{ C: { max: Number.NaN } }] }, "forbid[0].C.max must be a finite number; got NaN."],
    [{ forbid: [{ C: { least: 1 } }] }, "forbid[0].C must have no members but min, max; got least."],
    [{ forbid: [{ gamma: { min: 1 }, degree: 2 }] }, "forbid[0] must name parameters that can be active together"],
    [{ forbid: [{ kernel: "linear", degree: 2 }] }, "forbid[0] must name parameters that can be active together"],
    [{ limits: [{ max: 1 }] }, "limits[0] must have a sum, as in { sum: { a: 1, b: 2 }, max: 10 }"],
    [{ limits: [{ sum: { C: 1 } }] }, "limits[0] must have min, max or both"],
    [{ limits: [{ sum: {}, max: 1 }] }, "limits[0].sum must be an object such as { a: 1, b: 2 }; got {}."],
    [{ limits: [{ sum: { kernel: 1 }, max: 1 }] }, "limits[0].sum.kernel must stand for a parameter of numbers"],
    [{ limits: [{ sum: { C: 0 }, max: 1 }] }, "limits[0].sum.C must be a finite number other than 0; got 0."],
    [
      { limits: [{ sum: { gamma: 1, degree: 1 }, max: 1 }] },
      "limits[0] must name parameters that can be active together; got gamma, degree.",
    ],
  ])("refuses %j", (given, message) => {
    expect(() => rulesOf(kernels, given as never)).toThrow(`defineStudy(): ${message}`);
  });
});

describe("isFeasible()", () => {
  const rules = rulesOf(kernels, {
    forbid: [
      { kernel: "poly", C: { min: 100 } },
      { gamma: { min: 1 }, C: [1] },
    ],
    limits: [{ sum: { degree: 20, C: 1 }, max: 100 }],
  });
  it.each<[boolean, Params]>([
    [false, { kernel: "poly", degree: 2, C: 1000 }],
    [true, { kernel: "poly", degree: 4, C: 10 }],
    [false, { kernel: "poly", degree: 5, C: 10 }],
    [true, { kernel: "linear", C: 1000 }],
    [false, { kernel: "rbf", gamma: 1, C: 1 }],
    [true, { kernel: "rbf", gamma: 0.99, C: 1 }],
    [true, { kernel: "rbf", gamma: 5, C: 1000 }],
  ])("is %s of %j", (wanted, params) => {
    expect(isFeasible(rules, params)).toBe(wanted);
  });

  it("takes sums as a person means them", () => {
    const tenths = rulesOf({ a: float(0, 1), b: float(0, 1) }, { limits: [{ sum: { a: 1, b: 1 }, max: 0.3, min: 0.3 }] });
    expect(isFeasible(tenths, { a: 0.1, b: 0.2 })).toBe(true);
    expect(isFeasible(tenths, { a: 0.1, b: 0.2001 })).toBe(false);
    expect(isFeasible(tenths, { a: 0.1, b: 0.1999 })).toBe(false);
  });
});

describe("feasiblePoint()", () => {
  it("finds the thin slices that limits leave, in floats, logs, integers, steps and lists", () => {
    const space = {
      a: float(0, 10),
      b: float(1e-3, 1e3, { log: true }),
      n: int(1, 64),
      s: float(0, 1, { step: 0.1 }),
      v: values([1, 2, 4, 8]),
    };
    const rules = rulesOf(space, {
      limits: [
        { sum: { a: 1, b: 1 }, max: 0.01 },
        { sum: { n: 1, v: -8 }, max: 0, min: -1 },
        { sum: { a: 100, s: 1 }, min: 0.5, max: 0.6 },
      ],
    });
    for (let seed = 0; seed < 20; seed++) {
      const point = feasiblePoint(space, rules, { rng: rng(seed) }) as Params;
      expect(isInSpace(space, point) && isFeasible(rules, point), JSON.stringify(point)).toBe(true);
    }
    expect(feasiblePoint(space, rules, { rng: rng(1) })).toEqual(feasiblePoint(space, rules, { rng: rng(1) }));
  });

  it("draws evenly where most is allowed", () => {
    const space = { x: float(0, 1) };
    const rules = rulesOf(space, { forbid: [{ x: { min: 0.25, max: 0.5 } }] });
    const drawn = Array.from({ length: 400 }, (_, seed) => feasiblePoint(space, rules, { rng: rng(seed) })?.["x"] as number);
    // A third of what is left lies below ¼: 133 ± 9.4.
    expect(Math.abs(drawn.filter((x) => x < 0.25).length - 133)).toBeLessThan(38);
  });

  it("knows exactly whether a finite space has one", () => {
    const space = { a: int(0, 99), b: int(0, 99), c: values(["x", "y"]) };
    const only = rulesOf(space, { forbid: [{ c: "x" }, { a: { max: 98 } }, { b: { min: 1 } }] });
    expect(feasiblePoint(space, only, { rng: rng(0) })).toEqual({ a: 99, b: 0, c: "y" });
    const none = rulesOf(space, { forbid: [{ a: { max: 98 } }, { b: { min: 1 } }, { a: 99, b: 0 }] });
    expect(feasiblePoint(space, none, { rng: rng(0) })).toBeNull();
  });

  it("ends where an endless space has none", () => {
    const space = { a: float(0, 1), b: float(0, 1) };
    expect(feasiblePoint(space, rulesOf(space, { limits: [{ sum: { a: 1, b: 1 }, min: 3 }] }), { rng: rng(0) })).toBeNull();
    expect(feasiblePoint(space, rulesOf(space, { forbid: [{ a: { min: 0 } }] }), { rng: rng(0) })).toBeNull();
  });

  it("keeps what is given", () => {
    const space = { a: float(0, 10), b: float(0, 10), c: float(0, 10) };
    const rules = rulesOf(space, { limits: [{ sum: { a: 1, b: 1, c: 1 }, max: 5 }] });
    for (let seed = 0; seed < 10; seed++) {
      const point = feasiblePoint(space, rules, { given: { a: 4.9 }, rng: rng(seed) }) as Params;
      expect(point["a"]).toBe(4.9);
      expect(isFeasible(rules, point)).toBe(true);
    }
    expect(feasiblePoint(space, rules, { given: { a: 6 }, rng: rng(0) })).toBeNull();
  });
});

describe("movedToLimits()", () => {
  it("moves no further than it must, and only what the limit names", () => {
    const space = { a: float(0, 10), b: float(0, 10), c: float(0, 10) };
    const rules = rulesOf(space, { limits: [{ sum: { a: 1, b: 1 }, max: 10 }] });
    const near = movedToLimits(space, rules, { params: { a: 8, b: 6, c: 7 } }) as Params;
    expect(near["a"]).toBeCloseTo(6, 6);
    expect(near["b"]).toBeCloseTo(4, 6);
    expect(near["c"]).toBe(7);
  });
});

describe("completion()", () => {
  it("takes only alternatives in which what is given exists", () => {
    const space = {
      model: choice({ svm: { kernel: choice({ rbf: { gamma: values([1, 2]) }, linear: {} }) }, forest: { trees: int(1, 9) } }),
      x: float(0, 1),
    };
    for (let seed = 0; seed < 20; seed++) {
      expect(completion(space, { gamma: 2 }, rng(seed))).toMatchObject({ model: "svm", kernel: "rbf", gamma: 2 });
      expect(completion(space, { trees: 3, x: 0.5 }, rng(seed))).toEqual({ model: "forest", trees: 3, x: 0.5 });
      expect(isInSpace(space, completion(space, {}, rng(seed)))).toBe(true);
    }
  });

  it("reaches every cell", () => {
    const space = { k: choice({ a: { n: int(1, 2) }, b: {} }), v: values(["x", "y"]) };
    const seen = new Set(Array.from({ length: 200 }, (_, seed) => JSON.stringify(completion(space, {}, rng(seed)))));
    expect(seen.size).toBe(spaceSize(space));
    expect(seen.has(JSON.stringify(gridParams(space, 0)))).toBe(true);
  });
});
