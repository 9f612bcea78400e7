import { describe, expect, it } from "vitest";
import { HpoError } from "#hpo/core/hpo-error";
import type { Space } from "#hpo/core/space";
import { checkSpace } from "#hpo/space/check-space";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { spaceJson } from "#hpo/space/space-json";
import { values } from "#hpo/space/values";

/** The message of a SPACE_INVALID. */
function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof HpoError && error.code === "SPACE_INVALID") return error.message;
    throw error;
  }
  return "accepted";
}

describe("float", () => {
  it("is frozen plain data", () => {
    const parameter = float(1e-4, 10, { log: true });
    expect(parameter).toEqual({ kind: "float", low: 1e-4, high: 10, log: true, step: null });
    expect(Object.isFrozen(parameter)).toBe(true);
    expect(JSON.parse(JSON.stringify(parameter))).toStrictEqual(parameter);
    expect(Object.is(float(-0, 0).low, 0)).toBe(true);
  });

  it.each([
    [() => float(5, 1), "float(): low must be at most high (1); got 5."],
    [() => float(NaN, 1), "float(): low must be a finite number; got NaN."],
    [() => float(0, Infinity), "float(): high must be a finite number; got Infinity."],
    [() => float(0, "1" as never), 'float(): high must be a finite number; got "1".'],
    [
      () => float(0, 1, { log: true }),
      "float(): low must be above 0 on a log scale; got 0. Start from a small number such as 0.000001, or leave log out.",
    ],
    [
      () => float(1, 2, { log: true, step: 0.1 }),
      "float(): step can't stand together with log; got step 0.1. Leave one of them out, or list the values with values([…]).",
    ],
    [
      () => float(1, 2, { step: 1e-13 }),
      "float(): step must be at least 10⁻¹² of the larger end, so that its values stay distinct; got 1e-13.",
    ],
  ])("refuses %s", (action, message) => expect(refusal(action)).toBe(message));

  it("checks its options by name and kind", () => {
    expect(() => float(0, 1, { lgo: true } as object)).toThrow("float(): there is no option lgo; the options are log, step.");
    expect(() => float(0, 1, { step: 0 })).toThrow("float(): step must be a finite number above 0; got 0.");
    expect(() => float(0, 1, { log: 1 as never })).toThrow("float(): log must be true or false; got 1.");
  });

  it("takes equal ends as a constant, on both scales", () => {
    expect(refusal(() => float(3, 3))).toBe("accepted");
    expect(refusal(() => float(3, 3, { log: true }))).toBe("accepted");
  });
});

describe("int", () => {
  it.each([
    [() => int(0.5, 1), "int(): low must be an integer; got 0.5."],
    [() => int(0, NaN), "int(): high must be an integer; got NaN."],
    [() => int(2, 1), "int(): low must be at most high (1); got 2."],
    [() => int(0, 2 ** 50), "int(): high must be an integer from -562949953421312 to 562949953421312; got 1125899906842624."],
    [() => int(0, 9, { log: true }), "int(): low must be at least 1 on a log scale; got 0. Start from 1, or leave log out."],
    [
      () => int(1, 9, { log: true, step: 2 }),
      "int(): step can't stand together with log; got step 2. Leave one of them out, or list the values with values([…]).",
    ],
  ])("refuses %s", (action, message) => expect(refusal(action)).toBe(message));

  it("checks its options by name and kind", () => {
    expect(() => int(0, 9, { step: 1.5 })).toThrow("int(): step must be an integer of at least 1; got 1.5.");
  });
});

describe("values and choice", () => {
  it("refuse empty lists, doubles and what is no value", () => {
    expect(refusal(() => values([]))).toBe("values(): must have a list of at least one value; got [].");
    expect(refusal(() => choice([]))).toBe("choice(): must have a list of at least one value; got [].");
    expect(refusal(() => choice({}))).toBe("choice(): must have a list of at least one value; got [].");
    expect(refusal(() => values([1, 2, 1]))).toBe("values(): values must be distinct; got 1 twice.");
    expect(refusal(() => values([0, -0]))).toBe("values(): values must be distinct; got 0 twice.");
    expect(refusal(() => choice([1, "1"]))).toBe(
      'choice(): values must print differently, so that tables can tell them apart; got 1 and "1".',
    );
    expect(refusal(() => values([1, NaN]))).toBe("values(): each value must be a finite number, a text, true, false or null; got NaN.");
    expect(refusal(() => values([1, undefined] as never))).toContain("got nothing.");
    expect(refusal(() => values("ab" as never))).toContain('got "ab".');
    expect(refusal(() => values(Object.assign([], { length: 2 }) as never))).toContain("got nothing.");
    expect(refusal(() => choice(null as never))).toContain("got null.");
  });

  it("take null among other values", () => {
    expect(values([1, null]).values).toEqual([1, null]);
  });

  it("keep no hold on what they were given", () => {
    const list: (number | string)[] = [1, 2];
    const branch: Record<string, ReturnType<typeof int>> = { a: int(0, 1) };
    const made = { v: values(list), c: choice({ x: branch }) };
    list.push("later");
    branch["b"] = int(0, 1);
    expect(made.v.values).toEqual([1, 2]);
    expect(Object.keys(made.c.branches.x)).toEqual(["a"]);
    expect(Object.isFrozen(made.v.values) && Object.isFrozen(made.c.branches) && Object.isFrozen(made.c.branches.x)).toBe(true);
  });

  it("name the branch and the parameter that is wrong", () => {
    expect(refusal(() => choice({ rbf: { gamma: 3 } } as never))).toBe(
      "choice() branch rbf.gamma: must be float(), int(), values() or choice(); got 3.",
    );
    expect(refusal(() => choice({ rbf: null } as never))).toBe("choice() branch rbf: must be an object of parameters; got null.");
  });
});

