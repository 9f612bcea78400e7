import { expect, it } from "vitest";
import type { Store } from "#hpo/core/store";
import { studyHeader } from "../store/random-study.ts";

/** The part of the store's contract about what a study learns from others. `study` stands already. */
export function describeEarlier(open: () => Store, study: string): void {
  it("keeps with a study what it learns from others, bit for bit, until it is removed", () => {
    const store = open();
    const trials = [
      {
        params: { kernel: "rbf", gamma: 0.1 },
        values: [Number.NaN, -0.1 + 0.3],
        standardErrors: [null, Infinity],
        constraints: [1e-300],
      },
      { params: {}, values: [1, -Infinity], standardErrors: [0.5, null] },
    ];
    const records = [
      { study: "ale", trials },
      { study: "stout", trials: [] },
    ];
    store.create(studyHeader("learner"), records);
    expect(store.load("learner").earlier).toStrictEqual(records);
    expect(store.load(study).earlier).toStrictEqual([]);
    store.rename("learner", "renamed");
    expect(store.load("renamed").earlier).toStrictEqual(records);
    store.remove("renamed");
    store.create(studyHeader("learner"));
    expect(store.load("learner").earlier).toStrictEqual([]);
  });
}
