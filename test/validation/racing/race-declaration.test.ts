import {
  accuracy,
  bootstrap,
  defineStudy,
  float,
  inMemory,
  kFold,
  leaveOneGroupOut,
  leaveOneOut,
  leavePOut,
  openStudy,
  random,
  repeated,
  shuffleSplit,
  spatialKFold,
  type Splitter,
  timeSeriesSplit,
} from "hpo";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { foldPlan } from "#hpo/validation/fold-plan";
import { judging } from "#hpo/validation/judging";
import { raceUnit } from "#hpo/validation/racing/race-declaration";
import { describe, expect, it } from "vitest";
import { nearestCentroid } from "../../fixtures/nearest-centroid.ts";

const features = Array.from({ length: 20 }, (_, row) => [Math.sin(row), row % 3]);
const data = inMemory({
  name: "rows",
  features,
  target: features.map((_, row) => (row % 2 === 0 ? "even" : "odd")),
  group: features.map((_, row) => Math.floor(row / 4)),
  time: features.map((_, row) => row),
  coordinates: [features.map((_, row) => row)],
});

describe("a race", () => {
  it.each([
    [kFold({ folds: 5 }), "row"],
    [kFold({ folds: 5, shuffle: false }), "fold"],
    [spatialKFold({ folds: 5, block: 2 }), "fold"],
    [leaveOneOut(), "fold"],
    [leaveOneGroupOut(), "fold"],
  ] as const)("takes no less for exchangeable than the splitter deals: %o", async (splitter, unit) => {
    const loaded = await data.load({ folder: ".", task: "classification" });
    expect(raceUnit(splitter, judging(loaded, foldPlan(loaded, splitter, 0, 0), { accuracy: accuracy() }))).toBe(unit);
  });

  it.each([
    [kFold({ folds: 5 }), true],
    [spatialKFold({ folds: 5, block: 2 }), true],
    [repeated(kFold({ folds: 5 }), { repeats: 2 }), false],
    [shuffleSplit({ splits: 8, test: 0.5 }), false],
    [bootstrap({ samples: 8 }), false],
    [leavePOut({ rows: 2 }), false],
    [timeSeriesSplit({ folds: 5 }), false],
  ] as const)("is off where rows are tested twice or follow each other: %o", async (cv: Splitter, on) => {
    const spec = defineStudy({
      name: "rows",
      data,
      cv,
      space: { shrink: float(0, 1) },
      model: ({ shrink }) => nearestCentroid({ shrink }),
      metrics: { accuracy: accuracy() },
      sampler: random(),
      trials: 11,
    });
    const study = await openStudy(spec, { store: memoryStore() });
    const { runs, trials } = await study.run();
    await study.close();
    expect(runs[0]?.notes.some((note) => note.startsWith("race is on"))).toBe(on);
    if (!on) expect(trials.every(({ state }) => state === "complete")).toBe(true);
  });
});
