import { fileURLToPath } from "node:url";
import { loadModel, openStudy, type StudySnapshot } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { studyPage } from "#hpo/report/study-page";
import { describe, expect, it } from "vitest";
import { studyAnswers } from "../study-answers.ts";

const file = fileURLToPath(new URL("../fixtures/iris-pipeline.ts", import.meta.url));

async function answered(
  runs: readonly { readonly workers: number; readonly trials: number; readonly memory?: number }[],
): Promise<{ answers: string[]; snapshot: StudySnapshot }> {
  const store = memoryStore();
  try {
    let snapshot: StudySnapshot | undefined;
    for (const { trials, ...options } of runs) {
      const study = await openStudy(file, { store, trials });
      try {
        snapshot = await study.run(options);
      } finally {
        await study.close();
      }
    }
    return { answers: studyAnswers(store, "iris-pipeline"), snapshot: snapshot as StudySnapshot };
  } finally {
    store.close();
  }
}

describe("a study of a pipeline", () => {
  it("answers bit by bit alike with one worker and two, with hardly any memory, and after a stop", async () => {
    const whole = await answered([{ workers: 1, trials: 12 }]);
    expect(whole.snapshot.trials.every(({ state }) => state === "complete")).toBe(true);
    // Scaling and balancing of three folds, and two decompositions of each; twelve trials take three steps a fold.
    expect(whole.snapshot.counts).toMatchObject({ "step fits": 12, "step fits shared": 12 * 9 - 12 });
    for (const runs of [
      [{ workers: 2, trials: 12 }],
      [{ workers: 2, trials: 12, memory: 1000 }],
      [
        { workers: 1, trials: 5 },
        { workers: 2, trials: 12 },
      ],
    ]) {
      const { answers } = await answered(runs);
      expect(answers).toEqual(whole.answers);
    }
  });

  it("fits the same steps once for any workers, and shows it", async () => {
    const { snapshot } = await answered([{ workers: 2, trials: 12 }]);
    expect(snapshot.counts).toMatchObject({ "step fits": 12, "step fits shared": 96 });
    const page = studyPage(snapshot);
    expect(page).toContain("step fits 12 · step fits shared 96");
    expect(page).toMatch(/standardize → smote → pca · fold \d · used by \d+ trials/);
  });

  it("gives a model that loads and knows its steps", async () => {
    const store = memoryStore();
    const study = await openStudy(file, { store, trials: 2 });
    try {
      await study.run({ workers: 1 });
      const { json, source } = await study.model();
      const model = loadModel(json, "pipeline");
      expect(source).toBe("fitted");
      expect(model.transforms.length).toBe(3);
      expect(JSON.stringify(model.toJSON())).toBe(JSON.stringify(json));
    } finally {
      await study.close();
      store.close();
    }
  });
});
