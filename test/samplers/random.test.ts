import { describe, expect, it } from "vitest";
import type { Params, Space } from "#hpo/core/space";
import { rng } from "#hpo/math/rng";
import { random } from "#hpo/samplers/random";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { values } from "#hpo/space/values";

const count = 6000;

function draws(space: Space, seed: string): readonly Params[] {
  const sampler = random();
  const state = sampler.start({ space, directions: ["maximize"] });
  return Array.from({ length: count }, (_, n) => sampler.propose(state, n, [], rng(seed).fork(n))?.params as Params);
}

/** Deviations of the chi-square statistic from its mean when all cells are equally likely; seeds are fixed, 4 is far out. */
function score(cells: readonly number[], size: number): number {
  const counts = Array.from({ length: size }, () => 0);
  for (const cell of cells) counts[cell]! += 1;
  const expected = cells.length / size;
  const statistic = counts.reduce((sum, one) => sum + (one - expected) ** 2 / expected, 0);
  return Math.abs(statistic - (size - 1)) / Math.sqrt(2 * (size - 1));
}

describe("random", () => {
  it("draws floats uniformly, on a linear and on a logarithmic scale", () => {
    const found = draws({ x: float(-3, 7), y: float(1e-4, 10, { log: true }), s: float(0, 1, { step: 0.25 }) }, "floats");
    expect(
      score(
        found.map(({ x }) => Math.floor(((x as number) + 3) * 5)),
        50,
      ),
    ).toBeLessThan(4);
    expect(
      score(
        found.map(({ y }) => Math.floor((Math.log10(y as number) + 4) * 10)),
        50,
      ),
    ).toBeLessThan(4);
    expect(
      score(
        found.map(({ s }) => (s as number) * 4),
        5,
      ),
    ).toBeLessThan(4);
    // Neighbouring parameters are independent.
    expect(
      score(
        found.map(({ x, y }) => Math.floor(((x as number) + 3) / 2) * 5 + Math.floor(Math.log10(y as number) + 4)),
        25,
      ),
    ).toBeLessThan(4);
  });

  it("draws integers and list values equally often", () => {
    const found = draws({ i: int(-3, 8), t: int(0, 20, { step: 5 }), v: values(["a", "b", "c"]), c: choice([true, false]) }, "integers");
    expect(
      score(
        found.map(({ i }) => (i as number) + 3),
        12,
      ),
    ).toBeLessThan(4);
    expect(
      score(
        found.map(({ t }) => (t as number) / 5),
        5,
      ),
    ).toBeLessThan(4);
    expect(
      score(
        found.map(({ v }) => "abc".indexOf(v as string)),
        3,
      ),
    ).toBeLessThan(4);
    expect(
      score(
        found.map(({ c }) => Number(c)),
        2,
      ),
    ).toBeLessThan(4);
  });

  it("draws integers on a log scale in proportion to the logarithm of their width", () => {
    const found = draws({ i: int(1, 10, { log: true }) }, "log integers");
    for (let i = 1; i <= 10; i++) {
      const share = Math.log((i + 0.5) / (i - 0.5)) / Math.log(10.5 / 0.5);
      const seen = found.filter((params) => params["i"] === i).length;
      expect(Math.abs(seen - count * share)).toBeLessThan(4 * Math.sqrt(count * share * (1 - share)));
    }
  });

  it("draws every branch equally often, however many parameters it holds", () => {
    const found = draws(
      { k: choice({ rbf: { gamma: float(0, 1), m: choice({ p: {}, q: {} }) }, poly: { degree: int(2, 9) }, linear: {} }) },
      "branches",
    );
    expect(
      score(
        found.map(({ k }) => ["rbf", "poly", "linear"].indexOf(k as string)),
        3,
      ),
    ).toBeLessThan(4);
    const rbf = found.filter(({ k }) => k === "rbf");
    expect(
      score(
        rbf.map(({ m }) => (m === "p" ? 0 : 1)),
        2,
      ),
    ).toBeLessThan(4);
    expect(
      score(
        rbf.map(({ gamma }) => Math.floor((gamma as number) * 20)),
        20,
      ),
    ).toBeLessThan(4);
    expect(found.every((params) => "gamma" in params === (params["k"] === "rbf"))).toBe(true);
  });

  it("gives the first configurations that it always gave", () => {
    const space = { lr: float(1e-5, 1, { log: true }), depth: int(1, 9), k: choice({ a: { x: float(0, 1) }, b: {} }) };
    expect(draws(space, "golden").slice(0, 3)).toEqual([
      { lr: 0.000020459658370597367, depth: 1, k: "a", x: 0.02688783989713517 },
      { lr: 0.000016859194492121192, depth: 4, k: "b" },
      { lr: 0.00011332476234319782, depth: 8, k: "a", x: 0.6974385988407344 },
    ]);
  });
});
