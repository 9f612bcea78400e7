import { fileURLToPath } from "node:url";
import { defineStudy, kFold, openStudy, accuracy, csv, grid, values, type RunProgress, type Study } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { afterEach, describe, expect, it } from "vitest";
import type { Store } from "#hpo/core/store";
import { sharedCentroid } from "../fixtures/shared-centroid.ts";
import { studyAnswers } from "../study-answers.ts";

const file = fileURLToPath(new URL("../fixtures/iris-relay.ts", import.meta.url));
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function opened(study: string | Parameters<typeof openStudy>[0]): Promise<{ study: Study; store: Store }> {
  const store = memoryStore();
  const made = await openStudy(study, { store });
  open.push(made);
  return { study: made, store };
}

describe("the memory limit of a run", () => {
  it("counts the scratch of every worker", async () => {
    // The means take 3 folds × 4 rows × 4 numbers of 8 bytes = 384 bytes, and each slot 128.
    const { study } = await opened(file);
    await expect(study.run({ workers: 2, memory: 384 + 2 * 128 - 1 })).rejects.toThrow("the means of all folds take");
    expect((await study.run({ workers: 2, memory: 384 + 2 * 128 })).state).toBe("complete");
  });

  it("is no part of the study: a resume may have another, and the answers are the same", async () => {
    const whole = await opened(file);
    await whole.study.run({ workers: 1 });
    const { study, store } = await opened(file);
    await expect(study.run({ workers: 1, memory: 1 })).rejects.toThrow("the means of all folds take");
    await study.run({ workers: 1, memory: 1e6 });
    expect(studyAnswers(store, "iris-relay")).toEqual(studyAnswers(whole.store, "iris-relay"));
  });

  it("comes with what the plan says of it, in the progress and in the stored run", async () => {
    const { study } = await opened(file);
    const told: RunProgress[] = [];
    const { runs } = await study.run({ workers: 1, onProgress: (progress) => void told.push(progress) });
    const scaled = expect.stringContaining("features were scaled");
    expect(runs.map(({ notes }) => notes)).toEqual([[scaled, "means kept: 384 bytes"]]);
    expect(told.at(-1)?.notes).toEqual([scaled, "means kept: 384 bytes"]);
    // Nothing is planned any more.
    expect((await study.run({ workers: 1 })).runs.at(-1)?.notes).toEqual([scaled]);
  });

  it("lets 20 trials, one after the other, fill the arena once", async () => {
    const shrinks = Array.from({ length: 20 }, (_, at) => at / 20);
    const spec = defineStudy({
      name: "sequential",
      data: csv("studies/data/iris.csv.gz", { target: "y" }),
      space: { shrink: values(shrinks) },
      model: ({ shrink }) => sharedCentroid({ shrink, relay: true }),
      cv: kFold({ folds: 3 }),
      metrics: { accuracy: accuracy() },
      sampler: grid(),
    });
    const sequential = { ...spec, sampler: { ...spec.sampler, traits: { ...spec.sampler.traits, adaptive: true } } };
    const { study, store } = await opened(sequential);
    const { counts, trials } = await study.run();
    expect([trials.length, new Set(trials.map(({ group }) => group)).size]).toEqual([20, 20]);
    expect(counts).toMatchObject({ fills: 3, reused: 19 });
    const together = await opened(spec);
    expect((await together.study.run()).counts).toMatchObject({ fills: 3 });
    expect(studyAnswers(store, "sequential")).toEqual(studyAnswers(together.store, "sequential"));
  });
});
