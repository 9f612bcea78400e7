import { serialize } from "node:v8";
import { describe, expect, it, vi } from "vitest";
import { canonicalJson } from "#hpo/core/json";
import type { Direction } from "#hpo/core/metric";
import type { FinishedTrial, Proposal, Sampler, SamplerContext } from "#hpo/core/sampler";
import type { Params, Space } from "#hpo/core/space";
import { rng } from "#hpo/math/rng";
import { choice } from "#hpo/space/choice";
import { float } from "#hpo/space/float";
import { int } from "#hpo/space/int";
import { describeMismatch } from "#hpo/space/mismatch";
import { gradientNames } from "#hpo/space/unit-gradient";
import { values } from "#hpo/space/values";
import { deepFreeze, expectFrozenData } from "./plain-data.ts";

/** What a sampler is tried on. */
export interface SamplerScenario {
  readonly name: string;
  readonly space: Space;
  /** How many trials are proposed. */
  readonly trials: number;
  /** One an objective; default: one to maximise. */
  readonly directions?: readonly Direction[];
  /** Whether trials tell two outcome constraints. */
  readonly constrained?: boolean;
  /** How many values there are, so that many trials share one; default: no two are equal. */
  readonly levels?: number;
}

/** A law of the contract; `check` throws where a sampler breaks it. `factory` makes a fresh sampler each time. */
export interface SamplerLaw {
  readonly name: string;
  check(factory: () => Sampler, scenario: SamplerScenario): void;
}

/** Scenarios that every sampler must be able to search, also one that needs a finite space. */
export const finiteScenarios: readonly SamplerScenario[] = [
  { name: "a finite space with branches", space: finiteSpace(), trials: 30 },
  { name: "one configuration", space: { only: values([null]) }, trials: 3 },
  { name: "no parameters", space: {}, trials: 3 },
];

/** The scenarios that need no end of the space. */
export const allScenarios: readonly SamplerScenario[] = [
  ...finiteScenarios,
  { name: "floats, logs and nested branches", space: mixedSpace(), trials: 25 },
];

/** For samplers that heed values which come back. */
export const steppedScenarios: readonly SamplerScenario[] = [
  { name: "a function of three steps", space: { x: float(0, 1), y: float(0, 1) }, trials: 30, levels: 3 },
  { name: "nested branches and two steps", space: mixedSpace(), trials: 25, levels: 2 },
];

/** For samplers that can judge by several objectives; most trials break a constraint. */
export const severalObjectivesScenarios: readonly SamplerScenario[] = [
  { name: "two objectives", space: mixedSpace(), trials: 25, directions: ["maximize", "minimize"] },
  {
    name: "three objectives and constraints",
    space: finiteSpace(),
    trials: 25,
    directions: ["minimize", "minimize", "maximize"],
    constrained: true,
  },
];

/**
 * Declares the contract's tests for a sampler. `factory` must give a new, equal sampler each time; samplers that need a
 * finite space take `finiteScenarios`.
 */
export function describeSamplerContract(name: string, factory: () => Sampler, scenarios: readonly SamplerScenario[] = allScenarios): void {
  describe(`${name} keeps the sampler contract`, () => {
    for (const scenario of scenarios) {
      describe(`on ${scenario.name}`, () => {
        for (const law of samplerLaws) it(law.name, () => law.check(factory, scenario));
      });
    }
  });
}

