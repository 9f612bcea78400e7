import { readFileSync } from "node:fs";
import { rng } from "hpo";
import { lowerConfidenceSequence } from "#hpo/math/without-replacement";
import { describe, expect, it } from "vitest";

interface Case {
  readonly population: number;
  readonly alpha: number;
  readonly draws: readonly number[];
  readonly lower: readonly number[];
}
const oracle = JSON.parse(readFileSync(new URL("../oracle/without_replacement_oracle.json", import.meta.url), "utf8")) as { cases: Case[] };

describe("lowerConfidenceSequence()", () => {
  it("agrees with the formulas of the paper in whole arrays", () => {
    for (const { draws, population, alpha, lower } of oracle.cases) {
      const bounds = lowerConfidenceSequence(draws, population, alpha);
      for (const [i, expected] of lower.entries()) expect(bounds[i]).toBeCloseTo(expected, 10);
    }
  });

  it("covers the mean at all times but with the stated probability, whatever the population", () => {
    const stream = rng(5);
    const populations: Record<string, (i: number) => number> = {
      "half of it 1": (i) => i % 2,
      "one of ten 1": (i) => (i % 10 === 0 ? 1 : 0),
      "nine of ten 1": (i) => (i % 10 === 0 ? 0 : 1),
      even: (i) => (i + 0.5) / 40,
    };
    for (const [name, of] of Object.entries(populations)) {
      const items = Float64Array.from({ length: 40 }, (_, i) => of(i));
      const mean = items.reduce((sum, one) => sum + one, 0) / 40;
      let missed = 0;
      for (let run = 0; run < 1500; run++) {
        const bounds = lowerConfidenceSequence([...stream.shuffle(items)], 40, 0.2);
        if (bounds.some((bound) => bound > mean + 1e-12)) missed++;
      }
      // 1500 runs: a rate of 0.2 is exceeded by 0.03 with a probability of 0.002.
      expect(missed / 1500, name).toBeLessThan(0.23);
    }
  });

  it("ends at the mean, and is certain as soon as what was drawn alone is above any bound", () => {
    expect(lowerConfidenceSequence([1, 1, 1, 0], 4, 0.05)).toEqual(Float64Array.of(0.25, 0.5, 0.75, 0.75));
    expect(lowerConfidenceSequence([], 4, 0.05)).toHaveLength(0);
  });
});
