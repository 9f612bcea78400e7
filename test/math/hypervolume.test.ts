import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hypervolume, hypervolumeContributions } from "#hpo/math/hypervolume";
import { rng } from "#hpo/math/rng";

/** By inclusion and exclusion over all subsets: the union of boxes up to the reference, exact on small integers. */
function byInclusion(rows: readonly (readonly number[])[], reference: readonly number[]): number {
  let sum = 0;
  for (let subset = 1; subset < 1 << rows.length; subset++) {
    const members = rows.filter((_, i) => (subset >> i) & 1);
    const corner = reference.map((_, j) => Math.max(...members.map((row) => row[j] as number)));
    const shared = corner.reduce((product, value, j) => product * Math.max(0, (reference[j] as number) - value), 1);
    sum += members.length % 2 === 1 ? shared : -shared;
  }
  return sum;
}

const integers = (objectives: number, most: number) =>
  fc.array(fc.array(fc.nat(7), { minLength: objectives, maxLength: objectives }), { maxLength: most });

describe("hypervolume", () => {
  // Integers up to 6 within a reference of 6: every sum is exact, so equality is.
  it.each([1, 2, 3, 4, 5])("equals inclusion and exclusion for %i objectives, with duplicates and points outside", (objectives) => {
    const reference = new Array<number>(objectives).fill(6);
    fc.assert(
      fc.property(integers(objectives, 8), (rows) => {
        expect(hypervolume(Float64Array.from(rows.flat()), reference)).toBe(byInclusion(rows, reference));
      }),
      { seed: 7, numRuns: 120 },
    );
  });

  it("comes to the known value on the fronts of ZDT1 and ZDT2", () => {
    // The integrals over the fronts within (1.1, 1.1); a staircase of n steps falls short by about 1 / (2n).
    const front = (shape: (x: number) => number) =>
      Float64Array.from({ length: 40_002 }, (_, i) => (i % 2 === 0 ? (i >> 1) / 20_000 : shape((i >> 1) / 20_000)));
    const zdt1 = hypervolume(
      front((x) => 1 - Math.sqrt(x)),
      [1.1, 1.1],
    );
    expect(zdt1).toBeLessThan(1.21 - 1 / 3);
    expect(zdt1).toBeGreaterThan(1.21 - 1 / 3 - 5e-5);
    const zdt2 = hypervolume(
      front((x) => 1 - x * x),
      [1.1, 1.1],
    );
    expect(zdt2).toBeLessThan(1.21 - 2 / 3);
    expect(zdt2).toBeGreaterThan(1.21 - 2 / 3 - 5e-5);
  });

  it("keeps its value when an objective that is equal everywhere is added", () => {
    const stream = rng(2);
    for (const objectives of [2, 3, 4]) {
      const rows = Array.from({ length: 60 }, () => Array.from({ length: objectives }, () => stream.uniform()));
      const padded = rows.map((row) => [...row.slice(0, 1), 0, ...row.slice(1)]);
      const plain = hypervolume(Float64Array.from(rows.flat()), new Array<number>(objectives).fill(1));
      const wider = hypervolume(Float64Array.from(padded.flat()), new Array<number>(objectives + 1).fill(1));
      // Two algorithms, at most 60 terms each.
      expect(Math.abs(wider - plain)).toBeLessThan(1e-13);
    }
  });

  it("is 0 without points below the reference", () => {
    expect(hypervolume(new Float64Array(0), [1, 1])).toBe(0);
    expect(hypervolume(Float64Array.of(1, 0, 0, 1, Number.NaN, 0, Infinity, 0), [1, 1])).toBe(0);
  });
});

describe("hypervolumeContributions", () => {
  it.each([1, 2, 3, 4])("is what is lost without each point, for %i objectives", (objectives) => {
    const reference = new Array<number>(objectives).fill(6);
    fc.assert(
      fc.property(integers(objectives, 12), (rows) => {
        const all = hypervolume(Float64Array.from(rows.flat()), reference);
        const lost = rows.map((_, i) => all - hypervolume(Float64Array.from(rows.filter((__, k) => k !== i).flat()), reference));
        expect([...hypervolumeContributions(Float64Array.from(rows.flat()), reference)]).toEqual(lost);
      }),
      { seed: 8, numRuns: 120 },
    );
  });
});
