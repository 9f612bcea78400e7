import { accuracy, defineStudy, inMemory, kFold, openStudy, svm, values } from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { expect, it } from "vitest";

it("a study says so where its data loads something else, or fails of itself", async () => {
  const data = inMemory({ name: "two", features: [[1], [2]], target: ["a", "b"] });
  const declared = { name: "odd-data", space: { x: values([1]) }, cv: kFold({ folds: 2 }), metrics: { accuracy: accuracy() } };
  const open = (load: unknown) =>
    openStudy(defineStudy({ ...declared, model: () => svm({ kernel: "linear", C: 1 }), data: { ...data, load: load as never } }), {
      store: memoryStore(),
    });
  await expect(open(async () => 1)).rejects.toMatchObject({
    code: "DATA_INVALID",
    message: expect.stringContaining("must give a data set, as csv(…) and inMemory(…) do; got 1."),
  });
  const broken = (): never => {
    throw new TypeError("no such cell");
  };
  await expect(open(broken)).rejects.toMatchObject({
    code: "DATA_INVALID",
    message: "load() of the data failed: TypeError: no such cell",
  });
});
