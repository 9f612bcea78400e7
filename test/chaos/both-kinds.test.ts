import { fileURLToPath } from "node:url";
import { defineStudy, openStudy, values } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { describe, expect, it } from "vitest";
import { studyAnswers } from "../study-answers.ts";

/** Study files of every kind: what differs is what goes between a slot and the coordinator. */
const kinds: Readonly<Record<string, readonly [file: string, name: string]>> = {
  "an objective with a search by gradients": ["../fixtures/bowl.ts", "bowl"],
  "pruned trials, whose past is shared": ["../fixtures/learning-curves.ts", "curves"],
  checkpoints: ["../fixtures/training.ts", "training"],
  "pipelines, whose transformed folds are shared": ["../fixtures/iris-pipeline.ts", "iris-pipeline"],
  "a shared solve": ["../fixtures/iris-relay.ts", "iris-relay"],
  "a race": ["../fixtures/iris-race.ts", "iris-race"],
};

async function answers([file, name]: readonly [string, string], isolation: "thread" | "process"): Promise<string[]> {
  const store = memoryStore();
  const study = await openStudy(fileURLToPath(new URL(file, import.meta.url)), { store });
  const { runs } = await study.run({ workers: isolation === "process" ? 2 : 1, isolation, onOutput: () => undefined });
  expect(runs.at(-1)?.notes.includes("each worker is a process of its own")).toBe(isolation === "process");
  await study.close();
  // Stacks name lines of other files in the two.
  return studyAnswers(store, name, { surplus: false }).map((line) => line.replaceAll(/"stack":"(?:[^"\\]|\\.)*"/g, '"stack":null'));
}

describe("threads and processes", () => {
  for (const [title, study] of Object.entries(kinds)) {
    it(`give equal bits: ${title}`, async () => {
      expect(await answers(study, "process")).toEqual(await answers(study, "thread"));
    });
  }

  it("are what the study says, with the memory that it allows, unless a run says otherwise", async () => {
    const file = fileURLToPath(new URL("../fixtures/greedy-process.ts", import.meta.url));
    const study = await openStudy(file, { store: memoryStore() });
    const { runs, trials } = await study.run({ workers: 1 });
    expect(runs.at(-1)?.notes).toContain("each worker is a process of its own, in which a trial may take 250 MB");
    expect(trials.map(({ state }) => state)).toEqual(["complete", "failed"]);
    expect(trials[1]?.incident).toContain("memory");
    await expect(study.run({ isolation: "thread" })).rejects.toThrow('isolation must be "process" where trialMemory is given');
    await study.close();
    const small = { name: "small", space: { x: values([1]) }, objective: () => 1 };
    expect(() => defineStudy({ ...small, isolation: "thread", trialMemory: 1e9 })).toThrow('defineStudy(): isolation must be "process"');
    expect(() => defineStudy({ ...small, isolation: "vm" as "thread" })).toThrow("isolation must be");
    expect(() => defineStudy({ ...small, trialMemory: 0 })).toThrow("trialMemory must be");
  });
});