export const samplerLaws: readonly SamplerLaw[] = [
  {
    name: "says what it is as frozen plain data",
    check(factory) {
      const { name, options, traits } = factory();
      expect(name).toMatch(/\S/);
      expectFrozenData(options);
      expectFrozenData(traits);
      expect(traits).toMatchObject({ adaptive: expect.any(Boolean), usesClock: expect.any(Boolean) });
      expect(canonicalJson(factory().options)).toBe(canonicalJson(options));
    },
  },
  {
    name: "proposes frozen plain data within the space",
    check(factory, scenario) {
      const proposals = simulate(factory(), scenario);
      expect(proposals.length).toBeGreaterThan(0);
      for (const proposal of proposals) {
        expect(describeMismatch(scenario.space, proposal.params)).toBeNull();
        expectFrozenData(proposal);
        expect(proposal.by).toMatch(/\S/);
        expect(proposal.why).toBeTypeOf("string");
        if (proposal.parent !== undefined) expect(Number.isInteger(proposal.parent) && proposal.parent >= 0).toBe(true);
      }
    },
  },
  {
    name: "gives the same proposals again, from a new sampler and however the clock and Math.random stand",
    check(factory, scenario) {
      const shared = factory();
      const proposals = simulate(shared, scenario);
      expect(simulate(shared, scenario)).toEqual(proposals);
      expect(simulate(factory(), scenario)).toEqual(proposals);
      if (!shared.traits.usesClock) expect(elsewhere(() => simulate(factory(), scenario))).toEqual(proposals);
    },
  },
  {
    name: "proposes without changing its state, however often it is asked",
    check(factory, scenario) {
      const calm = simulate(factory(), scenario, 2);
      const curious = simulate(factory(), scenario, 2, (sampler, state, number, pending) => {
        const before = bytesOf(state);
        const ask = (stream: string, n: number): unknown => sampler.propose(state, n, pending, rng(stream).fork(n));
        expect(ask("a", number)).toEqual(ask("a", number));
        ask("b", number);
        ask("c", number + 7);
        expect(bytesOf(state)).toEqual(before);
      });
      expect(curious).toEqual(calm);
    },
  },
  {
    name: "is a fold: absorbing one by one, from scratch and after a resume gives the same proposals",
    check(factory, scenario) {
      for (const lookahead of [1, 4]) {
        const proposals = simulate(factory(), scenario, lookahead);
        const history = proposals.map((proposal, n) => finishedTrial(scenario, n, proposal.params));
        const stored = JSON.parse(JSON.stringify(history)) as typeof history;
        for (const [n, proposal] of proposals.entries()) {
          // Another process: a new sampler, trials read from a store, with other objects in them.
          const sampler = factory();
          const known = Math.max(0, n - lookahead + 1);
          let state = sampler.start(contextOf(scenario, lookahead));
          for (const trial of stored.slice(0, known)) state = sampler.absorb(state, deepFreeze(trial));
          const pending = deepFreeze(stored.slice(known, n).map((trial) => trial.params));
          expect(sampler.propose(state, n, pending, streamOf(n)), `trial ${n}, lookahead ${lookahead}`).toEqual(proposal);
        }
      }
    },
  },
  {
    name: "ignores outcomes and pending trials unless it is adaptive",
    check(factory, scenario) {
      const sampler = factory();
      if (sampler.traits.adaptive) return;
      const proposals = simulate(sampler, scenario, 3);
      const blank = factory();
      const state = blank.start(contextOf(scenario));
      // Backwards and without history: a group of trials is planned at once.
      for (const [n, proposal] of [...proposals.entries()].reverse()) {
        expect(blank.propose(state, n, [], streamOf(n))).toEqual(proposal);
        const pending = proposals.map((one) => one.params).reverse();
        expect(blank.propose(state, n, pending, streamOf(n))).toEqual(proposal);
      }
    },
  },
  {
    name: "is exhausted for ever, after as many proposals as it says",
    check(factory, scenario) {
      const sampler = factory();
      const size = sampler.size(scenario.space);
      const proposals = simulate(sampler, scenario);
      if (size === null) {
        expect(proposals.length).toBe(scenario.trials);
        return;
      }
      expect(Number.isInteger(size) && size >= 0).toBe(true);
      expect(proposals.length).toBe(Math.min(size, scenario.trials));
      let state = sampler.start(contextOf(scenario));
      for (const [n, proposal] of proposals.entries()) state = sampler.absorb(state, finishedTrial(scenario, n, proposal.params));
      if (proposals.length < size) return;
      for (const number of [size, size + 1, size + 2, size + 100, size * 1000]) {
        expect(sampler.propose(state, number, [], streamOf(number))).toBeUndefined();
        expect(sampler.propose(sampler.start(contextOf(scenario)), number, [], streamOf(number))).toBeUndefined();
      }
    },
  },
];

