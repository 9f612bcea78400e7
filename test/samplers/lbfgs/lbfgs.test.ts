import { choice, float, int, lbfgs, type Params, random, sobol, type Space, startup } from "hpo";
import type { FinishedTrial } from "#hpo/core/sampler";
import { describe, expect, it } from "vitest";
import { search } from "../search.ts";

interface Told {
  readonly value: number;
  readonly gradient: Readonly<Record<string, number>>;
}

const evaluated =
  (judge: (params: Params) => Told) =>
  (params: Params): Partial<FinishedTrial> => {
    const { value, gradient } = judge(params);
    return { values: [value], gradients: [gradient] };
  };

const names = ["a", "b", "c", "d", "e"];
const box: Space = Object.fromEntries(names.map((name) => [name, float(-2, 2)]));

/** H. H. Rosenbrock, "An automatic method for finding the greatest or least value of a function", The Computer Journal 3, 1960. Least value 0 at 1. */
function rosenbrock(params: Params): Told {
  const gradient: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
  let value = 0;
  for (const [i, name] of names.slice(0, -1).entries()) {
    const next = names[i + 1] as string;
    const [x, y] = [params[name] as number, params[next] as number];
    const r = y - x * x;
    value += 100 * r * r + (1 - x) ** 2;
    gradient[name] = (gradient[name] as number) - 400 * x * r - 2 * (1 - x);
    gradient[next] = (gradient[next] as number) + 200 * r;
  }
  return { value, gradient };
}

/** The first trial, counted from 1, whose value is at most `target`. */
function trialsTo(target: number, { best }: { readonly best: readonly number[] }): number {
  const at = best.findIndex((value) => value <= target);
  return at < 0 ? Infinity : at + 1;
}

