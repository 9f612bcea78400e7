import {
  accuracy,
  auditSplits,
  crossValidate,
  csv,
  defineStudy,
  groupKFold,
  inMemory,
  kFold,
  openStudy,
  predefined,
  stratifiedGroupKFold,
  stratifiedKFold,
  svm,
} from "hpo";
import { describe, expect, it } from "vitest";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { studyPage } from "#hpo/report/study-page";
import { rng } from "#hpo/math/rng";
import { sharedData, sharedDataReason } from "../../shared-data.ts";

const rows = 200;
const stream = rng("audit");
const noise = (): number[][] => Array.from({ length: rows }, () => [stream.normal(), stream.normal()]);
const twoClasses = Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? "a" : "b"));
const kinds = async (options: Parameters<typeof auditSplits>[0]): Promise<string[]> => (await auditSplits(options)).map(({ kind }) => kind);

describe("the split audit", () => {
  it("says nothing of rows without a pattern, however they are split", async () => {
    const group = Array.from({ length: rows }, (_, row) => row % 20);
    for (const cv of [kFold({ folds: 5 }), stratifiedKFold({ folds: 10 })]) {
      expect(await auditSplits({ data: inMemory({ name: "noise", features: noise(), target: twoClasses }), cv })).toEqual([]);
    }
    const grouped = inMemory({ name: "groups", features: noise(), target: twoClasses, group });
    for (const cv of [groupKFold({ folds: 5 }), stratifiedGroupKFold({ folds: 5 })])
      expect(await auditSplits({ data: grouped, cv })).toEqual([]);
  });

  it("counts groups and rows that straddle folds", async () => {
    const group = Array.from({ length: rows }, (_, row) => `person ${row % 4}`);
    const data = inMemory({ name: "people", features: noise(), target: twoClasses, group });
    expect(await auditSplits({ data, cv: kFold({ folds: 5 }) })).toEqual([
      expect.objectContaining({ kind: "groups", certain: true, rows, text: expect.stringContaining("4 of 4 groups straddle folds (") }),
    ]);
    // Persons 2 and 3 stay whole.
    const folds = Array.from({ length: rows }, (_, row) => (row % 4 < 2 ? (row >> 2) % 2 : row % 4 === 2 ? 0 : 1));
    const some = inMemory({ name: "people", features: noise(), target: twoClasses, group, fold: folds });
    const [finding] = await auditSplits({ data: some, cv: predefined() });
    expect([finding?.rows, finding?.text]).toEqual([
      rows / 2,
      expect.stringMatching(/^2 of 4 groups straddle folds \("person 0", "person 1"\):/),
    ]);
  });

  it("asks about blocks of rows and running numbers that no role was given", async () => {
    const inBlocks = noise().map((row, i) => [...row, Math.floor(i / 20) * 7]);
    const [blocks] = await auditSplits({
      data: inMemory({ name: "blocks", features: inBlocks, target: twoClasses }),
      cv: kFold({ folds: 5 }),
    });
    expect(blocks).toMatchObject({ kind: "groups", certain: false, text: expect.stringContaining("10 blocks of equal") });
    const running = noise().map((row, i) => [...row, 1000 + 3 * i]);
    const [time] = await auditSplits({ data: inMemory({ name: "hours", features: running, target: twoClasses }), cv: kFold({ folds: 5 }) });
    expect(time).toMatchObject({ kind: "time", certain: false, text: expect.stringContaining("if it is time, to judge forecasts") });
    // Shuffled, the same columns say nothing.
    const shuffled = stream.shuffle(inBlocks.map((_, i) => i)).map((i) => [...(inBlocks[i] ?? []), running[i]?.[2] ?? 0]);
    expect(
      await auditSplits({ data: inMemory({ name: "shuffled", features: shuffled, target: twoClasses }), cv: kFold({ folds: 5 }) }),
    ).toEqual([]);
  });

  it("counts test rows that have a twin on the training side, missing values and all", async () => {
    const features = noise();
    // Rows 0 … 9 again at 100 … 109.
    for (let i = 0; i < 10; i++) features[100 + i] = [...(features[i] as number[])];
    (features[0] as number[])[1] = Number.NaN;
    (features[100] as number[])[1] = Number.NaN;
    const fold = Array.from({ length: rows }, (_, row) => (row < 100 ? 0 : 1));
    const [finding, ...rest] = await auditSplits({
      data: inMemory({ name: "twins", features, target: twoClasses, fold }),
      cv: predefined(),
    });
    expect(rest).toEqual([]);
    expect(finding).toMatchObject({ kind: "duplicates", rows: 20, text: expect.stringContaining("20 of 200 test rows (10 %)") });
    // Twins in one fold harm nothing.
    const together = Array.from({ length: rows }, (_, row) => (row >> 1) % 2);
    expect(await kinds({ data: inMemory({ name: "twins", features, target: twoClasses, fold: together }), cv: predefined() })).toEqual([]);
  });

  it("sees classes that a fold was not trained on, and classes out of proportion", async () => {
    const target = Array.from({ length: rows }, (_, row) => (row < 100 ? "a" : row < 199 ? "b" : "rare"));
    const found = await auditSplits({
      data: inMemory({ name: "sorted", features: noise(), target }),
      cv: kFold({ folds: 5, shuffle: false }),
    });
    expect(found.map(({ kind }) => kind)).toEqual(["classes", "classes"]);
    expect(found[0]?.text).toContain('classes are tested that the fold was not trained on ("rare" in fold 5)');
    expect(found[1]?.text).toMatch(/\(\d+ % of fold \d are "[ab]", \d+ % of all rows, and \d more\)/);
    const numbers = Array.from({ length: rows }, (_, row) => row / 7 + stream.uniform());
    const regression = inMemory({ name: "numbers", features: noise(), target: numbers });
    expect(await kinds({ data: regression, cv: kFold({ folds: 5, shuffle: false }), task: "regression" })).toEqual([]);
  });

  it("names scaling on all rows", async () => {
    const data = inMemory({ name: "scaled", features: noise(), target: twoClasses, scale: "min-max" });
    expect(await kinds({ data, cv: kFold({ folds: 5 }) })).toEqual(["scaling"]);
  });

  it("is told by a run, and stays with it", async () => {
    const group = Array.from({ length: rows }, (_, row) => row % 4);
    const spec = defineStudy({
      name: "audited",
      data: inMemory({ name: "people", features: noise(), target: twoClasses, group }),
      space: {},
      model: () => svm({ kernel: "linear", C: 1 }),
      cv: kFold({ folds: 5 }),
      metrics: { accuracy: accuracy() },
    });
    const store = memoryStore();
    const study = await openStudy(spec, { store });
    const told: string[] = [];
    const snapshot = await study.run({ onProgress: ({ notes }) => told.push(...notes) });
    await study.close();
    expect(told.join()).toContain("4 of 4 groups straddle folds");
    expect(snapshot.runs[0]?.notes.join()).toContain("4 of 4 groups straddle folds");
    expect(studyPage(snapshot)).toContain("4 of 4 groups straddle folds");
  });

  const file = sharedData("tabular/vowel.csv.gz");
  it.skipIf(file === undefined)(`tells the speakers of vowel, which make 0.99 of 0.6 (${sharedDataReason})`, async () => {
    const data = csv(file as string, { target: "y", group: "V1" });
    const model = svm({ kernel: "rbf", gamma: 1, C: 10 });
    const score = async (cv: ReturnType<typeof kFold>): Promise<number> =>
      (await crossValidate({ data, cv, model, metrics: { accuracy: accuracy() } })).values["accuracy"]?.value ?? 0;
    const [stratified, grouped] = [stratifiedKFold({ folds: 5 }), groupKFold({ folds: 5 })];
    expect((await auditSplits({ data, cv: stratified })).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^15 of 15 groups straddle folds/),
    ]);
    expect(await auditSplits({ data, cv: grouped })).toEqual([]);
    expect(await score(stratified)).toBeGreaterThan(0.97);
    expect(await score(grouped)).toBeLessThan(0.65);
    // Whoever left the speaker among the features is asked.
    const [asked] = await auditSplits({ data: csv(file as string, { target: "y" }), cv: stratified });
    expect(asked?.text).toContain('15 blocks of equal "V1", which straddle folds');
  });
});