describe("checkSpace", () => {
  const gamma = float(0, 1);

  it("takes one name in several branches as one parameter when it is defined alike", () => {
    expect(refusal(() => checkSpace({ k: choice({ rbf: { gamma }, poly: { gamma: float(0, 1) }, linear: {} }) }))).toBe("accepted");
    const sub = () => choice({ u: { gamma }, v: {} });
    expect(refusal(() => checkSpace({ k: choice({ rbf: { sub: sub() }, poly: { sub: sub() } }) }))).toBe("accepted");
    // At other depths too, as long as only one can be active.
    expect(refusal(() => checkSpace({ k: choice({ rbf: { gamma }, other: { sub: sub() } }) }))).toBe("accepted");
  });

  it("refuses one name with different definitions, and says where both stand", () => {
    expect(refusal(() => choice({ rbf: { gamma }, poly: { gamma: float(0, 2) } }))).toBe(
      "choice(): gamma is defined differently at rbf.gamma and at poly.gamma; give both one definition, or two names.",
    );
    const plain = { k: { kind: "choice", values: ["a", "b"], branches: { a: { x: int(0, 1) }, b: { x: float(0, 1) } } } } as const;
    expect(refusal(() => checkSpace(plain))).toBe(
      "space: x is defined differently at k.a.x and at k.b.x; give both one definition, or two names.",
    );
  });

  it("refuses names that may be active together, and says where both stand", () => {
    expect(refusal(() => checkSpace({ gamma, k: choice({ rbf: { gamma }, linear: {} }) }))).toBe(
      "space: gamma is declared at gamma and at k.rbf.gamma, which may be active together; rename one.",
    );
    expect(refusal(() => checkSpace({ a: choice({ x: { gamma } }), b: choice({ y: { gamma } }) }))).toContain(
      "gamma is declared at a.x.gamma and at b.y.gamma",
    );
    expect(refusal(() => checkSpace({ a: choice({ x: { a: gamma } }) }))).toContain("a is declared at a and at a.x.a");
  });

  it("refuses names that tables, commands or objects could not hold", () => {
    for (const name of ["", " a", "a ", "a=b", "a\nb"])
      expect(refusal(() => checkSpace({ [name]: gamma }))).toContain("a name must not be empty");
    expect(refusal(() => checkSpace(Object.fromEntries([["__proto__", gamma]])))).toContain('got "__proto__".');
    expect(refusal(() => checkSpace({ __proto__: gamma } as never))).toContain("is there a member __proto__?");
    expect(refusal(() => choice({ "": {} }))).toContain("a name must not be empty");
    for (const name of ["constructor", "toString", "hasOwnProperty", "γ", "a b", "7"]) {
      expect(refusal(() => checkSpace({ [name]: gamma }))).toBe("accepted");
    }
  });

  it("checks plain data that no factory made, and names the place", () => {
    const wrong = {
      k: { kind: "choice", values: ["a"], branches: { a: { g: { kind: "float", low: 2, high: 1, log: false, step: null } } } },
    };
    expect(refusal(() => checkSpace(wrong as Space))).toBe("space.k.a.g: low must be at most high (1); got 2.");
    const strange = { k: { kind: "choice", values: ["b"], branches: { a: {} } } };
    expect(refusal(() => checkSpace(strange as Space))).toBe('space.k: values must be the names of the branches (a); got ["b"].');
    expect(refusal(() => checkSpace({ a: { kind: "real" } } as never))).toContain(
      'space.a: must be float(), int(), values() or choice(); got {"kind":"real"}.',
    );
    for (const given of [null, [], 3, "x", undefined])
      expect(refusal(() => checkSpace(given as never))).toContain("must be an object of parameters");
  });

  it("gives an equal space for what it has checked, also through JSON", () => {
    const space = { a: int(1, 3), k: choice({ rbf: { gamma }, linear: {} }), v: values([1, null]) };
    expect(checkSpace(space)).toEqual(space);
    expect(checkSpace(JSON.parse(JSON.stringify(space)) as Space)).toEqual(space);
    expect(Object.isFrozen(checkSpace(space))).toBe(true);
  });
});

describe("spaceJson", () => {
  it("keeps the order of parameters and branches, on which grids depend", () => {
    const a = int(0, 1);
    const b = int(0, 1);
    expect(JSON.stringify(spaceJson({ a, b }))).not.toBe(JSON.stringify(spaceJson({ b, a })));
    expect(JSON.stringify(spaceJson({ k: choice({ x: {}, y: {} }) }))).not.toBe(JSON.stringify(spaceJson({ k: choice({ y: {}, x: {} }) })));
    expect(spaceJson({ k: choice({ x: { a }, y: {} }) })).toEqual([
      [
        "k",
        {
          kind: "choice",
          values: ["x", "y"],
          branches: [
            ["x", [["a", { kind: "int", low: 0, high: 1, log: false, step: 1 }]]],
            ["y", []],
          ],
        },
      ],
    ]);
    expect(spaceJson({})).toEqual([]);
  });
});