describe("lbfgs()", () => {
  it.each([
    // Over 20 seeds: 34 to 91 trials, 100 to 195 with four starts in turn.
    [1, 120],
    [4, 250],
  ])(
    "comes within 1e-6 of the least value of Rosenbrock's function of five parameters, at lookahead %i in %i trials",
    (lookahead, trials) => {
      for (let seed = 0; seed < 5; seed++) {
        const found = search({ space: box, trials, evaluate: evaluated(rosenbrock), sampler: lbfgs(), seed, lookahead });
        expect(trialsTo(1e-6, found), `seed ${seed}`).toBeLessThanOrEqual(trials);
        const drawn = search({ space: box, trials, evaluate: evaluated(rosenbrock), sampler: random(), seed, lookahead });
        expect(drawn.best.at(-1)).toBeGreaterThan(1);
      }
    },
  );

  it("reads gradients in the parameters' own units: on a log scale it takes the path that it takes over logarithms", () => {
    const bowl = (u: number, w: number): { value: number; slopes: [number, number] } => {
      const [p, q] = [u - 1.3, w + 2.1];
      return { value: p ** 4 + p * p + 3 * q * q + p * q, slopes: [4 * p ** 3 + 2 * p + q, 6 * q + p] };
    };
    const plain = search({
      space: { u: float(Math.log(1e-5), Math.log(1e3)), w: float(Math.log(1e-4), Math.log(10)) },
      trials: 25,
      evaluate: evaluated(({ u, w }) => {
        const { value, slopes } = bowl(u as number, w as number);
        return { value, gradient: { u: slopes[0], w: slopes[1] } };
      }),
      sampler: lbfgs(),
    });
    const logs = search({
      space: { u: float(1e-5, 1e3, { log: true }), w: float(1e-4, 10, { log: true }) },
      trials: 25,
      evaluate: evaluated(({ u, w }) => {
        const { value, slopes } = bowl(Math.log(u as number), Math.log(w as number));
        return { value, gradient: { u: slopes[0] / (u as number), w: slopes[1] / (w as number) } };
      }),
      sampler: lbfgs(),
    });
    expect(logs.best.at(-1)).toBeLessThan(1e-8);
    for (const [n, { u, w }] of logs.params.entries()) {
      expect(Math.log(u as number)).toBeCloseTo(plain.params[n]?.["u"] as number, 6);
      expect(Math.log(w as number)).toBeCloseTo(plain.params[n]?.["w"] as number, 6);
    }
  });

  it.each([1e-12, 1e12])("takes the same path whatever the unit of the objective (%f)", (unit) => {
    const options = { space: box, trials: 60, sampler: lbfgs() };
    const plain = search({ ...options, evaluate: evaluated(rosenbrock) });
    const scaled = search({
      ...options,
      evaluate: evaluated((params) => {
        const { value, gradient } = rosenbrock(params);
        return { value: value * unit, gradient: Object.fromEntries(Object.entries(gradient).map(([name, slope]) => [name, slope * unit])) };
      }),
    });
    expect(scaled.why).toEqual(plain.why);
    expect(scaled.params[20]?.["a"]).toBeCloseTo(plain.params[20]?.["a"] as number, 6);
  });

  it("finds a greatest value too, also where it lies on the bounds", () => {
    const found = search({
      space: { x: float(0, 5), y: float(-1, 1) },
      trials: 30,
      evaluate: evaluated(({ x, y }) => ({
        value: (x as number) - ((y as number) - 0.25) ** 2,
        gradient: { x: 1, y: -2 * ((y as number) - 0.25) },
      })),
      sampler: lbfgs(),
      direction: "maximize",
    });
    const best = found.params[found.values.indexOf(Math.max(...found.values))];
    expect(best?.["x"]).toBe(5);
    expect(best?.["y"]).toBeCloseTo(0.25, 6);
  });

  it("begins anew where a start has converged, so that it finds every basin", () => {
    // Styblinski and Tang's function: four basins, the least value −78.3323 at −2.903534.
    const tang = (x: number): [number, number] => [(x ** 4 - 16 * x * x + 5 * x) / 2, (4 * x ** 3 - 32 * x + 5) / 2];
    const found = search({
      space: { x: float(-5, 5), y: float(-5, 5) },
      trials: 150,
      evaluate: evaluated(({ x, y }) => {
        const [[f, df], [g, dg]] = [tang(x as number), tang(y as number)];
        return { value: f + g, gradient: { x: df, y: dg } };
      }),
      sampler: lbfgs(),
      lookahead: 3,
    });
    const basins = new Set(found.params.map(({ x, y }) => `${Math.sign(x as number)} ${Math.sign(y as number)}`));
    expect(basins.size).toBe(4);
    expect(found.best.at(-1)).toBeCloseTo(-78.33233, 5);
    expect(found.why.filter((why) => /^start \d+, point 1$/.test(why)).length).toBeGreaterThan(8);
  });

  it("fixes what is discrete for a start, and goes through all combinations", () => {
    const space = { kind: choice({ flat: {}, curved: { by: float(0.1, 10, { log: true }) } }), n: int(1, 3), x: float(-1, 1) };
    const found = search({
      space,
      trials: 120,
      evaluate: evaluated(({ kind, n, x, by }) => {
        const own = { x: 2 * ((x as number) - 0.1) };
        const value = ((x as number) - 0.1) ** 2 + (n as number);
        if (kind === "flat") return { value: value + 1, gradient: own };
        return { value: value + ((by as number) - 1) ** 2, gradient: { ...own, by: 2 * ((by as number) - 1) } };
      }),
      sampler: lbfgs(),
    });
    const combination = ({ kind, n }: Params): string => `${String(kind)} ${String(n)}`;
    const byStart = new Map<string, Set<string>>();
    for (const [n, why] of found.why.entries()) {
      const start = /^start (\d+)/.exec(why)?.[1];
      if (start === undefined) continue;
      const seen = byStart.get(start) ?? new Set();
      byStart.set(start, seen.add(combination(found.params[n] as Params)));
    }
    expect([...byStart.values()].every((seen) => seen.size === 1)).toBe(true);
    const firstSix = ["1", "2", "3", "4", "5", "6"].flatMap((start) => [...(byStart.get(start) ?? [])]);
    expect(new Set(firstSix).size).toBe(6);
    expect(found.best.at(-1)).toBeCloseTo(1, 8);
  });

  it("takes one trial for a configuration without floats, and needs no gradient of it", () => {
    const curved = (by: number): Partial<FinishedTrial> => ({ values: [(by - 0.5) ** 2], gradients: [{ by: 2 * (by - 0.5) }] });
    let first = 0;
    for (let seed = 0; seed < 4; seed++) {
      const { params, best } = search({
        space: { kind: choice({ flat: {}, curved: { by: float(0, 1) } }) },
        trials: 12,
        evaluate: ({ kind, by }) => (kind === "flat" ? 3 : curved(by as number)),
        sampler: lbfgs(),
        seed,
      });
      const kinds = params.map(({ kind }) => kind);
      expect(kinds.includes("flat") && !kinds.some((kind, n) => kind === "flat" && kinds[n + 1] === "flat")).toBe(true);
      expect(best.at(-1)).toBeLessThan(1e-10);
      if (kinds[0] === "flat") first++;
    }
    expect(first).toBeGreaterThan(0);
  });

  it("comes closer where a trial fails, breaks a constraint, or tells a gradient that is not finite", () => {
    const bowl = ({ x, y }: Params): Told => {
      const [p, q] = [(x as number) - 0.6, (y as number) + 0.3];
      return { value: p * p + 2 * q * q, gradient: { x: 2 * p, y: 4 * q } };
    };
    const beyond = ({ x }: Params): boolean => (x as number) > 0.62;
    const troubles: ((params: Params) => Partial<FinishedTrial>)[] = [
      (params) => (beyond(params) ? { state: "failed" } : evaluated(bowl)(params)),
      (params) => ({ ...evaluated(bowl)(params), constraints: [beyond(params) ? 1 : -1] }),
      (params) => (beyond(params) ? { values: [bowl(params).value], gradients: [{ x: Number.NaN, y: 0 }] } : evaluated(bowl)(params)),
      (params) => (beyond(params) ? { values: [bowl(params).value] } : evaluated(bowl)(params)),
    ];
    for (const evaluate of troubles) {
      const found = search({ space: { x: float(-1, 1), y: float(-1, 1) }, trials: 60, evaluate, sampler: lbfgs(), seed: 1 });
      const kept = found.params.flatMap((params, n) => (beyond(params) ? [] : [found.values[n] as number]));
      expect(Math.min(...kept)).toBeLessThan(1e-8);
    }
  });

  it("gives each start its turn, so that it knows its last answer, and refuses too few starts", () => {
    const sampler = lbfgs({ starts: 5 });
    let state = sampler.start({ space: box, directions: ["minimize"], lookahead: 3 });
    const told: FinishedTrial[] = [];
    for (let number = 0; number < 60; number++) {
      for (let known = told.findIndex(({ number: at }) => at === state.absorbed); known >= 0 && known <= number - 3; known++) {
        state = sampler.absorb(state, told[known] as FinishedTrial);
      }
      const proposal = sampler.propose(state, number, [], undefined as never);
      if (proposal?.parent !== undefined) expect([proposal.parent % 5, proposal.parent <= number - 5]).toEqual([number % 5, true]);
      const { value, gradient } = rosenbrock(proposal?.params as Params);
      const params = proposal?.params as Params;
      told.push({ number, state: "complete", params, values: [value], standardErrors: [null], gradients: [gradient] });
    }
    expect(() => lbfgs({ starts: 2 }).start({ space: box, directions: ["minimize"], lookahead: 3 })).toThrow(
      "lbfgs(): starts must be at least the study's lookahead (3), so that each start knows its last answer; got 2.",
    );
  });

  it("begins at the best trials that another sampler proposed", () => {
    const found = search({ space: box, trials: 100, evaluate: evaluated(rosenbrock), sampler: startup(10, sobol(), lbfgs()) });
    const best = Math.min(...found.values.slice(0, 10));
    // The first of its own checks the gradient there, so it lies close by.
    expect(found.why[10]).toBe(`holds the gradient of trial ${found.values.indexOf(best)} against a difference of values`);
    expect(Math.abs((found.values[10] as number) - best)).toBeLessThan(0.1 * best);
    expect(found.best.at(-1)).toBeLessThan(1e-6);
  });
});

