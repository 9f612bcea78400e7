import { afterEach, describe, expect, it } from "vitest";
import {
  accuracy,
  balancedAccuracy,
  defineStudy,
  grid,
  groupKFold,
  HpoError,
  inMemory,
  kFold,
  openStudy,
  random,
  type Splitter,
  type Study,
  fromStudy,
  svm,
  tpe,
  values,
} from "hpo";
import type { Store } from "#hpo/core/store";
import { rng } from "#hpo/math/rng";
import { memoryStore } from "#hpo/store/memory/memory-store";

const rows = 60;

interface Table {
  readonly features: number[][];
  readonly target: string[];
}

function table(): Table {
  const stream = rng("nested");
  const features = Array.from({ length: rows }, () => [stream.normal(), stream.normal(), stream.normal()]);
  return { features, target: features.map(([first = 0]) => (first + stream.normal() > 0 ? "b" : "a")) };
}

function dataOf({ features, target }: Table, more: object = {}) {
  return inMemory({ name: "toy", features, target, ...more });
}

const outer = kFold({ folds: 4 });

const base = {
  name: "toy",
  data: dataOf(table()),
  space: { gamma: values([0.01, 0.1, 1]), C: values([0.1, 10]) },
  model: ({ gamma, C }: { gamma: number; C: number }) => svm({ kernel: "rbf", gamma, C }),
  cv: kFold({ folds: 3 }),
  metrics: { accuracy: accuracy(), balanced: balancedAccuracy() },
  sampler: grid(),
  nested: { outer },
};

/** The outer folds, by the study's seed. */
function outerSplits(seed = 0) {
  return [...outer.split({ rows, classes: null, groups: null, folds: null, times: null, coordinates: null }, rng(seed).fork("nested"))];
}

