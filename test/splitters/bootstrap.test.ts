import { rng } from "#hpo/math/rng";
import { bootstrap } from "#hpo/splitters/bootstrap";
import { describe, expect, it } from "vitest";
import { describeSplitterContract } from "../contract/splitter-contract.ts";
import { rowsOf } from "./split-rows.ts";

const promises = { testsEachRowOnce: false, keepsGroups: false, keepsClasses: false, random: true, replacement: true };
describeSplitterContract("bootstrap", () => bootstrap({ samples: 5 }), promises);
describeSplitterContract("bootstrap with a seed", () => bootstrap({ samples: 3, seed: 2 }), { ...promises, random: false });

describe("bootstrap", () => {
  it("draws every row as often as chance has it", () => {
    const [rows, samples] = [40, 3000];
    /** How many samples had the row 0, 1, 2 … times. */
    const drawn = new Float64Array(6);
    for (const { train } of bootstrap({ samples }).split(rowsOf({ rows }), rng("chance"))) {
      const times = new Uint32Array(rows);
      for (const row of train) times[row] = (times[row] as number) + 1;
      for (const one of times) drawn[Math.min(5, one)] = (drawn[Math.min(5, one)] as number) + 1;
    }
    // Binomial(40, 1/40); five standard deviations of a share of 120,000 draws, which depend on each other negatively.
    const expected = [0.36323, 0.37255, 0.18627, 0.0605, 0.01435];
    for (const [times, share] of expected.entries()) {
      expect(Math.abs((drawn[times] as number) / (rows * samples) - share)).toBeLessThan(
        5 * Math.sqrt((share * (1 - share)) / (rows * samples)),
      );
    }
  });

  it("draws again where no row was left out", () => {
    for (const { train, test } of bootstrap({ samples: 50 }).split(rowsOf({ rows: 2 }), rng(0))) {
      expect([train[0] === train[1], test.length]).toEqual([true, 1]);
    }
  });

  it("is labelled by its samples", () => expect(bootstrap({ samples: 100 }).label).toBe("100 bootstrap samples"));
});