describe("the check of gradients", () => {
  const run = (judge: (params: Params) => Told, options: Parameters<typeof lbfgs>[0] = {}, space: Space = box) =>
    search({ space, trials: 40, evaluate: evaluated(judge), sampler: lbfgs(options), lookahead: 2 });
  const spoilt =
    (spoil: (name: string, slope: number, params: Params) => number) =>
    (params: Params): Told => {
      const { value, gradient } = rosenbrock(params);
      return { value, gradient: Object.fromEntries(Object.entries(gradient).map(([name, slope]) => [name, spoil(name, slope, params)])) };
    };

  it.each([
    ["twice as large", (_: string, slope: number) => 2 * slope],
    ["of the wrong sign", (_: string, slope: number) => -slope],
    ["zero", () => 0],
    ["wrong in one of five entries", (name: string, slope: number) => (name === "c" ? 1.5 * slope : slope)],
    ["without one of five entries", (name: string, slope: number) => (name === "e" ? 0 : slope)],
    [
      "shifted by one name",
      (name: string, _: number, params: Params) => rosenbrock(params).gradient[names[(names.indexOf(name) + 1) % 5] as string] ?? 0,
    ],
  ])("refuses one that is %s", (_, spoil) => {
    expect(() => run(spoilt(spoil))).toThrow(
      /^lbfgs\(\): gradients must be the derivatives .* from trial 0 to trial \d+ the value (rose|fell) by/,
    );
    expect(() => run(spoilt(spoil), { check: false })).not.toThrow();
  });

  it("refuses one by the logarithm of a parameter on a log scale", () => {
    const space = { x: float(1e-6, 1e-1, { log: true }) };
    const judge = (params: Params, unit: number): Told => {
      const u = Math.log(params["x"] as number) + 5;
      return { value: u * u, gradient: { x: (2 * u) / unit } };
    };
    expect(() => run((params) => judge(params, 1), {}, space)).toThrow("in its own units");
    expect(() => run((params) => judge(params, params["x"] as number), {}, space)).not.toThrow();
  });

  it("lets right ones pass: steep, flat, with kinks, and with values that are a little rough", () => {
    const space = { x: float(-1, 1), y: float(-1, 1) };
    const right: ((x: number, y: number) => Told)[] = [
      (x, y) => ({ value: Math.exp(20 * x) + y, gradient: { x: 20 * Math.exp(20 * x), y: 1 } }),
      () => ({ value: 7, gradient: { x: 0, y: 0 } }),
      (x, y) => ({ value: Math.abs(x) + 1e6 * Math.abs(y), gradient: { x: Math.sign(x), y: 1e6 * Math.sign(y) } }),
      (x, y) => ({ value: Math.sin(60 * x) + y * y, gradient: { x: 60 * Math.cos(60 * x), y: 2 * y } }),
      // Noise of 1e-9 in a value near 1.
      (x, y) => ({ value: 1 + x * x + y * y + 1e-9 * Math.sin(1e9 * (x + y)), gradient: { x: 2 * x, y: 2 * y } }),
    ];
    for (const judge of right) {
      for (let seed = 0; seed < 5; seed++) {
        const evaluate = evaluated(({ x, y }) => judge(x as number, y as number));
        expect(() => search({ space, trials: 30, evaluate, sampler: lbfgs(), seed })).not.toThrow();
      }
    }
  });

  it("spends one trial where the gradient is right", () => {
    const { why } = run(rosenbrock);
    expect(why.filter((one) => one.startsWith("holds the gradient"))).toHaveLength(1);
    expect(run(rosenbrock, { check: false }).why.every((one) => one.startsWith("start"))).toBe(true);
  });

  it("refuses an objective that tells no gradient", () => {
    expect(() => search({ space: box, trials: 5, evaluate: () => 1, sampler: lbfgs() })).toThrow(
      "lbfgs(): trials must tell a gradient; trial 0 told its value alone. Return { value, gradient: { … } }",
    );
  });
});
