import { describe, expect, it } from "vitest";
import type { FinishedTrial, Proposal, Sampler } from "#hpo/core/sampler";
import type { Params, Space } from "#hpo/core/space";
import type { Rng } from "#hpo/math/rng";
import { auto } from "#hpo/samplers/auto/auto";
import { cmaes } from "#hpo/samplers/cma-es/cmaes";
import { differentialEvolution } from "#hpo/samplers/differential-evolution";
import { distinct } from "#hpo/samplers/distinct";
import { enqueued } from "#hpo/samplers/enqueued";
import { grid } from "#hpo/samplers/grid";
import { halton } from "#hpo/samplers/halton";
import { latinHypercube } from "#hpo/samplers/latin-hypercube";
import { lbfgs } from "#hpo/samplers/lbfgs/lbfgs";
import { random } from "#hpo/samplers/random";
import { replicated } from "#hpo/samplers/replicated";
import { sobol } from "#hpo/samplers/sobol";
import { startup } from "#hpo/samplers/startup";
import { withinRules } from "#hpo/samplers/within-rules";
import { decode, encode } from "#hpo/space/unit-cube";
import { allScenarios, describeSamplerContract, finiteScenarios, samplerLaws } from "../contract/sampler-contract.ts";

describeSamplerContract("grid", () => grid(), finiteScenarios);
describeSamplerContract("random", () => random());
describeSamplerContract("auto", () => auto());
describeSamplerContract("sobol", () => sobol());
describeSamplerContract("cmaes", () => cmaes());
describeSamplerContract("cmaes with small generations behind sobol", () => startup(3, sobol(), cmaes({ population: 4 })));
describeSamplerContract("differentialEvolution", () => differentialEvolution({ population: 6 }));
describeSamplerContract("halton", () => halton());
// Outcomes are drawn at random there, so no gradient agrees with them.
describeSamplerContract("lbfgs", () => lbfgs({ check: false }));
describeSamplerContract("lbfgs with more starts, behind sobol", () => startup(3, sobol(), lbfgs({ check: false, starts: 6 })));
describeSamplerContract("lbfgs within rules", () => withinRules(lbfgs({ check: false }), ruled));
describeSamplerContract("latinHypercube", () => latinHypercube({ trials: 20 }));
describeSamplerContract("startup with a climber behind it", () => startup(10, undefined, climber()));
describeSamplerContract("startup with a climber before it", () => startup(7, climber(), random()));
describeSamplerContract("startup before a grid", () => startup(4, sobol(), grid()), finiteScenarios);
describeSamplerContract("distinct around random", () => distinct(random()));
describeSamplerContract("distinct around a climber", () => distinct(startup(3, undefined, climber())));
describeSamplerContract("replicated around a climber", () => replicated(climber()));
describeSamplerContract("replicated around distinct", () => replicated(distinct(climber())), finiteScenarios);
describeSamplerContract("a hill climber", () => climber());
describeSamplerContract("a grid within rules", () => withinRules(grid(), ruled), finiteScenarios);
describeSamplerContract("a hill climber within rules", () => withinRules(climber(), ruled));
describeSamplerContract("a grid with points given", () => enqueued(grid(), points, ruled.rules), finiteScenarios);
describeSamplerContract("a hill climber with points given", () => enqueued(climber(), points, ruled.rules));

/** Rules for the scenarios' parameters; each says nothing where its own are not there. */
const ruled = {
  rules: {
    forbid: [{ C: [10], kernel: ["rbf"] }, { rate: { min: 0.5, max: null } }, { constructor: ["text"] }],
    limits: [
      { sum: { size: 1, gamma: 0.1 }, min: null, max: 0.5 },
      { sum: { coef: 1, degree: 1 }, min: 2.5, max: null },
    ],
  },
  taken: [],
  refuge: {},
} as const;
const points = [{ given: {}, refuge: {} }];

interface Climb {
  readonly space: Space;
  readonly best: FinishedTrial | null;
}

/** The smallest adaptive sampler: a random step from the best trial so far. */
function climber(): Sampler<Climb> {
  return Object.freeze<Sampler<Climb>>({
    name: "climber",
    options: Object.freeze({ step: 0.2 }),
    traits: Object.freeze({ adaptive: true, usesClock: false }),
    start: ({ space }) => ({ space, best: null }),
    absorb(state, trial) {
      if (trial.state !== "complete") return state;
      return state.best === null || (trial.values[0] ?? 0) > (state.best.values[0] ?? 0) ? { ...state, best: trial } : state;
    },
    propose({ space, best }, number, _pending, rng) {
      if (best === null) return random().propose(space, number, [], rng);
      const unit = encode(space, best.params).map((u) => Math.min(1, Math.max(0, u + 0.2 * rng.normal())));
      return Object.freeze({ params: decode(space, unit), by: "climber", why: `near trial ${best.number}`, parent: best.number });
    },
    size: () => null,
  });
}

