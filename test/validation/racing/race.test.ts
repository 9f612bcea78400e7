import {
  accuracy,
  defineStudy,
  f1,
  type FinishedTrial,
  float,
  grid,
  inMemory,
  kFold,
  mse,
  openStudy,
  random,
  type Sampler,
  stratifiedKFold,
  type StudySpec,
  svm,
  values,
} from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import type { Store } from "#hpo/core/store";
import { describe, expect, it } from "vitest";
import { coin, coinData } from "./coin.ts";
import { drive } from "./drive.ts";

const base = {
  name: "race",
  data: coinData(300),
  space: { quality: float(0.2, 0.95) },
  model: ({ quality }: { readonly quality: number }) => coin({ quality }),
  cv: stratifiedKFold({ folds: 10 }),
  metrics: { accuracy: accuracy() },
  sampler: random(),
  trials: 24,
} as const;

/** What is declared of the race of a study that is opened anew, or found in `store`. */
async function declared(spec: StudySpec, store: Store = memoryStore(), trials?: number): Promise<unknown> {
  await (await openStudy(spec, { store, ...(trials === undefined ? {} : { trials }) })).close();
  return store.header(spec.name)?.declaration.race;
}

describe("a race is on by default", () => {
  it("with 5 folds and more than 10 trials", async () => {
    expect(await declared(defineStudy(base))).toEqual({ manner: "spending", solvers: "whole" });
    expect(await declared(defineStudy({ ...base, trials: 10 }))).toBeUndefined();
    expect(await declared(defineStudy({ ...base, cv: kFold({ folds: 4 }) }))).toBeUndefined();
    expect(await declared(defineStudy({ ...base, race: false }))).toBeUndefined();
  });

  it("but not for grids, models that answer all folds together, several objectives, or without predictions", async () => {
    const space = { quality: values(Array.from({ length: 12 }, (_, i) => i / 12)) };
    expect(await declared(defineStudy({ ...base, space, sampler: grid(), trials: 12 }))).toBeUndefined();
    const model = () => svm({ kernel: "linear", C: 1 });
    expect(await declared(defineStudy({ ...base, model }))).toBeUndefined();
    expect(
      await declared(defineStudy({ ...base, metrics: { accuracy: accuracy(), f1: f1() }, objectives: ["accuracy", "f1"] })),
    ).toBeUndefined();
    expect(await declared(defineStudy({ ...base, keepPredictions: false }))).toBeUndefined();
  });

  it("but not for folds that follow each other in time", async () => {
    const forward = {
      ...kFold({ folds: 5 }),
      split: () =>
        Array.from({ length: 5 }, (_, fold) => ({
          train: Uint32Array.from({ length: 50 * (fold + 1) }, (__, row) => row),
          test: Uint32Array.from({ length: 50 }, (__, row) => 50 * (fold + 1) + row),
        })),
    };
    expect(await declared(defineStudy({ ...base, cv: forward }))).toBeUndefined();
    await expect(declared(defineStudy({ ...base, cv: forward, race: true }))).rejects.toThrow("folds must not follow each other in time");
  });

  it("and stays what it was when a study is continued with more trials, unless the file says otherwise", async () => {
    const store = memoryStore();
    expect(await declared(defineStudy({ ...base, trials: 10 }), store)).toBeUndefined();
    expect(await declared(defineStudy({ ...base, trials: 10 }), store, 50)).toBeUndefined();
    await expect(declared(defineStudy({ ...base, race: true }), store)).rejects.toMatchObject({
      code: "STUDY_CHANGED",
      message: expect.stringContaining("race"),
    });
  });
});

describe("a race that is asked for", () => {
  it("takes grids, and fits models that answer all folds together fold by fold", async () => {
    const space = { quality: values([0.3, 0.9]) };
    expect(await declared(defineStudy({ ...base, space, sampler: grid(), trials: 2, race: true }))).toEqual({
      manner: "spending",
      solvers: "raced",
    });
    expect(await declared(defineStudy({ ...base, race: "exact" }))).toEqual({ manner: "exact", solvers: "raced" });
  });

  it("tells what it can't do", async () => {
    const metrics = { accuracy: accuracy(), f1: f1() };
    const several = defineStudy({ ...base, metrics, objectives: ["accuracy", "f1"], race: true });
    await expect(declared(several)).rejects.toThrow("race: there must be one objective");
    const forgetful = defineStudy({ ...base, keepPredictions: false, race: true });
    await expect(declared(forgetful)).rejects.toThrow("got keepPredictions: false. Leave race out");
    const unbounded = defineStudy({ ...base, metrics: { f1: f1() }, race: "exact" });
    await expect(declared(unbounded)).rejects.toThrow("between known bounds, such as accuracy(); got f1().");
  });

  it("needs true, false or exact", () => {
    expect(() => defineStudy({ ...base, race: "fast" as unknown as boolean })).toThrow('race must be one of true, false, "exact"');
  });
});

