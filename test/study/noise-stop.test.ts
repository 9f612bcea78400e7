import { fileURLToPath } from "node:url";
import {
  accuracy,
  csv,
  defineStudy,
  float,
  gp,
  openStudy,
  type Params,
  replicated,
  rng,
  sobol,
  startup,
  stratifiedKFold,
  type StudySpec,
} from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { bestConfiguration } from "#hpo/study/best-outcome";
import { gainRule } from "#hpo/study/gain-rule";
import { foldPlan, foldSizes } from "#hpo/validation/fold-plan";
import { describe, expect, it } from "vitest";
import type { GainModel } from "#hpo/core/gain-model";
import type { Json } from "#hpo/core/json";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { dataFolder, irisData } from "../validation/iris.ts";

/** What a rule says of values with standard errors, by a model that says the same for ever. */
function rule(
  values: readonly (readonly [value: number, standardError: number | null, first?: number])[],
  { gain, noise, folds = null }: { gain: number; noise: number; folds?: { count: number; testShare: number } | null },
) {
  const asked: number[] = [];
  const model: GainModel = {
    start: () => 0,
    absorb: (state) => (state as number) + 1,
    bound: (state) => {
      asked.push(state as number);
      return { gain, noise };
    },
  };
  const judged = bestConfiguration({ metric: "v", direction: "minimize", firstOf: (trial) => values[trial]?.[2] ?? trial });
  const trialOf = (number: number) => ({ number, state: "complete", params: {}, values: [0], standardErrors: [null] }) as const;
  const watch = gainRule({ model, context: { space: {}, directions: ["minimize"] }, minTrials: 3, seed: 0, folds, trialOf });
  const ends = values.map(([value, standardError], trial) => {
    judged.absorb({ trial, state: "complete", values: { v: { value, standardError, pooled: null } } });
    return watch.take(trial, judged);
  });
  return { ends, asked };
}

describe("gainRule()", () => {
  const three = [
    [3, 0.2],
    [1, 0.1],
    [2, 0.3],
  ] as const;

  it("compares with the error of the best trial's folds, corrected for training sets that overlap", async () => {
    // s² = k · 0.1², and s² (1/10 + 1/9).
    const folds = { count: 10, testShare: 1 / 9 };
    const corrected = Math.sqrt(10 * 0.01 * (1 / 10 + 1 / 9));
    expect(rule(three, { gain: corrected * 0.999, noise: 0, folds }).ends).toEqual([
      undefined,
      undefined,
      { by: "noise", reason: "at most 0.145 is left to gain on trial 1, less than its noise lets see (± 0.145)" },
    ]);
    expect(rule(three, { gain: corrected * 1.001, noise: 9, folds }).ends[2]).toBeUndefined();
    const sizes = foldSizes(foldPlan(await irisData(), stratifiedKFold({ folds: 10 }), 0, 0));
    expect(sizes.count).toBe(10);
    expect(sizes.testShare).toBeCloseTo(1 / 9, 10);
  });

  it("compares with the deviation between repeats, and without any with the noise that the model fits", () => {
    const repeats = [
      [3, null],
      [1, null],
      [2, null],
      [1.2, null, 1],
    ] as const;
    // s = 0.1 √2 of two values.
    expect(rule(repeats, { gain: 0.0999, noise: 0 }).ends[3]?.by).toBe("noise");
    expect(rule(repeats, { gain: 0.1001, noise: 9 }).ends[3]).toBeUndefined();
    expect(
      rule(
        [
          [1, null],
          [1, null, 0],
          [2, null],
        ],
        { gain: 1e-9, noise: 9 },
      ).ends[2],
    ).toBeUndefined();
    const plain = [
      [3, null],
      [1, null],
      [2, null],
    ] as const;
    expect(rule(plain, { gain: 0.1, noise: 0.11 }).ends[2]?.by).toBe("noise");
    expect(rule(plain, { gain: 0.1, noise: 0.09 }).ends[2]).toBeUndefined();
  });

  it("asks at outcomes that follow from their number alone", () => {
    const { asked } = rule(
      Array.from({ length: 70 }, (_, i) => [i, null] as const),
      { gain: 1, noise: 0 },
    );
    expect(asked.slice(0, 4)).toEqual([3, 4, 5, 6]);
    expect(asked.slice(-9)).toEqual([48, 50, 52, 54, 56, 58, 60, 63, 66, 69].slice(1));
  });
});

async function endOf(study: string | StudySpec, options: { readonly workers?: number } = {}) {
  const open = await openStudy(study, { store: memoryStore() });
  const { state, runs, trials } = await open.run(options);
  await open.close();
  return { state, end: runs.at(-1)?.end, trials: trials.map(({ number, params, values }) => ({ number, params, values: values as Json })) };
}

