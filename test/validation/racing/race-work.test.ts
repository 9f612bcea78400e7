import {
  accuracy,
  defineStudy,
  f1,
  float,
  groupKFold,
  kFold,
  logLoss,
  type Metric,
  random,
  rng,
  rocAuc,
  type Splitter,
  stratifiedKFold,
  type StudySpec,
  tpe,
} from "hpo";
import { describe, expect, it } from "vitest";
import { coin, coinData } from "./coin.ts";
import { drive, raceAnswers } from "./drive.ts";

interface Raced {
  readonly metric?: Metric;
  readonly race?: boolean | "exact";
  readonly cv?: Splitter;
  readonly trials?: number;
  readonly sampler?: StudySpec["sampler"];
  readonly rows?: number;
  readonly groups?: number;
  readonly fails?: boolean;
}

function raced({
  metric = accuracy(),
  cv = stratifiedKFold({ folds: 8 }),
  trials = 20,
  sampler = random(),
  ...more
}: Raced = {}): StudySpec {
  return defineStudy({
    name: "race",
    data: coinData(more.rows ?? 320, more.groups === undefined ? {} : { groups: more.groups }),
    space: { quality: float(0.3, 0.9) },
    model: ({ quality }) => coin({ quality, fails: more.fails === true && Math.round(quality * 1000) % 5 === 0 ? 3 : undefined }),
    cv,
    metrics: { score: metric },
    sampler,
    trials,
    lookahead: 4,
    retries: 0,
    ...(more.race === undefined ? {} : { race: more.race }),
  });
}

const studies: readonly (readonly [string, Raced])[] = [
  ["accuracy, by rows", {}],
  ["accuracy, exact", { race: "exact", cv: kFold({ folds: 12 }) }],
  ["F1, by a bootstrap", { metric: f1() }],
  ["AUC, by a bootstrap", { metric: rocAuc(), cv: stratifiedKFold({ folds: 6 }), trials: 16 }],
  ["log loss, by groups", { metric: logLoss(), cv: groupKFold({ folds: 8 }), groups: 80 }],
  ["accuracy, by whole folds", { cv: kFold({ folds: 12, shuffle: false }) }],
  ["accuracy, with tpe()", { sampler: tpe(), trials: 24 }],
  ["accuracy, where some folds fail", { fails: true }],
];

describe("a race", () => {
  it.each(studies)("is the same for 1, 2 and 5 workers of uneven speed, and after stops: %s", async (_, options) => {
    const spec = raced(options);
    const one = await drive(spec, { workers: 1, luck: 1 });
    expect(one.state).toBe("complete");
    const answers = raceAnswers(one.store, "race");
    expect(answers.filter((line) => line.includes('"state":"pruned"')).length).toBeGreaterThan(3);
    expect(answers.filter((line) => line.includes('"state":"complete"')).length).toBeGreaterThan(3);
    if (options.fails === true) expect(answers.some((line) => line.includes('"state":"failed"'))).toBe(true);
    for (const workers of [2, 5]) {
      const other = await drive(spec, { workers, luck: workers });
      expect(raceAnswers(other.store, "race")).toEqual(answers);
    }
    const stream = rng(3).fork("stops");
    let { store } = await drive(spec, { workers: 3, luck: 9, end: { after: 3, how: "cut" } });
    for (let stops = 0; stops < 2; stops++) {
      const end = { after: 1 + stream.below(20), how: stream.below(2) === 0 ? "stop" : "cut" } as const;
      ({ store } = await drive(spec, { workers: 1 + stream.below(5), luck: stream.below(1000), end, store }));
    }
    expect((await drive(spec, { workers: 2, luck: 4, store })).state).toBe("complete");
    expect(raceAnswers(store, "race")).toEqual(answers);
  });
});