/** Remembers what it is told of finished trials. */
function listening(told: FinishedTrial[]): Sampler {
  const inner = random();
  return {
    ...inner,
    traits: { ...inner.traits, adaptive: true },
    absorb: (state, trial) => {
      told.push(trial);
      return state;
    },
  };
}

describe("a stopped trial", () => {
  it("is pruned with its incumbent, look and saved folds as the reason, and samplers hear its estimate, error and rows", async () => {
    const told: FinishedTrial[] = [];
    const store = memoryStore();
    const spec = defineStudy({ ...base, sampler: listening(told) });
    const study = await openStudy(spec, { store });
    const { trials, runs } = await study.run();
    await study.close();
    expect(runs[0]?.notes.some((note) => note.startsWith("race is on (5 %, by rows)"))).toBe(true);
    const pruned = trials.filter(({ state }) => state === "pruned");
    expect(pruned.length).toBeGreaterThan(8);
    for (const { number, folds, testRows, incident, values: judged } of pruned) {
      expect(incident).toMatch(
        /^race: (worse than trial \d+ by \d+\.\d\d ± \d+\.\d\d %, \d+\.\d standard errors where \d\.\d are enough|can't reach trial \d+: \d+\.\d\d % over all folds at best, where that has \d+\.\d\d %); look \d of 9, after \d folds? \(\d+ rows\), \d of 10 folds saved$/u,
      );
      const incumbent = Number(/trial (\d+)/u.exec(incident ?? "")?.[1]);
      expect(incumbent).toBeLessThanOrEqual(number - spec.lookahead);
      expect(trials[incumbent]?.state).toBe("complete");
      const heard = told.find((one) => one.number === number);
      if (number > 24 - spec.lookahead - 1) continue;
      expect(heard).toMatchObject({
        state: "pruned",
        values: [judged["accuracy"]?.value],
        standardErrors: [judged["accuracy"]?.standardError],
        rows: testRows,
      });
      const { reported } = store.load("race").trials[number]?.outcome ?? {};
      expect(reported?.steps).toEqual(Array.from({ length: folds }, (_, look) => look + 1));
      expect(reported?.values.at(-1)).toBe(judged["accuracy"]?.value);
    }
    // What the estimate is of: all folds of the same trial.
    const whole = await (await openStudy(defineStudy({ ...base, race: false }), { store: memoryStore() })).run();
    for (const { number, values: judged } of pruned) {
      const { value = Number.NaN, standardError } = judged["accuracy"] ?? {};
      expect(Math.abs(value - (whole.trials[number]?.values["accuracy"]?.value ?? Number.NaN))).toBeLessThan(
        5 * (standardError ?? 0) + 0.04,
      );
    }
    const best = (of: typeof trials): number =>
      Math.max(...of.filter(({ state }) => state === "complete").map((one) => one.values["accuracy"]?.value ?? 0));
    expect(best(trials)).toBe(best(whole.trials));
  });

  it("keeps the folds that finished past its stop, as spent and used by nothing", async () => {
    const spec = defineStudy({ ...base, lookahead: 1 });
    const { store } = await drive(spec, { workers: 5, luck: 5 });
    const one = await drive(spec, { workers: 1, luck: 1 });
    const [wide, narrow] = [store.snapshot("race"), one.store.snapshot("race")];
    const pruned = wide.trials.filter(({ state }) => state === "pruned");
    const judged = (number: number): number => store.load("race").trials[number]?.outcome?.reported?.steps.at(-1) ?? 0;
    const surplus = pruned.reduce((sum, { number, folds }) => sum + folds - judged(number), 0);
    expect(surplus).toBeGreaterThan(3);
    expect(wide.fits).toBe(narrow.fits + surplus);
    for (const { number, folds } of pruned) expect(store.evaluations("race", number)).toHaveLength(folds);
    expect(wide.trials.map(({ values: of }) => of)).toEqual(narrow.trials.map(({ values: of }) => of));
  });

  it("is stopped for certain where its loss so far is more than the incumbent's of all folds, with metrics without an upper bound too", async () => {
    const features = Array.from({ length: 200 }, (_, row) => [row]);
    const data = inMemory({ name: "line", features, target: features.map(([x]) => (x ?? 0) % 7), kind: "number" });
    const off = (by: number) => ({
      ...coin({ quality: by }),
      task: "regression" as const,
      traits: { gives: ["labels" as const], missing: true, categories: true, weights: true },
      fit: () =>
        Promise.resolve({
          predict: ({ rows }: { rows: Uint32Array }) => Float64Array.from(rows, (row) => (row % 7) + by),
          toJSON: () => ({}),
          dispose: () => undefined,
        }),
    }); // prettier-ignore
    const spec = defineStudy({
      ...base,
      data,
      cv: kFold({ folds: 10 }),
      space: { by: float(0, 5) },
      model: ({ by }) => off(by),
      metrics: { mse: mse() },
    });
    const { trials } = await (await openStudy(spec, { store: memoryStore() })).run();
    const reasons = trials.flatMap(({ incident }) => incident ?? []);
    expect(reasons.length).toBeGreaterThan(5);
    expect(reasons.some((reason) => reason.includes("can't reach"))).toBe(true);
  });
});