/** A climber with one method replaced. */
const spoiled = (change: Partial<Sampler<Climb>>): Sampler => Object.freeze({ ...climber(), ...change }) as Sampler;

/** Proposes what `pick` says. */
const fixed = (pick: (number: number) => Params | undefined): Partial<Sampler<Climb>> => ({
  propose(_state, number) {
    const params = pick(number);
    return params === undefined ? undefined : Object.freeze({ params, by: "x", why: "" });
  },
});

const skip = (rng: Rng, count: number): Rng => {
  for (let i = 0; i < count; i++) rng.uniform();
  return rng;
};

let globalCount = 0;

const defects: Readonly<Record<string, () => Sampler>> = {
  "counts in its state": () =>
    spoiled({
      start: ({ space }) => ({ space, best: null, count: 0 }) as Climb,
      propose(state, number, pending, rng) {
        const counting = state as Climb & { count: number };
        return climber().propose(state, number, pending, skip(rng, counting.count++));
      },
    }),
  "counts in a global": () =>
    spoiled({ propose: (state, n, pending, rng) => climber().propose(state, n, pending, skip(rng, globalCount++)) }),
  "counts in a closure": () => {
    let count = 0;
    return spoiled({ propose: (state, n, pending, rng) => climber().propose(state, n, pending, skip(rng, count++)) });
  },
  "reads the clock": () =>
    spoiled({ propose: (state, n, pending, rng) => climber().propose(state, n, pending, skip(rng, new Date().getFullYear() % 64)) }),
  "draws from Math.random": () =>
    spoiled({ propose: (state, n, pending, rng) => climber().propose(state, n, pending, skip(rng, Math.random() * 64)) }),
  "remembers parameters by identity": () => {
    const mine = new WeakSet<object>();
    return spoiled({
      absorb: (state, trial) => (mine.has(trial) ? state : climber().absorb(state, trial)),
      propose(state, n, pending, rng) {
        const proposal = climber().propose(
          state,
          n,
          pending,
          skip(rng, state.best !== null && mine.has(state.best.params) ? 1 : 0),
        ) as Proposal;
        if (state.best !== null) mine.add(state.best.params);
        return proposal;
      },
    });
  },
  "sorts the pending parameters in place": () =>
    spoiled({
      propose(state, n, pending, rng) {
        (pending as Params[]).reverse();
        return climber().propose(state, n, pending, rng);
      },
    }),
  "changes the trial that it absorbs": () =>
    spoiled({
      absorb(state, trial) {
        (trial as { number: number }).number = 0;
        return climber().absorb(state, trial);
      },
    }),
  "learns though it says that it does not": () => spoiled({ traits: Object.freeze({ adaptive: false, usesClock: false }) }),
  "proposes what can be changed": () =>
    spoiled({ propose: (state, n, pending, rng) => ({ ...(climber().propose(state, n, pending, rng) as Proposal) }) }),
  "proposes parameters of another space": () => spoiled(fixed(() => Object.freeze({ elsewhere: 1 }))),
  "proposes NaN": () => spoiled(fixed(() => Object.freeze({ rate: Number.NaN, only: Number.NaN, C: Number.NaN }))),
  "ends earlier than it says": () =>
    spoiled({ size: () => null, propose: (state, n, p, rng) => (n > 1 ? undefined : climber().propose(state, n, p, rng)) }),
  "begins again after its end": () =>
    spoiled({
      size: () => 2,
      propose: (state, n, p, rng) => (n === 2 || n === 3 ? undefined : climber().propose(state, n, p, rng)),
    }),
};

/** The law that must fail, by the beginning of its name. */
const caughtBy: Readonly<Record<string, string>> = {
  "counts in its state": "proposes without changing its state",
  "counts in a global": "gives the same proposals again",
  "counts in a closure": "gives the same proposals again",
  "reads the clock": "gives the same proposals again",
  "draws from Math.random": "gives the same proposals again",
  "remembers parameters by identity": "is a fold",
  "sorts the pending parameters in place": "is a fold",
  "changes the trial that it absorbs": "is a fold",
  "learns though it says that it does not": "ignores outcomes",
  "proposes what can be changed": "proposes frozen plain data",
  "proposes parameters of another space": "proposes frozen plain data",
  "proposes NaN": "proposes frozen plain data",
  "ends earlier than it says": "is exhausted for ever",
  "begins again after its end": "is exhausted for ever",
};

describe("the sampler contract", () => {
  it.each(Object.entries(defects))("rejects a sampler that %s", (name, factory) => {
    const broken = samplerLaws.filter((law) => allScenarios.some((scenario) => !holds(() => law.check(factory, scenario))));
    const wanted = caughtBy[name] as string;
    expect(
      broken.some((law) => law.name.startsWith(wanted)),
      `broken: ${broken.map((law) => law.name).join("; ")}`,
    ).toBe(true);
  });
});

function holds(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}
