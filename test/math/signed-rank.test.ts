import { readFileSync } from "node:fs";
import { signedRankP } from "#hpo/math/signed-rank";
import { rng } from "#hpo/math/rng";
import { describe, expect, it } from "vitest";

const oracle = JSON.parse(readFileSync(new URL("../oracle/pruners_oracle.json", import.meta.url), "utf8")) as {
  readonly signedRank: readonly { readonly differences: readonly number[]; readonly p: number }[];
};

describe("signedRankP()", () => {
  it("gives the p-values of SciPy: exact up to 50 differences, by the normal approximation beyond, with ties and zeros", () => {
    expect(oracle.signedRank).toHaveLength(36);
    for (const { differences, p } of oracle.signedRank) {
      expect(Math.abs(signedRankP(differences) - p), `${differences.length} differences`).toBeLessThan(1e-12 * Math.max(1, 1 / p));
    }
  });

  it("counts all ways to give the ranks signs, also with ties and zeros", () => {
    const stream = rng("signed rank");
    for (let run = 0; run < 60; run++) {
      const differences = Array.from({ length: 1 + (run % 11) }, () => stream.below(7) - 3);
      expect(signedRankP(differences), differences.join(" ")).toBeCloseTo(enumerated(differences), 14);
    }
  });

  it("is 1 where nothing differs, and takes infinities for the largest", () => {
    expect(signedRankP([])).toBe(1);
    expect(signedRankP([0, -0, 0])).toBe(1);
    expect(signedRankP([Infinity, 1, 2])).toBe(1 / 8);
    expect(signedRankP([-Infinity, 1, 2])).toBe(5 / 8);
  });
});

/** Slow and plain: every way to give the differences signs. */
function enumerated(differences: readonly number[]): number {
  const sizes = differences.map(Math.abs);
  const ranks = sizes.map((size) => {
    const below = sizes.filter((other) => other < size).length;
    const equal = sizes.filter((other) => other === size).length;
    return below + (equal + 1) / 2;
  });
  const moved = [...differences.keys()].filter((i) => differences[i] !== 0);
  const sum = (isPositive: (place: number) => boolean): number =>
    moved.reduce((total, i, place) => total + (isPositive(place) ? (ranks[i] as number) : 0), 0);
  const seen = sum((place) => (differences[moved[place] as number] as number) > 0);
  let asLarge = 0;
  for (let signs = 0; signs < 2 ** moved.length; signs++) if (sum((place) => ((signs >> place) & 1) === 1) >= seen) asLarge++;
  return asLarge / 2 ** moved.length;
}