const branin = ({ x, y }: Params): number => {
  const [u, v] = [x as number, y as number];
  return (v - (5.1 / (4 * Math.PI ** 2)) * u * u + (5 / Math.PI) * u - 6) ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(u) + 10 - 0.397887;
};

function braninStudy(seed: number, noise: number, repeats = false): StudySpec {
  const sampler = startup(10, sobol(), gp());
  return defineStudy({
    name: "branin",
    space: { x: float(-5, 10), y: float(0, 15) },
    objective: ({ params, seed: own }) => branin(params) + noise * rng(own).normal(),
    sampler: repeats ? replicated(sampler) : sampler,
    stopAtNoise: true,
    trials: 60,
    lookahead: 1,
    seed,
  });
}

describe("a study with stopAtNoise", () => {
  it("ends before its trials are done where noise hides the rest, with a regret below the noise", async () => {
    const noise = 5;
    const ends = await Promise.all([0, 1, 2, 3, 4, 5].map((seed) => endOf(braninStudy(seed, noise))));
    const early = ends.filter(({ end }) => end?.by === "noise");
    expect(early.length).toBeGreaterThanOrEqual(5);
    const mean = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;
    expect(mean(ends.map(({ trials }) => trials.length))).toBeLessThan(50);
    const regrets = early.map(({ end, trials }) => branin(trials[Number(/trial (\d+)/.exec(end?.reason ?? "")?.[1])]?.params ?? {}));
    expect(mean(regrets)).toBeLessThan(noise);
  });

  it("goes on without noise until next to nothing is left", async () => {
    const ends = await Promise.all([0, 1, 2].map((seed) => endOf(braninStudy(seed, 0))));
    // Branin's range is about 300.
    for (const { trials } of ends) expect(Math.min(...trials.map(({ params }) => branin(params)))).toBeLessThan(0.01);
    expect(ends.map(({ end }) => end?.by)).toEqual(["trials", "trials", "trials"]);
  });

  it("goes by repeats where there are some", async () => {
    const { end, trials } = await endOf(braninStudy(1, 20, true));
    expect(end?.by).toBe("noise");
    expect(trials.length).toBeLessThan(60);
    expect(end?.reason).toMatch(/^at most \S+ is left to gain on trial \d+, less than its noise lets see \(± \S+\)$/);
  });

  it("goes by the folds of a cross-validated study", async () => {
    const spec = defineStudy({
      name: "centroid",
      data: csv(`${dataFolder}/iris.csv.gz`, { target: "y", scale: "min-max" }),
      space: { shrink: float(0, 0.9) },
      model: ({ shrink }) => nearestCentroid({ shrink }),
      cv: stratifiedKFold({ folds: 5 }),
      metrics: { accuracy: accuracy() },
      sampler: startup(5, sobol(), gp()),
      stopAtNoise: { minTrials: 10 },
      trials: 60,
    });
    const { state, end, trials } = await endOf(spec);
    expect([state, end?.by]).toEqual(["complete", "noise"]);
    expect(trials.length).toBeLessThan(60);
  });

  it("ends at the same trial for any number of workers, and after stops", async () => {
    const file = fileURLToPath(new URL("../fixtures/noise-stop.ts", import.meta.url));
    const one = await endOf(file, { workers: 1 });
    expect(one.end?.by).toBe("noise");
    expect(one.trials.length).toBeLessThan(90);
    expect(await endOf(file, { workers: 2 })).toEqual(one);
    expect(await endOf(file, { workers: 5 })).toEqual(one);
    const study = await openStudy(file, { store: memoryStore() });
    for (let stops = 0; stops < 2; stops++) {
      let seen = 0;
      const onProgress = ({ tasksDone }: { tasksDone: number }): void => {
        if ((seen = tasksDone) >= 7) study.stop();
      };
      await study.run({ workers: 3, progressIntervalMs: 0, onProgress });
      expect(seen).toBeGreaterThan(0);
    }
    const { runs, trials } = await study.run();
    await study.close();
    expect(runs.at(-1)?.end).toEqual(one.end);
    expect(trials.map(({ number, params, values }) => ({ number, params, values }))).toEqual(one.trials);
  });

  it("has one objective, and options that are known", () => {
    const common = { name: "s", space: { x: float(0, 1) }, objective: () => 0, trials: 5 };
    expect(() => defineStudy({ ...common, stopAtNoise: { minTrials: 1 } })).toThrow("minTrials must be an integer of at least 2; got 1");
    expect(() => defineStudy({ ...common, metrics: { a: "minimize", b: "minimize" }, objectives: ["a", "b"], stopAtNoise: true })).toThrow(
      "defineStudy(): stopAtNoise must stand with one objective; got 2.",
    );
    expect(defineStudy({ ...common, stopAtNoise: false }).stopAtNoise).toBeNull();
  });
});
