import { grid, int, type Params, random, replicated, rng, type Sampler, sobol, startup, tpe } from "hpo";
import { bestConfiguration } from "#hpo/study/best-outcome";
import { describe, expect, it } from "vitest";
import { type FinishedTrial } from "#hpo/core/sampler";

const space = { a: int(0, 9), b: int(0, 5) };

/** A rough bowl, another one for each seed. */
function table(seed: number): (params: Params) => number {
  const stream = rng(seed).fork("table");
  const [centreA, centreB] = [9 * stream.uniform(), 5 * stream.uniform()];
  return (params) => {
    const [a, b] = [params["a"] as number, params["b"] as number];
    return ((a - centreA) / 5) ** 2 + ((b - centreB) / 3) ** 2 + 0.15 * Math.sin(3 * a + seed) * Math.sin(2 * b + seed);
  };
}

interface Told {
  readonly params: Params;
  readonly value: number;
  readonly by: string;
  readonly repeatOf: number | undefined;
}

interface Run {
  readonly sampler: Sampler;
  readonly trials: number;
  readonly seed: number;
  readonly noise: number;
  readonly lookahead?: number;
  readonly direction?: "minimize" | "maximize";
  readonly state?: (number: number) => FinishedTrial["state"];
}

function run({ sampler, trials, seed, noise, lookahead = 1, direction = "minimize", state: stateOf = () => "complete" }: Run): Told[] {
  const truth = table(seed);
  const sign = direction === "maximize" ? -1 : 1;
  let state = sampler.start({ space, directions: [direction], seed });
  const told: Told[] = [];
  let absorbed = 0;
  for (let number = 0; number < trials; number++) {
    for (; absorbed <= number - lookahead; absorbed++) {
      const { params, value } = told[absorbed] as Told;
      const end = stateOf(absorbed);
      const values = end === "complete" ? [value] : [];
      state = sampler.absorb(state, { number: absorbed, state: end, params, values, standardErrors: [null] });
    }
    const pending = told.slice(absorbed).map(({ params }) => params);
    const proposal = sampler.propose(state, number, pending, rng(seed).fork("sampler", number));
    if (proposal === undefined) break;
    const value = sign * (truth(proposal.params) + noise * rng(seed).fork("noise", number).normal());
    told.push({ params: proposal.params, value, by: proposal.by, repeatOf: proposal.repeatOf });
  }
  return told;
}

/** How far the configuration that reports would name is from the best one. */
function regret(told: readonly Told[], seed: number): number {
  const truth = table(seed);
  const least = Math.min(...Array.from({ length: 60 }, (_, cell) => truth({ a: cell % 10, b: Math.floor(cell / 10) })));
  const judged = bestConfiguration({ metric: "v", direction: "minimize", firstOf: (trial) => told[trial]?.repeatOf ?? trial });
  for (const [trial, { value }] of told.entries()) {
    judged.absorb({ trial, state: "complete", values: { v: { value, standardError: null, pooled: null } } });
  }
  return truth(told[judged.best?.trial ?? 0]?.params ?? {}) - least;
}

const repeatsIn = (told: readonly Told[]): number => told.filter(({ repeatOf }) => repeatOf !== undefined).length;

describe("replicated()", () => {
  it("finds the truly best of a noisy table more often than no repeats at equal trials", () => {
    const seeds = Array.from({ length: 24 }, (_, seed) => seed);
    const regretOf = (make: () => Sampler): number[] =>
      seeds.map((seed) => regret(run({ sampler: make(), trials: 50, seed, noise: 0.2 }), seed));
    const [without, withRepeats] = [regretOf(() => tpe()), regretOf(() => replicated(tpe()))];
    const found = (list: readonly number[]): number => list.filter((one) => one < 1e-12).length;
    const mean = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;
    // Measured over 60 seeds: 45 % against 23 % found, mean regret 0.056 against 0.104.
    expect(found(withRepeats)).toBeGreaterThan(1.3 * found(without));
    expect(mean(withRepeats)).toBeLessThan(0.75 * mean(without));
  });

  it("repeats two configurations of a table without noise, and then none for ever", () => {
    const told = run({ sampler: replicated(tpe()), trials: 58, seed: 3, noise: 0 });
    const places = told.flatMap(({ repeatOf }, number) => (repeatOf === undefined ? [] : [number]));
    expect(places).toEqual([8, 9]);
    expect(repeatsIn(run({ sampler: tpe(), trials: 58, seed: 3, noise: 0 }))).toBe(0);
  });

  it("repeats more where noise is larger", () => {
    const [little, much] = [0.02, 0.3].map((noise) => repeatsIn(run({ sampler: replicated(tpe()), trials: 50, seed: 1, noise })));
    expect(little).toBeLessThan(much as number);
    expect(much).toBeLessThan(40);
  });

  it("names the first trial of what it repeats, and counts what runs", () => {
    for (const direction of ["minimize", "maximize"] as const) {
      const told = run({ sampler: replicated(startup(8, sobol(), tpe())), trials: 50, seed: 2, noise: 0.3, lookahead: 6, direction });
      expect(repeatsIn(told)).toBeGreaterThan(4);
      for (const [number, { params, repeatOf, by }] of told.entries()) {
        const first = told.findIndex((one) => JSON.stringify(one.params) === JSON.stringify(params));
        expect(repeatOf).toBe(first === number ? undefined : first);
        if (by === "replicated") expect(first).toBeLessThan(number);
      }
    }
  });

  it("takes a table that was gone through first", () => {
    const mean = (make: () => Sampler, trials: number): number =>
      Array.from({ length: 10 }, (_, seed) => regret(run({ sampler: make(), trials, seed, noise: 0.2 }), seed)).reduce((a, b) => a + b) /
      10;
    const alone = mean(() => grid(), 60);
    const repeated = mean(() => startup(60, grid(), replicated(tpe())), 84);
    expect(repeated).toBeLessThan(0.6 * alone);
  });

  it("does not go on repeating what fails", () => {
    const told = run({
      sampler: replicated(tpe()),
      trials: 50,
      seed: 4,
      noise: 0.2,
      state: (number) => (number < 8 ? "complete" : "failed"),
    });
    expect(repeatsIn(told)).toBeLessThan(16);
  });

  it("refuses samplers that do not learn, and several objectives", () => {
    expect(() => replicated(random())).toThrow("replicated(): sampler must be one that learns from outcomes, such as tpe(); got random().");
    expect(() => replicated(tpe()).start({ space, directions: ["minimize", "maximize"] })).toThrow(
      "replicated(): a study must have one objective; got 2. Name one.",
    );
  });
});
