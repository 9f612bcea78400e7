import { accuracy, csv, defineStudy, float, openStudy, random, stratifiedKFold, svm } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { describe, expect, it } from "vitest";
import { studyAnswers } from "../../study-answers.ts";

/** Random γ and C on the handwritten digits. */
function digits(order: "together" | "one after the other") {
  const spec = defineStudy({
    name: "digits",
    data: csv("studies/data/digits.csv.gz", { target: "y", scale: "min-max" }),
    space: { gamma: float(0.01, 1, { log: true }), C: float(0.5, 50, { log: true }) },
    model: ({ gamma, C }) => svm({ kernel: "rbf", gamma, C }),
    cv: stratifiedKFold({ folds: 3 }),
    metrics: { accuracy: accuracy() },
    sampler: random(),
    trials: 6,
  });
  // A sampler that looks at outcomes proposes a trial once the one before is finished.
  return order === "together" ? spec : { ...spec, sampler: { ...spec.sampler, traits: { ...spec.sampler.traits, adaptive: true } } };
}

async function answersOf(order: "together" | "one after the other", memory?: number) {
  const store = memoryStore();
  const study = await openStudy(digits(order), { store });
  const { counts, trials } = await study.run(memory === undefined ? {} : { memory });
  await study.close();
  return { counts, groups: new Set(trials.map(({ group }) => group)).size, answers: studyAnswers(store, "digits") };
}

describe("svm trials of any search", () => {
  it("share the distances: six trials, one after the other, compute them once, and have the bits of six together or of a memory that holds none", async () => {
    const sequential = await answersOf("one after the other");
    expect(sequential.groups).toBe(6);
    // Features and distances are filled by the first trial; the five others find both.
    expect(sequential.counts).toMatchObject({ reused: 10 });
    const together = await answersOf("together");
    expect(together.groups).toBe(1);
    expect(together.answers).toEqual(sequential.answers);
    // 3.2 million distances take 13 MB.
    const small = await answersOf("one after the other", 6e6);
    expect(small.answers).toEqual(sequential.answers);
    expect(small.counts).toMatchObject({ reused: 5 });
  });
});
