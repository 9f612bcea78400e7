import { readFileSync } from "node:fs";
import { rng } from "hpo";
import { obrienFlemingSpending, spendingBounds } from "#hpo/math/group-sequential";
import { describe, expect, it } from "vitest";

interface Case {
  readonly alpha: number;
  readonly looks: readonly number[];
  readonly spent: readonly number[];
  readonly bounds: readonly number[];
}
const oracle = JSON.parse(readFileSync(new URL("../oracle/group_sequential_oracle.json", import.meta.url), "utf8")) as { cases: Case[] };

describe("spendingBounds()", () => {
  it("agrees with rpact's bounds of O'Brien–Fleming type", () => {
    for (const { alpha, looks, spent, bounds } of oracle.cases) {
      const own = looks.map((share) => obrienFlemingSpending(alpha, share));
      for (const [i, expected] of spent.entries()) expect(own[i]).toBeCloseTo(expected, 7);
      const found = spendingBounds(looks, own);
      // rpact searches to 10⁻⁸ in the error, which is 10⁻⁶ in a bound.
      for (const [i, expected] of bounds.entries()) expect(found[i]).toBeCloseTo(expected, 5);
    }
  });

  it("is crossed as often as was spent, by Brownian motion at any information", () => {
    const information = [0.1, 0.25, 0.7, 1.5, 9];
    const spent = [0.02, 0.05, 0.1, 0.15, 0.2];
    const bounds = spendingBounds(information, spent);
    const stream = rng(2);
    const crossed = new Float64Array(5);
    const runs = 20_000;
    for (let run = 0; run < runs; run++) {
      let path = 0;
      for (const [i, now] of information.entries()) {
        path += stream.normal() * Math.sqrt(now - (information[i - 1] ?? 0));
        if (path / Math.sqrt(now) < (bounds[i] as number)) continue;
        for (let later = i; later < 5; later++) crossed[later] = (crossed[later] as number) + 1;
        break;
      }
    }
    // Four standard errors of a share at 20,000 runs are 0.011.
    for (const [i, share] of spent.entries()) expect(Math.abs((crossed[i] as number) / runs - share)).toBeLessThan(0.012);
  });

  it("has no bound where nothing is spent, or too little to be told from nothing", () => {
    const [first, second, third] = spendingBounds([1, 2, 3], [0, 0.05, 0.05]);
    expect([first, third]).toEqual([Infinity, Infinity]);
    expect(second).toBeCloseTo(1.6448536269514729, 10);
    expect(spendingBounds([1], [1e-30])).toEqual(Float64Array.of(Infinity));
    expect(spendingBounds([], [])).toHaveLength(0);
  });
});

describe("obrienFlemingSpending()", () => {
  it("rises from nothing to all", () => {
    const spent = [0, 0.1, 0.5, 0.9, 1, 2].map((share) => obrienFlemingSpending(0.05, share));
    expect(spent[0]).toBe(0);
    expect(spent[4]).toBe(0.05);
    expect(spent[5]).toBe(0.05);
    expect([...spent].sort((a, b) => a - b)).toEqual(spent);
  });
});
