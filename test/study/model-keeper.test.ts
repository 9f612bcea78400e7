import { describe, expect, it } from "vitest";
import type { OfferedModel } from "#hpo/core/estimator";
import { modelKeeper } from "#hpo/study/model-keeper";
import { outcomeRow } from "../store/rows.ts";

const outcome = (trial: number, value: number) => outcomeRow(trial, { values: { loss: { value, standardError: null, pooled: null } } });
const offered =
  (bytes = 10) =>
  (trial: number): OfferedModel => ({ bytes, json: () => ({ trial }) });

describe("modelKeeper()", () => {
  const notes: string[] = [];
  const keeper = () => modelKeeper({ metric: "loss", direction: "minimize", note: (text) => notes.push(text) });

  it("keeps the model of the best trial so far, of equal ones that of the lowest number, in whatever order they end", () => {
    const one = keeper();
    expect(one.keep([outcome(4, 2), outcome(5, 1), outcome(6, 1)], offered())).toEqual({ trial: 5, json: '{"trial":5}' });
    expect(one.keep([outcome(7, 1), outcome(8, NaN), outcomeRow(9, { state: "failed", values: {} })], offered())).toBeUndefined();
    expect(one.keep([outcome(3, 1)], offered())).toEqual({ trial: 3, json: '{"trial":3}' });
  });

  it("knows what an earlier run ended, and takes a model away that is no longer the best", () => {
    const one = keeper();
    one.restore(outcome(2, 5));
    expect(one.keep([outcome(1, 6)], offered())).toBeUndefined();
    expect(one.keep([outcome(0, 4)], () => undefined)).toBeNull();
  });

  it("does not make a model of more than 64 MB, and says so", () => {
    expect(keeper().keep([outcome(1, 6)], () => ({ bytes: 64e6 + 1, json: () => expect.unreachable() }))).toBeNull();
    expect(notes).toEqual(["the model of trial 1 takes 65 MB, more than 64 MB, and is not kept"]);
    expect(keeper().keep([outcome(1, 6)], offered(64e6))?.trial).toBe(1);
  });
});
