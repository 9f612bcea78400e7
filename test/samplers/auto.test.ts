import { describe, expect, it } from "vitest";
import type { Direction } from "#hpo/core/metric";
import type { Space } from "#hpo/core/space";
import { rng } from "#hpo/math/rng";
import { auto } from "#hpo/samplers/auto/auto";
import { random } from "#hpo/samplers/random";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { values } from "#hpo/space/values";

/** What proposes trial `number` of a space after so many finished trials, and why. */
function proposer(space: Space, number: number, directions: readonly Direction[] = ["minimize"]): readonly [by: string, why: string] {
  const [sampler, draws] = [auto(), random()];
  let state = sampler.start({ space, directions });
  for (let trial = 0; trial < number; trial++) {
    const { params } = draws.propose(space, trial, [], rng(1).fork(trial)) ?? { params: {} };
    const own = directions.map((_, at) => Object.values(params).reduce<number>((sum, one) => sum + (Number(one) - at) ** 2, 0));
    state = sampler.absorb(state, { number: trial, state: "complete", params, values: own, standardErrors: own.map(() => null) });
  }
  const proposal = sampler.propose(state, number, [], rng(2).fork(number));
  return [proposal?.by ?? "", proposal?.why ?? ""];
}

const floats = (count: number): Space => Object.fromEntries(Array.from({ length: count }, (_, at) => [`x${at}`, float(0, 1)]));

describe("auto()", () => {
  it("spreads ten trials, models the next, and hands over to densities at trial 500", () => {
    expect(proposer(floats(2), 9)).toEqual(["sobol", expect.stringContaining("the first 10 trials are spread evenly")]);
    expect(proposer(floats(2), 10)).toEqual(["gp", expect.stringContaining("2 parameters, few trials: ")]);
    expect(proposer(floats(1), 499)[0]).toBe("gp");
    expect(proposer(floats(1), 500)).toEqual(["tpe", expect.stringContaining("more than 500 trials")]);
  });

  it("takes densities for a small finite space and for many parameters", () => {
    const table = { kernel: choice({ rbf: { gamma: values([1, 2, 4]) }, linear: {} }), C: values([1, 10]) };
    expect(proposer(table, 0)).toEqual(["tpe", expect.stringContaining("8 configurations")]);
    expect(proposer(floats(51), 10)).toEqual(["tpe", expect.stringContaining("too many for a Gaussian process")]);
    expect(proposer({}, 0)[0]).toBe("random");
  });

  it("takes the hypervolume for several objectives, and dominance from trial 300 on", () => {
    const two: readonly Direction[] = ["minimize", "minimize"];
    expect(proposer(floats(2), 20, two)[0]).toBe("ehvi");
    expect(proposer(floats(2), 300, two)).toEqual(["nsga2", expect.stringContaining("2 objectives, more than 300 trials")]);
  });
});
