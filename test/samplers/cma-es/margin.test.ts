import { describe, expect, it } from "vitest";
import type { Space } from "#hpo/core/space";
import { normalCdf } from "#hpo/math/normal-distribution";
import { axesOf } from "#hpo/samplers/axes";
import { type Distribution, startDistribution } from "#hpo/samplers/cma-es/distribution";
import { correctMargin } from "#hpo/samplers/cma-es/margin";
import { strategy } from "#hpo/samplers/cma-es/strategy";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { values } from "#hpo/space/values";
import { unitBuckets } from "#hpo/space/unit-buckets";
import { unitScale } from "#hpo/space/unit-scale";

const space: Space = { n: int(1, 10), x: float(0, 1), l: int(1, 500, { log: true }), flag: values([false, true]), c: choice(["a", "b"]) };

function corrected(mean: number[], sigma: number): Distribution {
  const distribution = startDistribution(strategy(4, 8), Float64Array.from(mean), sigma);
  correctMargin(distribution, axesOf(space));
  return distribution;
}

describe("the margin", () => {
  it("leaves each neighbour of a value that can be counted its least probability, and floats alone", () => {
    const alpha = 1 / (4 * 8);
    for (const sigma of [0.5, 0.05, 0.001, 1e-9, 1e-12]) {
      for (const mean of [
        [0.55, 0.2, 0.5, 0.1],
        [0.05, 0.2, 0.01, 0.9],
        [0.41, 0.2, 0.99, 0.499],
        [1.4, 0.2, -0.3, 0.5],
      ]) {
        const { snapshot } = corrected(mean, sigma);
        expect(snapshot.mean[1]).toBe(0.2);
        expect(snapshot.deviations[1]).toBe(sigma);
        for (const [d, axis] of axesOf(space).numeric.entries()) {
          if (axis.buckets === null) continue;
          const { count, edge } = axis.buckets;
          const [m, s] = [snapshot.mean[d] as number, snapshot.deviations[d] as number];
          let cell = 0;
          while (cell < count - 1 && m > edge(cell + 1)) cell++;
          const below = cell === 0 ? 0 : normalCdf((edge(cell) - m) / s);
          const above = cell === count - 1 ? 0 : normalCdf((m - edge(cell + 1)) / s);
          const told = `${axis.name}, mean ${mean[d]}, sigma ${sigma}: ${below}, ${above}`;
          if (cell > 0 && cell < count - 1) expect(Math.min(below, above), told).toBeGreaterThan((alpha / 2) * (1 - 1e-6));
          // With one neighbour; above a half the mean has jumped over its edge by rounding.
          else expect(Math.max(below, above), told).toBeGreaterThan(alpha * (1 - 1e-6));
        }
      }
    }
  });

  it("changes nothing where all values are likely enough", () => {
    const { snapshot } = corrected([0.5, 0.5, 0.5, 0.5], 0.3);
    expect([...snapshot.mean]).toEqual([0.5, 0.5, 0.5, 0.5]);
    expect([...snapshot.deviations]).toEqual([0.3, 0.3, 0.3, 0.3]);
  });

  it("knows the pieces of the unit interval that map to each value", () => {
    for (const parameter of [int(3, 9), int(1, 40, { log: true }), values(["a", "b", "c"]), float(0, 1, { step: 0.3 })]) {
      const buckets = unitBuckets(parameter)!;
      expect([buckets.edge(0), buckets.edge(buckets.count)]).toEqual([0, 1]);
      for (let at = 0; at < buckets.count; at++) {
        const [low, high] = [buckets.edge(at), buckets.edge(at + 1)];
        for (const u of [low + 1e-9, (low + high) / 2, high - 1e-9]) expect(buckets.indexOf(unitScale(parameter).fromUnit(u))).toBe(at);
      }
    }
    expect(unitBuckets(float(0, 1))).toBeNull();
  });
});
