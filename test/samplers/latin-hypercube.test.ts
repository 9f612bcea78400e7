import { describe, expect, it } from "vitest";
import type { Params, Space } from "#hpo/core/space";
import { rng } from "#hpo/math/rng";
import { latinHypercube } from "#hpo/samplers/latin-hypercube";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";

const space: Space = { a: float(0, 1), b: float(0, 1), c: float(0, 1), n: int(1, 12) };

function points(trials: number, seed: number): number[][] {
  const sampler = latinHypercube({ trials });
  const state = sampler.start({ space, directions: ["minimize"], seed });
  return Array.from(
    { length: trials },
    (_, n) => Object.values(sampler.propose(state, n, [], rng(seed).fork("sampler", n))?.params as Params) as number[],
  );
}

describe("latinHypercube", () => {
  it.each([1, 2, 12, 60, 601])("tries each of %i slices of every dimension once", (trials) => {
    const found = points(trials, trials);
    for (let d = 0; d < 3; d++) {
      const slices = found.map((point) => Math.floor((point[d] as number) * trials));
      expect(slices.toSorted((a, b) => a - b)).toEqual(Array.from({ length: trials }, (_, slice) => slice));
    }
    if (trials % 12 === 0) {
      for (let n = 1; n <= 12; n++) expect(found.filter((point) => point[3] === n).length).toBe(trials / 12);
    }
  });

  it("pairs the slices at random and differs from seed to seed", () => {
    const found = points(400, 1);
    const correlation = found.reduce((sum, [a, b]) => sum + ((a as number) - 0.5) * ((b as number) - 0.5), 0) / (400 / 12);
    expect(Math.abs(correlation)).toBeLessThan(0.2);
    expect(points(5, 1)).not.toEqual(points(5, 2));
  });

  it("ends after its trials and refuses a number that is none", () => {
    expect(latinHypercube({ trials: 7 }).size(space)).toBe(7);
    expect(() => latinHypercube({ trials: 0 })).toThrow("latinHypercube(): trials must be an integer from 1 to 1000000; got 0.");
    expect(() => latinHypercube({} as never)).toThrow("latinHypercube(): trials must be an integer from 1 to 1000000; got nothing.");
  });
});
