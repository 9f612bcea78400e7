import { choice, defineStudy, float, HpoError, int, nsga2, openStudy, rng } from "hpo";
import { describe, expect, it } from "vitest";
import { describeSamplerContract, severalObjectivesScenarios } from "../../contract/sampler-contract.ts";
import { type Problem, randomVolumes, search, volumes, zdt } from "../test-problems.ts";

describeSamplerContract("nsga2", () => nsga2({ populationSize: 6 }));
describeSamplerContract("nsga2 with several objectives", () => nsga2({ populationSize: 6 }), severalObjectivesScenarios);

describe("nsga2", () => {
  it("covers far more of ZDT1 and ZDT2 than random draws, at any lookahead", () => {
    for (const problem of [zdt(1, 10, 0.37), zdt(2, 10)]) {
      const options = { trials: 400, seeds: 5, reference: [1.1, 10] };
      const best = randomVolumes(problem, options).at(-1) as number;
      expect(volumes(nsga2, problem, options)[0]).toBeGreaterThan(best + 0.3);
      expect(volumes(nsga2, problem, { ...options, lookahead: 8 })[0]).toBeGreaterThan(best + 0.3);
    }
  });

  it("finds the optimum of one objective to maximise, over numbers, integers and categories", () => {
    const problem: Problem = {
      space: { x: float(-5, 5), n: int(1, 64), kind: choice(["a", "b", "c"]), rate: float(1e-5, 1, { log: true }) },
      directions: ["maximize"],
      evaluate: ({ x, n, kind, rate }) => [
        -(((x as number) - 1) ** 2) - (((n as number) - 37) / 16) ** 2 - (kind === "b" ? 0 : 1) - (Math.log10(rate as number) + 3) ** 2,
      ],
    };
    for (let seed = 0; seed < 5; seed++) {
      const best = search(nsga2(), problem, { trials: 600, seed }).reduce((a, b) =>
        (b.values[0] as number) > (a.values[0] as number) ? b : a,
      );
      expect(best.values[0]).toBeGreaterThan(-0.05);
    }
  });

  it("goes to where constraints are met, though objectives are better elsewhere", () => {
    const bare = zdt(1, 5);
    const problem: Problem = { ...bare, constraints: ({ x1 }) => [0.5 - (x1 as number)] };
    const late = search(nsga2(), problem, { trials: 300, seed: 1 }).slice(200);
    expect(late.filter(({ params }) => (params["x1"] as number) >= 0.5).length).toBeGreaterThan(60);
    const free = search(nsga2(), bare, { trials: 300, seed: 1 }).slice(200);
    expect(free.filter(({ params }) => (params["x1"] as number) >= 0.5).length).toBeLessThan(30);
  });

  it("says whose child a trial is", () => {
    const sampler = nsga2({ populationSize: 4 });
    const trials = search(sampler, zdt(1, 3), { trials: 20, seed: 2 });
    let state = sampler.start({ space: zdt(1, 3).space, directions: ["minimize", "minimize"] });
    for (const trial of trials) state = sampler.absorb(state, trial);
    expect(sampler.propose(state, 20, [], rng(1))?.why).toMatch(/^from trials \d+ and \d+$/);
  });

  it("begins with quasi-random points, and goes on at random while there are no parents", () => {
    const sampler = nsga2({ populationSize: 4 });
    let state = sampler.start({ space: { x: float(0, 1) }, directions: ["minimize"] });
    expect(sampler.propose(state, 0, [], rng(1))?.by).toBe("sobol");
    const useless = { params: { x: 0.5 }, standardErrors: [], values: [] };
    state = sampler.absorb(state, { ...useless, number: 0, state: "failed" });
    state = sampler.absorb(state, { ...useless, number: 1, state: "pruned" });
    state = sampler.absorb(state, { ...useless, number: 2, state: "complete", values: [Number.NaN] });
    expect(sampler.propose(state, 9, [], rng(1))).toMatchObject({ by: "nsga2", why: "no parents yet" });
  });

  it("takes infinite values, equal ones and 50 parameters", () => {
    const wide = zdt(1, 50);
    const odd: Problem = { ...wide, evaluate: ({ x0 }) => [(x0 as number) < 0.5 ? Infinity : 1, (x0 as number) < 0.2 ? -Infinity : 2] };
    expect(search(nsga2({ populationSize: 10 }), odd, { trials: 100, seed: 3, lookahead: 8 })).toHaveLength(100);
  });

  it("runs a study of two objectives", async () => {
    const study = await openStudy(
      defineStudy({
        name: "two",
        space: { x: float(0, 1), y: float(0, 1) },
        objective: ({ params: { x, y } }) => ({ cost: x + y, quality: x - y }),
        metrics: { cost: "minimize", quality: "maximize" },
        objectives: ["cost", "quality"],
        sampler: nsga2({ populationSize: 8 }),
        trials: 60,
      }),
      { database: ":memory:" },
    );
    const { trials } = await study.run();
    await study.close();
    expect(trials.every((trial) => trial.state === "complete")).toBe(true);
    // The front is y = 0, whatever x is; random draws would have 3 there.
    const late = trials.slice(30).map((trial) => trial.params["y"] as number);
    expect(late.filter((y) => y < 0.1).length).toBeGreaterThan(10);
  });

  it.each([
    [{ populationSize: 1 }, "populationSize"],
    [{ crossover: 2 }, "crossover"],
    [{ mutation: -1 }, "mutation"],
  ])("refuses %o", (options, name) => {
    expect(() => nsga2(options)).toThrow(HpoError);
    expect(() => nsga2(options)).toThrow(`nsga2(): ${name} must be`);
  });
});