type Visit = (sampler: Sampler, state: unknown, number: number, pending: readonly Params[]) => void;

/** The loop of a study: trial n sees the outcomes of trials 0 … n − lookahead and the parameters of all before it. */
function simulate(sampler: Sampler, scenario: SamplerScenario, lookahead = 1, visit: Visit = () => {}): readonly Proposal[] {
  const proposals: Proposal[] = [];
  let state = sampler.start(contextOf(scenario, lookahead));
  let known = 0;
  for (let number = 0; number < scenario.trials; number++) {
    for (; known <= number - lookahead; known++)
      state = sampler.absorb(state, finishedTrial(scenario, known, (proposals[known] as Proposal).params));
    const pending = deepFreeze(proposals.slice(known).map((proposal) => structuredClone(proposal.params)));
    visit(sampler, state, number, pending);
    const proposal = sampler.propose(state, number, pending, streamOf(number));
    if (proposal === undefined) break;
    proposals.push(proposal);
  }
  return proposals;
}

const streamOf = (number: number) => rng("sampler contract").fork(number);

const contextOf = ({ space, directions = ["maximize"] }: SamplerScenario, lookahead = 1): SamplerContext =>
  deepFreeze({ space, directions: [...directions], lookahead });

/** An outcome that hangs on the parameters alone, with some failed and pruned trials among them. */
function finishedTrial(
  { space, directions = ["maximize"], constrained = false, levels }: SamplerScenario,
  number: number,
  params: Params,
): FinishedTrial {
  const state = number % 7 === 3 ? "failed" : number % 7 === 5 ? "pruned" : "complete";
  const stream = rng(canonicalJson(params));
  const values = state === "complete" ? directions.map(() => (levels === undefined ? stream.uniform() : stream.below(levels))) : [];
  const told = constrained && state === "complete" ? { constraints: [stream.uniform() - 0.4, stream.uniform() - 0.6] } : {};
  const { continuous } = gradientNames(space, params);
  const gradients = values.map(() => Object.fromEntries(continuous.map((name) => [name, stream.normal()])));
  const standardErrors = values.map(() => null);
  return deepFreeze({
    number,
    state,
    params: structuredClone(params),
    values,
    standardErrors,
    ...told,
    ...(state === "complete" && { gradients }),
  });
}

function elsewhere<T>(action: () => T): T {
  vi.useFakeTimers({ now: 4_000_000_000_000, toFake: ["Date", "performance", "hrtime"] });
  const random = vi.spyOn(Math, "random").mockReturnValue(0.123);
  try {
    return action();
  } finally {
    random.mockRestore();
    vi.useRealTimers();
  }
}

/** The contents of a state, where they can be cloned; a state may also hold functions. */
function bytesOf(state: unknown): string | undefined {
  try {
    return serialize(state).toString("base64");
  } catch {
    return undefined;
  }
}

function finiteSpace(): Space {
  return {
    kernel: choice({ rbf: { gamma: values([2, 4, 8]) }, poly: { degree: int(2, 3), coef: float(0, 1, { step: 0.5 }) }, linear: {} }),
    C: values([1, 10]),
  };
}

function mixedSpace(): Space {
  return {
    rate: float(1e-5, 1, { log: true }),
    model: choice({ svm: { kernel: choice({ rbf: { gamma: float(0, 9) }, linear: {} }) }, forest: { trees: int(1, 500, { log: true }) } }),
    size: float(-1, 1),
    constructor: choice([true, "text", 3]),
  };
}
