import { describe, expect, it } from "vitest";
import { HpoError } from "#hpo/core/hpo-error";
import type { Space } from "#hpo/core/space";
import { rng } from "#hpo/math/rng";
import { grid } from "#hpo/samplers/grid";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { values } from "#hpo/space/values";

function cells(space: Space): readonly unknown[] {
  const sampler = grid();
  const state = sampler.start({ space, directions: ["maximize"] });
  const found: unknown[] = [];
  for (;;) {
    const proposal = sampler.propose(state, found.length, [], rng(0));
    if (proposal === undefined) return found;
    found.push(proposal.params);
  }
}

function caught(action: () => unknown): HpoError {
  try {
    action();
  } catch (error) {
    if (error instanceof HpoError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("grid", () => {
  it("goes through the table row by row", () => {
    expect(cells({ gamma: values([2, 4]), C: values([1, 10, 100]) })).toEqual([
      { gamma: 2, C: 1 },
      { gamma: 2, C: 10 },
      { gamma: 2, C: 100 },
      { gamma: 4, C: 1 },
      { gamma: 4, C: 10 },
      { gamma: 4, C: 100 },
    ]);
  });

  it("takes any mix of lists, integers and stepped floats, branch after branch", () => {
    const space = {
      k: choice({ a: { f: float(0, 0.3, { step: 0.1 }) }, b: {}, c: { i: int(1, 5, { step: 2 }) } }),
      on: choice([true, null]),
    };
    const expected = [0, 0.1, 0.2, 0.3].map((f) => ({ k: "a", f })) as object[];
    expected.push({ k: "b" }, ...[1, 3, 5].map((i) => ({ k: "c", i })));
    expect(cells(space)).toEqual(expected.flatMap((one) => [true, null].map((on) => ({ ...one, on }))));
  });

  it("says which cell a trial is", () => {
    const sampler = grid();
    const space = { a: int(1, 4) };
    expect(sampler.propose(sampler.start({ space, directions: [] }), 2, [], rng(0))).toEqual({
      params: { a: 3 },
      by: "grid",
      why: "cell 3 of 4",
    });
    expect(sampler.size(space)).toBe(4);
  });

  it("refuses a grid above its limit, with the count", () => {
    const space = { a: int(1, 1000), b: int(1, 101) };
    const error = caught(() => grid().start({ space, directions: [] }));
    expect(error.code).toBe("GRID_TOO_LARGE");
    expect(error.data).toEqual({ count: 101000, limit: 100000 });
    expect(error.message).toBe(
      "grid(): the grid must have at most 100000 cells; got 101000. Take fewer values, raise it with grid({ limit }), or take random().",
    );
    expect(grid({ limit: 101_000 }).size(space)).toBe(101_000);
    expect(caught(() => grid({ limit: 100_999 }).size(space)).code).toBe("GRID_TOO_LARGE");
  });

  it("counts grids beyond all numbers as too large", () => {
    const space = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`p${i}`, int(0, 2 ** 48)]));
    expect(caught(() => grid().size(space)).message).toContain("got Infinity");
  });

  it("names the floats that make a space infinite, and the cure", () => {
    const space = {
      a: float(0, 1),
      k: choice({ rbf: { gamma: float(1, 2, { log: true }) }, linear: {} }),
      s: float(0, 1, { step: 0.5 }),
      c: float(1, 1),
    };
    const error = caught(() => grid().start({ space, directions: [] }));
    expect(error.code).toBe("GRID_TOO_LARGE");
    expect(error.data["parameters"]).toEqual(["a", "gamma"]);
    expect(error.message).toBe(
      "grid(): the space must be finite, but a, gamma are floats without a step. Give float() a step, list the values with values([…]), or take random().",
    );
  });

  it("checks its options", () => {
    expect(() => grid({ limit: 0 })).toThrow("grid(): limit must be an integer of at least 1; got 0.");
    expect(() => grid({ limits: 1 } as object)).toThrow("there is no option limits");
  });
});
