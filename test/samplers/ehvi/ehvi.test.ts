import { choice, ehvi, float, HpoError, int, rng } from "hpo";
import { describe, expect, it } from "vitest";
import { allScenarios, describeSamplerContract, severalObjectivesScenarios } from "../../contract/sampler-contract.ts";
import { type Problem, randomVolumes, search, volumes, zdt } from "../test-problems.ts";

// The laws fit the processes anew for each trial and again for all before it: 12 trials show what 25 would.
const scenarios = [...allScenarios, ...severalObjectivesScenarios].map((one) => ({ ...one, trials: Math.min(12, one.trials) }));
describeSamplerContract("ehvi", () => ehvi({ startupTrials: 3 }), scenarios);

/** Two bowls whose optima lie apart, the second a thousand times as large: the front is the way between them. */
const bowls: Problem = {
  space: { x: float(0, 1), y: float(0, 1), n: int(1, 9), kind: choice(["a", "b"]) },
  directions: ["minimize", "maximize"],
  evaluate({ x, y, n, kind }) {
    const rest = (((n as number) - 4) / 8) ** 2 + (kind === "a" ? 0 : 0.3);
    return [
      ((x as number) - 0.3) ** 2 + ((y as number) - 0.2) ** 2 + rest,
      -1000 * (((x as number) - 0.7) ** 2 + ((y as number) - 0.6) ** 2 + rest),
    ];
  },
};

describe("ehvi", () => {
  it("needs fewer trials for the front of ZDT1 than random draws ten times", () => {
    const problem = zdt(1, 5);
    const found = volumes(ehvi, problem, { trials: 45, seeds: 3, reference: [1.1, 1.1] });
    const drawn = randomVolumes(problem, { trials: 450, seeds: 3, reference: [1.1, 1.1] });
    expect(found[0]).toBeGreaterThan((drawn[2] as number) + 0.3);
    // All there is: 0.8767.
    expect(found[1]).toBeGreaterThan(0.8);
  });

  it("finds the front over numbers, integers and categories, one of the objectives to maximise, also 8 ahead", () => {
    const minimised: Problem = {
      ...bowls,
      evaluate: (params) => bowls.evaluate(params).map((value, j) => (j === 1 ? -value : value)),
      directions: ["minimize", "minimize"],
    };
    const reference = [0.5, 500];
    const drawn = randomVolumes(minimised, { trials: 400, seeds: 3, reference });
    for (const lookahead of [1, 8]) {
      const found = search(ehvi(), bowls, { trials: 40, seed: 1, lookahead });
      const last = found.slice(20).map(({ params }) => [params["kind"], params["n"]].join());
      expect(last.filter((one) => one === "a,4").length).toBeGreaterThan(8);
      expect(volumes(ehvi, minimised, { trials: 40, seeds: 1, reference, lookahead })[0]).toBeGreaterThan(drawn[2] as number);
    }
  });

  it("keeps to where a constraint is met", () => {
    const problem: Problem = { ...zdt(1, 3), constraints: ({ x1 }) => [0.6 - (x1 as number)] };
    const late = search(ehvi(), problem, { trials: 35, seed: 1 }).slice(15);
    expect(late.filter(({ params }) => (params["x1"] as number) >= 0.6).length).toBeGreaterThan(12);
  });

  it("says what it went by", () => {
    const trials = search(ehvi({ startupTrials: 4 }), zdt(1, 3), { trials: 8, seed: 1 });
    const sampler = ehvi({ startupTrials: 4 });
    let state = sampler.start({ space: zdt(1, 3).space, directions: ["minimize", "minimize"] });
    expect(sampler.propose(state, 0, [], rng(1))?.by).toBe("sobol");
    expect(sampler.propose(state, 6, [], rng(1))).toMatchObject({ by: "ehvi", why: "a random draw: too few values to model" });
    for (const trial of trials) state = sampler.absorb(state, trial);
    expect(sampler.propose(state, 8, [], rng(1))).toMatchObject({ by: "ehvi", why: "largest expected growth of the hypervolume" });
  });

  it("takes infinite, equal and huge values, failed and pruned trials, and 50 parameters", () => {
    const wide = zdt(1, 50);
    const odd: Problem = {
      ...wide,
      evaluate: ({ x0, x1 }) => [(x0 as number) < 0.5 ? Infinity : 1, (x1 as number) < 0.3 ? -Infinity : (x1 as number) < 0.6 ? 1e300 : 2],
    };
    expect(search(ehvi({ startupTrials: 5 }), odd, { trials: 14, seed: 3, lookahead: 4 })).toHaveLength(14);
    const equal: Problem = { ...zdt(1, 2), evaluate: () => [1, 1] };
    expect(search(ehvi({ startupTrials: 2 }), equal, { trials: 12, seed: 3 })).toHaveLength(12);
  });

  it("stays quick with a long history: a process takes 240 trials at most", () => {
    const problem = zdt(2, 2);
    const sampler = ehvi();
    let state = sampler.start({ space: problem.space, directions: problem.directions });
    for (let number = 0; number < 250; number++) {
      const params = { x0: rng(number).uniform(), x1: rng(number).fork(1).uniform() };
      state = sampler.absorb(state, { number, state: "complete", params, values: problem.evaluate(params), standardErrors: [0.01, null] });
    }
    const { params } = sampler.propose(state, 250, [], rng(1)) as { params: Record<string, number> };
    // The front is x1 = 0.
    expect(params["x1"]).toBeLessThan(0.05);
  });

  it("refuses a start of no trials", () => {
    expect(() => ehvi({ startupTrials: 0 })).toThrow(HpoError);
    expect(() => ehvi({ startupTrials: 0 })).toThrow("ehvi(): startupTrials must be an integer of at least 1; got 0.");
  });
});
