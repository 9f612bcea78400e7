import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crowdingDistances, dominates, nonDominatedRanks, paretoFront } from "#hpo/math/pareto";
import { rng } from "#hpo/math/rng";

/** Few levels, so that ties and duplicates abound; with infinities. */
const coordinate = fc.constantFrom(0, 1, 2, 3, -1, 0.5, Infinity, -Infinity);
const points = (objectives: number) =>
  fc
    .array(fc.array(coordinate, { minLength: objectives, maxLength: objectives }), { maxLength: 30 })
    .map((rows) => Float64Array.from(rows.flat()));

/** By the definition: peel off what nothing left dominates. */
function peeled(all: Float64Array, objectives: number): number[] {
  const ranks = new Array<number>(all.length / objectives).fill(-1);
  for (let rank = 0; ranks.includes(-1); rank++) {
    const left = [...ranks.keys()].filter((i) => ranks[i] === -1);
    const beats = (a: number, b: number) => {
      const row = (i: number) => [...all.subarray(i * objectives, (i + 1) * objectives)];
      return row(a).every((v, j) => v <= (row(b)[j] as number)) && row(a).some((v, j) => v < (row(b)[j] as number));
    };
    for (const i of left) if (!left.some((other) => beats(other, i))) ranks[i] = rank;
  }
  return ranks;
}

describe("nonDominatedRanks", () => {
  it.each([1, 2, 3, 4])("equals the peeling of fronts for %i objectives", (objectives) => {
    fc.assert(
      fc.property(points(objectives), (all) => {
        expect([...nonDominatedRanks(all, objectives)]).toEqual(peeled(all, objectives));
      }),
      { seed: 5, numRuns: 150 },
    );
  });

  it("sorts 200,000 points of two objectives by their n log n way", () => {
    // Plain pairwise comparison would need 4e10 steps, far beyond the time limit of a test.
    const stream = rng(1);
    const all = Float64Array.from({ length: 400_000 }, () => stream.uniform());
    const ranks = nonDominatedRanks(all, 2);
    expect(ranks.filter((rank) => rank === 0).length).toBe(paretoFront(all, 2).length);
    // The longest chain of dominance among n uniform points is near 2 √n.
    expect(Math.max(...new Set(ranks))).toBeGreaterThan(700);
    expect(Math.max(...new Set(ranks))).toBeLessThan(2 * Math.sqrt(200_000));
  });

  it("has nothing to say of no points", () => {
    expect(nonDominatedRanks(new Float64Array(0), 2)).toHaveLength(0);
    expect(paretoFront(new Float64Array(0), 3)).toEqual([]);
  });
});

describe("dominates", () => {
  it("wants one objective smaller and none larger", () => {
    const all = Float64Array.of(1, 2, 1, 3, 0, 9, 1, 2);
    expect([0, 2, 4, 6].map((b) => dominates(all, 0, b, 2))).toEqual([false, true, false, false]);
  });
});

describe("crowdingDistances", () => {
  it("is the sum of the neighbours' gaps as shares of the ranges", () => {
    // (0, 10) (1, 6) (4, 1) (10, 0): ranges 10 and 10.
    const all = Float64Array.of(1, 6, 10, 0, 0, 10, 4, 1);
    expect([...crowdingDistances(all, 2, [0, 1, 2, 3])]).toEqual([0.4 + 0.9, Infinity, Infinity, 0.9 + 0.6]);
  });

  it("counts only the members", () => {
    const all = Float64Array.of(0, 4, 1, 3, 2, 2, 4, 0);
    expect([...crowdingDistances(all, 2, [0, 2, 3])]).toEqual([Infinity, 2, Infinity]);
  });

  it("is 0 where all are equal, and never NaN", () => {
    expect([...crowdingDistances(Float64Array.of(1, 2, 1, 2, 1, 2), 2, [0, 1, 2])]).toEqual([0, 0, 0]);
    fc.assert(
      fc.property(points(2), (all) => {
        const distances = crowdingDistances(all, 2, [...new Array(all.length / 2).keys()]);
        expect(distances.every((distance) => distance >= 0)).toBe(true);
      }),
      { seed: 6, numRuns: 150 },
    );
  });

  it("does not overflow on the widest range", () => {
    const wide = Float64Array.of(-1.7e308, 0, 1.7e308);
    expect([...crowdingDistances(wide, 1, [0, 1, 2])]).toEqual([Infinity, 1, Infinity]);
  });
});