describe("a study with nested cross-validation", () => {
  const open: Study[] = [];
  afterEach(async () => {
    for (const study of open.splice(0)) await study.close();
  });

  async function study(changes: object = {}, options: { store?: Store; trials?: number; fresh?: boolean; acceptCode?: boolean } = {}) {
    const given = Object.entries({ ...base, ...changes }).filter(([, value]) => value !== undefined);
    const opened = await openStudy(defineStudy(Object.fromEntries(given) as unknown as typeof base), {
      store: options.store ?? memoryStore(),
      ...options,
    });
    open.push(opened);
    return opened;
  }

  it("searches each outer fold's training rows as a study of these rows alone, and judges the choice on the others", async () => {
    const store = memoryStore();
    const { estimate, trials } = await (await study({}, { store })).run();
    const nested = estimate?.nested;
    expect(trials).toHaveLength(6);
    expect(nested).toMatchObject({ outer: "4-fold", inner: "3-fold" });
    const all = table();
    for (const [fold, split] of outerSplits().entries()) {
      const pick = (part: Uint32Array): Table => ({
        features: Array.from(part, (row) => all.features[row] as number[]),
        target: Array.from(part, (row) => all.target[row] as string),
      });
      const alone = await study({ data: dataOf(pick(split.train)), nested: undefined });
      const expected = await alone.run();
      const search = store.snapshot(`toy/outer-${fold + 1}`);
      expect(search.trials.map((one) => one.values)).toEqual(expected.trials.map((one) => one.values));
      expect(search.estimate).toMatchObject({ trial: expected.estimate?.trial, candidates: 6 });
      const found = nested?.folds[fold];
      expect(found).toMatchObject({ study: search.name, trial: expected.estimate?.trial, candidates: 6, testRows: split.test.length });
      // The choice, fitted to the training rows and judged on the others by a study of predefined folds.
      const order = [...split.train, ...split.test];
      const whole = pick(Uint32Array.from(order));
      const judged = await study({
        data: dataOf(whole, { fold: order.map((_, i) => (i < split.train.length ? -1 : 0)) }),
        cv: { ...predefinedOnce(split.train.length) },
        enqueue: [found?.params],
        sampler: random(),
        trials: 1,
        nested: undefined,
      });
      const [trial] = (await judged.run()).trials;
      expect(found?.values["accuracy"]).toBe(trial?.values["accuracy"]?.value);
      expect(found?.values["balanced"]).toBe(trial?.values["balanced"]?.value);
    }
    const right = nested?.folds.reduce((sum, one) => sum + (one.values["accuracy"] as number) * one.testRows, 0) ?? Number.NaN;
    const { accuracy: found, balanced } = nested?.values ?? {};
    const p = found?.value ?? Number.NaN;
    expect(p).toBeCloseTo(right / rows, 12);
    expect(found?.standardError).toBeCloseTo(Math.sqrt((p * (1 - p)) / (rows - 1)), 12);
    expect((found?.plainHigh ?? 0) - (found?.plainLow ?? 0)).toBeCloseTo(2 * 1.959963984540054 * (found?.standardError ?? 0), 12);
    expect((found?.high ?? 0) - p).toBeCloseTo(((found?.plainHigh ?? 0) - p) * (found?.inflation ?? 0), 12);
    expect(found?.inflation).toBeGreaterThanOrEqual(1);
    expect(balanced).toMatchObject({ low: null, inflation: null });
    expect(balanced?.value).toBeCloseTo((nested?.folds.reduce((sum, one) => sum + (one.values["balanced"] as number), 0) ?? 0) / 4, 12);
  });

  it("gives no search a look at its outer test rows: other values there change none of it", async () => {
    const [split] = outerSplits();
    const searchOf = async (changed: boolean) => {
      const all = table();
      for (const row of changed ? (split?.test ?? []) : []) {
        all.features[row] = [50, -50, 50];
        all.target[row] = all.target[row] === "a" ? "b" : "a";
      }
      const store = memoryStore();
      await (await study({ data: dataOf(all), sampler: tpe(), trials: 5 }, { store })).run();
      return store.snapshot("toy/outer-1").trials.map(({ params, values: found }) => ({ params, found }));
    };
    expect(await searchOf(true)).toEqual(await searchOf(false));
  });

  it("does nothing twice, goes on with more trials, and moves its searches aside with the study", async () => {
    const store = memoryStore();
    const sampler = { sampler: tpe(), trials: 4 };
    const first = await (await study(sampler, { store, trials: 4 })).run();
    const again = await (await study(sampler, { store, trials: 4 })).run();
    expect(again.estimate).toStrictEqual(first.estimate);
    expect(store.snapshot("toy/outer-1").runs).toHaveLength(1);
    const more = await (await study(sampler, { store, trials: 6 })).run();
    expect(more.estimate?.nested?.folds.map(({ candidates }) => candidates)).toEqual([6, 6, 6, 6]);
    const whole = await (await study(sampler, { trials: 6 })).run();
    expect(more.estimate).toEqual(whole.estimate);
    await (await study(sampler, { store, trials: 4, fresh: true })).run();
    const names = store.list().map(({ name }) => name);
    const date = names.find((name) => /^toy@[^/]*$/.test(name));
    expect(names).toContain(`${date}/outer-4`);
    expect(store.snapshot("toy/outer-4").trials).toHaveLength(4);
  });

  it("stops and goes on with equal numbers, wherever it is stopped", async () => {
    const whole = (await (await study({ sampler: tpe(), trials: 5 })).run()).estimate;
    const store = memoryStore();
    const stopped = await study({ sampler: tpe(), trials: 5 }, { store });
    let searches = 0;
    const { estimate, state } = await stopped.run({
      progressIntervalMs: 0,
      onProgress: ({ study: name, done }) => {
        if (name === "toy/outer-2" && done > 0 && searches++ === 0) stopped.stop();
      },
    });
    expect([state, estimate?.nested, estimate?.value]).toEqual(["complete", undefined, whole?.value]);
    expect(store.list().some(({ name }) => name === "toy/outer-3")).toBe(false);
    expect((await stopped.run()).estimate).toEqual(whole);
  });

  it("adds the searches to a study that was run without them", async () => {
    const store = memoryStore();
    const plain = await (await study({ nested: undefined }, { store })).run();
    expect(plain.estimate?.nested).toBeUndefined();
    const { estimate, runs } = await (await study({}, { store })).run();
    expect(estimate?.nested?.folds).toHaveLength(4);
    expect(estimate).toMatchObject(plain.estimate ?? {});
    expect(runs).toHaveLength(2);
  });

  it("takes inner folds of their own, groups for units, and no interval where it can't be had", async () => {
    const group = Array.from({ length: rows }, (_, row) => Math.floor(row / 5));
    const grouped = { data: dataOf(table(), { group }), cv: groupKFold({ folds: 3 }), nested: { outer: groupKFold({ folds: 4 }) } };
    const found = (await (await study(grouped)).run()).estimate?.nested?.values["accuracy"];
    expect(found).toMatchObject({ inflation: null, why: expect.stringContaining("group") });
    expect(found?.low).toBe(found?.plainLow);
    const inner = (await (await study({ nested: { outer, inner: kFold({ folds: 4 }) } })).run()).estimate?.nested;
    expect(inner?.inner).toBe("4-fold");
    const ordered: Splitter = { ...outer, ordered: true };
    const time = (await (await study({ nested: { outer: ordered } })).run()).estimate?.nested?.values["accuracy"];
    expect(time).toMatchObject({ low: null, why: "rows in the order of time can't stand for each other" });
    expect(time?.value).not.toBeNull();
    const bare = (await (await study({ keepPredictions: false })).run()).estimate?.nested?.values["accuracy"];
    expect(bare).toMatchObject({ inflation: null, why: expect.stringContaining("keepPredictions") });
    expect(bare?.low).not.toBeNull();
  });

  it("says where a search found nothing", async () => {
    const model = () => {
      throw new Error("no luck");
    };
    const { estimate, state } = await (await study({ model })).run();
    expect(state).toBe("complete");
    expect(estimate?.nested?.values["accuracy"]).toMatchObject({ value: null, why: "the search toy/outer-1 has no complete trial" });
  });

  it("refuses outer folds that tear groups which inner ones keep together", async () => {
    const data = dataOf(table(), { group: Array.from({ length: rows }, (_, row) => row % 10) });
    const torn = study({ data, cv: groupKFold({ folds: 3 }) });
    await expect(torn).rejects.toThrow("nested: the outer folds must keep groups together, as the inner ones (groupKFold) do; kFold tests");
  });

  it.each([
    [
      "an objective function",
      { objective: () => 1, data: undefined, model: undefined, cv: undefined, metrics: undefined },
      "beside a model",
    ],
    ["several objectives", { objectives: ["accuracy", "balanced"] }, "one objective"],
    ["a warm start", { warmStart: { from: [fromStudy("other")] }, sampler: random(), trials: 3 }, "without warmStart"],
    ["time within any order", { cv: { ...kFold({ folds: 3 }), ordered: true } }, "keeps the order of time"],
    ["what is no splitter", { nested: { outer: 5 } }, "outer must be a splitter"],
  ])("refuses %s, in a sentence", (_, changes, told) => {
    const given = Object.fromEntries(Object.entries({ ...base, ...changes }).filter(([, value]) => value !== undefined));
    const define = () => defineStudy(given as never);
    expect(define).toThrow(HpoError);
    expect(define).toThrow(told);
  });
});

/** The rows from `first` on are tested, once. */
function predefinedOnce(first: number): Splitter {
  const count = (from: number, to: number) => Uint32Array.from({ length: to - from }, (_, i) => from + i);
  return { ...kFold({ folds: 2 }), count: () => 1, split: () => [{ train: count(0, first), test: count(first, rows) }] };
}
