import { describe, expect, it } from "vitest";
import type { OfferedModel } from "#hpo/core/estimator";
import type { OutcomeRecord } from "#hpo/core/records";
import { modelKeeper } from "#hpo/study/model-keeper";
import { outcomeRow } from "../store/rows.ts";

const outcome = (trial: number, value: number) => outcomeRow(trial, { values: { loss: { value, standardError: null, pooled: null } } });
const offered =
  (bytes = 10) =>
  (trial: number): OfferedModel => ({ bytes, json: () => ({ trial }) });

describe("modelKeeper()", () => {
  const notes: string[] = [];
  const keeper = () => modelKeeper({ metric: "loss", direction: "minimize", note: (text) => notes.push(text) });

  const all = { has: () => true };
  const saw = (...outcomes: readonly OutcomeRecord[]) => {
    const one = keeper();
    for (const each of outcomes) one.absorb(each, {});
    return one;
  };

  it("keeps the model of the best trial so far, of equal ones that of the lowest number, in whatever order they end", () => {
    const five = { trial: 5, json: '{"trial":5}' };
    expect(saw(outcome(4, 2), outcome(5, 1), outcome(6, 1)).keep(all, offered())).toEqual(five);
    expect(saw(outcome(6, 1), outcome(5, 1), outcome(4, 2)).keep(all, offered())).toEqual(five);
    const failed = outcomeRow(1, { state: "failed", values: {} });
    expect(saw(outcome(5, 1), outcome(0, NaN), failed).keep(all, offered())).toEqual(five);
  });

  it("says nothing of trials that the best is not one of, and takes a model away that is no longer the best's", () => {
    const one = saw(outcome(2, 5), outcome(1, 6));
    expect(one.keep(new Set([0, 1]), offered())).toBeUndefined();
    expect(one.keep(new Set([2]), () => undefined)).toBeNull();
    expect(keeper().keep(all, offered())).toBeUndefined();
  });

  it("does not make a model of more than 64 MB, and says so", () => {
    expect(saw(outcome(1, 6)).keep(all, () => ({ bytes: 64e6 + 1, json: () => expect.unreachable() }))).toBeNull();
    expect(notes).toEqual(["the model of trial 1 takes 65 MB, more than 64 MB, and is not kept"]);
    expect(saw(outcome(1, 6)).keep(all, offered(64e6))?.trial).toBe(1);
  });
});
