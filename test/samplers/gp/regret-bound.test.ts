import { float, int, type Params, rng } from "hpo";
import { featuresOf } from "#hpo/samplers/gp/feature-space";
import { outcomeScale } from "#hpo/samplers/gp/outcome-scale";
import { predict } from "#hpo/samplers/gp/posterior";
import { regretBound } from "#hpo/samplers/gp/regret-bound";
import { surrogateOf } from "#hpo/samplers/gp/surrogate";
import { decode } from "#hpo/space/unit-cube";
import { describe, expect, it } from "vitest";
import type { Space } from "#hpo/core/space";

type Model = ReturnType<typeof regretBound>;
type State = ReturnType<Model["start"]>;

interface Told {
  readonly space: Space;
  readonly trials: readonly (readonly [Params, number])[];
  readonly direction?: "minimize" | "maximize";
}

function stateOf({ space, trials, direction = "minimize" }: Told): State {
  const model = regretBound();
  let state = model.start({ space, directions: [direction] });
  for (const [number, [params, value]] of trials.entries()) {
    state = model.absorb(state, { number, state: "complete", params, values: [value], standardErrors: [0.5] });
  }
  return state;
}

const bowl = (params: Params): number => ((params["x"] as number) - 0.3) ** 2 + 2 * ((params["y"] as number) + 0.1) ** 2;
const cells: Space = { x: float(-1, 1, { step: 0.25 }), y: float(-1, 1, { step: 0.5 }) };
const plane: Space = { x: float(-1, 1), y: float(-1, 1) };

/** Draws over a space, with noise on what they give. */
function draws(space: Space, count: number, { seed = 1, noise = 0, of = bowl }: { seed?: number; noise?: number; of?: typeof bowl } = {}) {
  const stream = rng(seed).fork("draws");
  return Array.from({ length: count }, () => {
    const params = decode(space, Float64Array.of(stream.uniform(), stream.uniform()));
    return [params, of(params) + noise * stream.normal()] as const;
  });
}

describe("regretBound()", () => {
  it("is the least upper bound of the trials less the least lower bound of all configurations", () => {
    const trials = draws(cells, 14, { noise: 0.1 });
    const state = stateOf({ space: cells, trials });
    const bound = regretBound().bound(state, rng(0));
    const surrogate = surrogateOf(state, "value", 0);
    // β of 14 trials in two dimensions at δ = 0.1, a fifth of it.
    const width = Math.sqrt((2 * Math.log((2 * 14 ** 2 * Math.PI ** 2) / 0.6)) / 5);
    const at = (params: Params, side: 1 | -1): number => {
      const posterior = surrogate!.posterior;
      predict(posterior, featuresOf(state.space, params));
      return posterior.mean + side * width * posterior.deviation;
    };
    const all = Array.from({ length: 45 }, (_, cell) => ({ x: -1 + 0.25 * (cell % 9), y: -1 + 0.5 * Math.floor(cell / 9) }));
    const upper = Math.min(...trials.map(([params]) => at(params, 1)));
    const lower = Math.min(...all.map((params) => at(params, -1)));
    const scale = outcomeScale(trials.map(([, value]) => value));
    expect(bound?.gain).toBeCloseTo(scale.originalOf(upper) - scale.originalOf(lower), 10);
    expect(bound?.gain).toBeGreaterThan(0);
  });

  it("searches an infinite space at least as low as a fine grid", () => {
    const trials = draws(plane, 25, { noise: 0.05 });
    const state = stateOf({ space: plane, trials });
    const bound = regretBound().bound(state, rng(0));
    const { posterior } = surrogateOf(state, "value", 0)!;
    const width = Math.sqrt((2 * Math.log((2 * 25 ** 2 * Math.PI ** 2) / 0.6)) / 5);
    const at = (params: Params, side: 1 | -1): number => {
      predict(posterior, featuresOf(state.space, params));
      return posterior.mean + side * width * posterior.deviation;
    };
    const upper = Math.min(...trials.map(([params]) => at(params, 1)));
    const grid = Array.from({ length: 1681 }, (_, i) => at({ x: -1 + (i % 41) / 20, y: -1 + Math.floor(i / 41) / 20 }, -1));
    const scale = outcomeScale(trials.map(([, value]) => value));
    const coarse = scale.originalOf(upper) - scale.originalOf(Math.min(...grid));
    expect(bound?.gain).toBeGreaterThan(coarse * (1 - 1e-9));
    expect(bound?.gain).toBeLessThan(coarse * 1.1);
  });

  it("is in units of the objective, whatever its direction and its standard errors", () => {
    const trials = draws(plane, 20, { noise: 0.1 });
    const plain = regretBound().bound(stateOf({ space: plane, trials }), rng(0));
    const other = trials.map(([params, value]) => [params, 7 - 1024 * value] as const);
    const scaled = regretBound().bound(stateOf({ space: plane, trials: other, direction: "maximize" }), rng(0));
    expect((scaled?.gain ?? 0) / 1024).toBeCloseTo(plain?.gain ?? Number.NaN, 4);
    expect((scaled?.noise ?? 0) / 1024).toBeCloseTo(plain?.noise ?? Number.NaN, 4);
  });

  it("holds: no configuration is better than the best trial by more, in nine of ten runs", () => {
    const held = Array.from({ length: 20 }, (_, seed) => {
      const [a, b] = [2 + (seed % 5), 1 + (seed % 3)];
      const of = (params: Params): number =>
        bowl(params) + 0.1 * Math.sin(a * (params["x"] as number)) * Math.cos(b * (params["y"] as number));
      const trials = draws(plane, 16 + (seed % 3) * 4, { seed, of });
      const best = Math.min(...trials.map(([, value]) => value));
      const least = Math.min(...Array.from({ length: 6561 }, (_, i) => of({ x: -1 + (i % 81) / 40, y: -1 + Math.floor(i / 81) / 40 })));
      return best - least <= (regretBound().bound(stateOf({ space: plane, trials }), rng(seed))?.gain ?? 0);
    });
    expect(held.filter(Boolean).length).toBeGreaterThanOrEqual(18);
  });

  it("fits no more noise than there is, and next to none where there is none", () => {
    const noiseAt = (noise: number): number[] =>
      [1, 2, 3].map(
        (seed) => regretBound().bound(stateOf({ space: plane, trials: draws(plane, 40, { seed, noise }) }), rng(0))?.noise ?? Number.NaN,
      );
    // It may take noise for roughness of the function: then a study goes on for longer.
    const found = noiseAt(0.3);
    expect(Math.max(...found)).toBeGreaterThan(0.15);
    expect(Math.max(...found)).toBeLessThan(0.4);
    expect(Math.max(...noiseAt(0))).toBeLessThan(0.01);
  });

  it("has nothing to say of no values, of equal ones and of one configuration", () => {
    const of = (space: Space, list: readonly number[]): unknown =>
      regretBound().bound(stateOf({ space, trials: list.map((value) => [{ x: 0, y: 0 }, value] as const) }), rng(0));
    expect(of(plane, [])).toBeUndefined();
    expect(of(plane, [1, 1, 1])).toBeUndefined();
    expect(of({ x: int(0, 0), y: int(0, 0) }, [1, 2])).toBeUndefined();
  });
});
