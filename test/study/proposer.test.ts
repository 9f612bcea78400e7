import { Proposer } from "#hpo/study/proposer";
import { describe, expect, it } from "vitest";
import type { OutcomeRecord } from "#hpo/core/records";
import type { FinishedTrial, Sampler } from "#hpo/core/sampler";

/** Proposes the number of outcomes that it has seen, so that the tests see what it saw. */
const witness: Sampler<readonly number[]> = {
  name: "witness",
  options: {},
  traits: { adaptive: true, usesClock: false },
  start: () => [],
  absorb: (state, trial: FinishedTrial) => [...state, trial.number],
  propose: (state, number, pending) => ({
    params: { seen: state.join(","), pending: pending.length, number },
    by: "witness",
    why: "",
  }),
  size: () => null,
};

function outcome(trial: number): OutcomeRecord {
  return { trial, state: "complete", values: { loss: { value: trial, standardError: null, pooled: null } }, incident: null, endedAt: "" };
}

function proposerWith(outcomes: Map<number, OutcomeRecord>, lookahead: number): Proposer {
  const objectives = [{ metric: "loss", direction: "minimize" as const }];
  return new Proposer({ sampler: witness, space: {}, objectives, seed: 0, lookahead }, (trial) => outcomes.get(trial));
}

describe("Proposer", () => {
  it("shows trial n exactly the outcomes of trials 0 … n − lookahead, whatever is finished", () => {
    const late = new Map<number, OutcomeRecord>();
    const early = new Map([0, 1, 2, 3, 4, 5, 6, 7].map((trial) => [trial, outcome(trial)]));
    const one = proposerWith(late, 3);
    const other = proposerWith(early, 3);
    for (let number = 0; number < 8; number++) {
      if (number >= 3) late.set(number - 3, outcome(number - 3));
      const params = one.propose()?.params;
      expect(params).toEqual(other.propose()?.params);
      const seen = Array.from({ length: Math.max(0, number - 2) }, (_, trial) => trial).join(",");
      expect(params).toEqual({ seen, pending: Math.min(number, 2), number });
    }
  });

  it("waits for the first outcome that the next proposal needs", () => {
    const outcomes = new Map<number, OutcomeRecord>();
    const proposer = proposerWith(outcomes, 2);
    expect(proposer.waitsFor()).toBeUndefined();
    proposer.propose();
    proposer.propose();
    expect(proposer.waitsFor()).toBe(0);
    outcomes.set(1, outcome(1));
    expect(proposer.waitsFor()).toBe(0);
    outcomes.set(0, outcome(0));
    expect(proposer.waitsFor()).toBeUndefined();
  });

  it("tells the sampler the study's seed, for what all trials share", () => {
    const told: (number | undefined)[] = [];
    const listener: Sampler<readonly number[]> = {
      ...witness,
      start({ seed }) {
        told.push(seed);
        return [];
      },
    };
    const objectives = [{ metric: "loss", direction: "minimize" as const }];
    const proposers = [0, 7].map((seed) => new Proposer({ sampler: listener, space: {}, objectives, seed, lookahead: 1 }, () => undefined));
    expect(proposers.map((proposer) => proposer.propose()?.by)).toEqual(["witness", "witness"]);
    expect(told).toEqual([0, 7]);
  });

  it("proposes after a restart what it would have proposed without one", () => {
    const outcomes = new Map([0, 1, 2, 3].map((trial) => [trial, outcome(trial)]));
    const straight = proposerWith(outcomes, 2);
    const restarted = proposerWith(outcomes, 2);
    for (let number = 0; number < 4; number++) {
      const proposal = straight.propose();
      if (proposal === undefined) throw new Error("exhausted");
      const { params, by, why } = proposal;
      restarted.restore({ number, group: number, params, by, why, parent: null, budget: null, note: null, proposedAt: "" });
    }
    expect(restarted.propose()).toEqual(straight.propose());
  });
});
