import { incumbents } from "#hpo/validation/racing/incumbents";
import { describe, expect, it } from "vitest";

type State = "complete" | "pruned" | "failed";

/** Trials by number: state, accuracy, latency. */
function incumbentsOf(
  trials: readonly (readonly [State, number, number?])[],
  more: { readonly lookahead?: number; readonly folds?: number } = {},
) {
  const read: number[] = [];
  const of = incumbents({
    metric: "accuracy",
    direction: "maximize",
    constraints: [{ metric: "latency", min: null, max: 1 }],
    lookahead: more.lookahead ?? 1,
    folds: 1,
    outcomeOf: (trial) => {
      const one = trials[trial];
      if (one === undefined) return undefined;
      const [state, value, latency = 0] = one;
      const judged = (number: number) => ({ value: number, standardError: null, pooled: null });
      return { trial, state, values: { accuracy: judged(value), latency: judged(latency) }, incident: null, endedAt: "" };
    },
    evaluations: (trial) => {
      read.push(trial);
      return [
        {
          trial,
          repeat: 0,
          fold: 0,
          rung: 0,
          values: { accuracy: trials[trial]?.[1] ?? 0 },
          testRows: 1,
          correct: null,
          identical: false,
          startedAt: "",
          endedAt: "",
          time: { fitSeconds: 0, predictSeconds: 0, wallSeconds: 0, cpuSeconds: null },
        },
      ]; // prettier-ignore
    },
    predictions: (trial) =>
      Array.from({ length: more.folds ?? 1 }, (_, fold) => ({
        trial,
        repeat: 0,
        fold,
        rows: Uint32Array.of(0),
        predicted: Float64Array.of(1),
        truth: Float64Array.of(1),
        scores: null,
      })), // prettier-ignore
  });
  return { of, read };
}

describe("incumbents()", () => {
  it("gives the best complete trial of those that a trial sees, ties to the lowest number", () => {
    const { of, read } = incumbentsOf([
      ["failed", 0],
      ["complete", 0.5],
      ["pruned", 0.9],
      ["complete", 0.7],
      ["complete", 0.7],
      ["complete", 0.8],
    ]);
    expect([0, 1, 2, 3, 4, 5, 6].map((number) => of(number)?.trial)).toEqual([undefined, undefined, 1, 1, 3, 3, 5]);
    // Asked again for an earlier trial, as after a resume, it gives what it gave.
    expect(of(3)?.trial).toBe(1);
    expect(new Set(read)).toEqual(new Set([1, 3, 5]));
  });

  it("sees no further than the lookahead, and waits for what it has to see", () => {
    const { of } = incumbentsOf(
      [
        ["complete", 0.5],
        ["complete", 0.9],
      ],
      { lookahead: 4 },
    ); // prettier-ignore
    expect([3, 4, 5].map((number) => of(number)?.trial)).toEqual([undefined, 0, 1]);
    expect(() => of(6)).toThrow("A race was begun before trial 2 had its outcome.");
  });

  it("leaves out what misses a constraint, and what has no folds to compare with", () => {
    const { of } = incumbentsOf([
      ["complete", 0.5],
      ["complete", 0.9, 2],
    ]); // prettier-ignore
    expect(of(2)?.trial).toBe(0);
    expect(incumbentsOf([["complete", 0.5]], { folds: 0 }).of(1)).toBeUndefined();
  });
});
