import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { defaultPopulation, strategy } from "#hpo/samplers/cma-es/strategy";

interface Constants {
  readonly dimension: number;
  readonly population: number;
  readonly weights: number[];
  readonly [name: string]: unknown;
}

const { strategies } = JSON.parse(readFileSync(new URL("../../oracle/cma_es_oracle.json", import.meta.url), "utf8")) as {
  strategies: Constants[];
};

it.each(strategies)("gives the tutorial's constants for $dimension coordinates and $population points", (wanted) => {
  const found = strategy(wanted.dimension, wanted.population);
  for (const name of ["effective", "cPath", "cOne", "cMu", "cSigma", "dSigma"] as const)
    expect(found[name]).toBeCloseTo(wanted[name] as number, 12);
  expect(found.weights.length).toBe(wanted.population);
  for (const [i, weight] of wanted.weights.entries()) expect(found.weights[i]).toBeCloseTo(weight, 12);
});

it("knows the mean length of normal vectors and takes more points than the tutorial", () => {
  // √2 Γ((n + 1) / 2) / Γ(n / 2): √(2/π), 2 √(2/π), 8/3 √(2/π).
  const first = Math.sqrt(2 / Math.PI);
  expect(strategy(1, 6).expectedNorm / first).toBeCloseTo(1, 2);
  expect(strategy(3, 6).expectedNorm / (2 * first)).toBeCloseTo(1, 2);
  expect(strategy(5, 6).expectedNorm / ((8 / 3) * first)).toBeCloseTo(1, 3);
  expect([0, 1, 2, 5, 10, 50].map(defaultPopulation)).toEqual([7, 7, 10, 14, 17, 26]);
});
