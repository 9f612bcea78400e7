import { readFileSync } from "node:fs";
import { rng } from "hpo";
import { describe, expect, it } from "vitest";
import { falseDiscoveryLimit, rankSumP, signP } from "../../scripts/quality/rank-sum.ts";

const oracle = JSON.parse(readFileSync(new URL("../oracle/rank_sum_oracle.json", import.meta.url), "utf8")) as {
  readonly rankSum: readonly { readonly ours: readonly number[]; readonly theirs: readonly number[]; readonly p: number }[];
  readonly sign: readonly { readonly above: number; readonly n: number; readonly p: number }[];
};

describe("rankSumP()", () => {
  it("gives the p-values of SciPy: exact up to 50 values, by the normal approximation with ties beyond", () => {
    expect(oracle.rankSum).toHaveLength(20);
    for (const { ours, theirs, p } of oracle.rankSum) {
      expect(rankSumP(ours, theirs) / p, `${ours.length} and ${theirs.length} values`).toBeCloseTo(1, 9);
    }
  });

  it("counts all ways to choose which values are ours, also with ties", () => {
    const stream = rng("rank sum");
    for (let run = 0; run < 40; run++) {
      const values = Array.from({ length: 2 + (run % 9) }, () => stream.below(5));
      const ours = 1 + stream.below(values.length - 1);
      expect(rankSumP(values.slice(0, ours), values.slice(ours)), values.join(" ")).toBeCloseTo(enumerated(values, ours), 13);
    }
  });

  it("is 1 where nothing differs or one sample is empty, and takes infinities for the largest", () => {
    expect(rankSumP([2, 2], [2, 2, 2])).toBe(1);
    expect(rankSumP([], [1])).toBe(1);
    expect(rankSumP([Infinity, Infinity], [1, 2])).toBeCloseTo(1 / 6, 15);
    expect(rankSumP([1, 2], [Infinity, Infinity])).toBe(1);
    expect(
      rankSumP(
        Array.from({ length: 40 }, () => 1),
        Array.from({ length: 40 }, () => 1),
      ),
    ).toBe(1);
  });

  it("refutes at 5 % no more than 5 % of equal samples, and most of those that are twice as large", () => {
    const stream = rng("levels");
    const regrets = (scale: number): number[] => Array.from({ length: 20 }, () => scale * stream.uniform() ** 2);
    const share = (scale: number): number =>
      Array.from({ length: 200 }, () => rankSumP(regrets(scale), regrets(1))).filter((p) => p <= 0.05).length / 200;
    // 200 draws at 5 % have a standard deviation of 1.5 %.
    expect(share(1)).toBeLessThan(0.05 + 0.045);
    expect(share(4)).toBeGreaterThan(0.8);
  });
});

describe("signP()", () => {
  it("gives SciPy's tails of the binomial distribution", () => {
    for (const { above, n, p } of oracle.sign) expect(signP(above, n) / p, `${above} of ${n}`).toBeCloseTo(1, 12);
  });
});

describe("falseDiscoveryLimit()", () => {
  it("rejects the four hypotheses of Benjamini and Hochberg's example (1995, section 3.2)", () => {
    const ps = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1];
    expect(falseDiscoveryLimit(ps.toReversed(), 0.05)).toBe(0.0095);
  });

  it("rejects none of many large ones, and none of none", () => {
    expect(falseDiscoveryLimit([0.04, 0.5, 0.9], 0.05)).toBe(-1);
    expect(falseDiscoveryLimit([], 0.05)).toBe(-1);
  });
});

/** Slow and plain: the share of all choices of so many values whose ranks sum to at least that of the first ones. */
function enumerated(values: readonly number[], chosen: number): number {
  const ranks = values.map((value) => {
    const below = values.filter((other) => other < value).length;
    return below + (values.filter((other) => other === value).length + 1) / 2;
  });
  const sum = (mask: number): number => ranks.reduce((total, rank, i) => total + (((mask >> i) & 1) === 1 ? rank : 0), 0);
  const seen = sum(2 ** chosen - 1);
  const choices = Array.from({ length: 2 ** values.length }, (_, mask) => mask).filter(
    (mask) => values.filter((_, i) => ((mask >> i) & 1) === 1).length === chosen,
  );
  return choices.filter((mask) => sum(mask) >= seen).length / choices.length;
}
