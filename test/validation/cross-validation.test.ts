import { type Estimator, svm } from "hpo";
import { sealPart } from "#hpo/validation/part-envelope";
import { beforeAll, describe, expect, it } from "vitest";
import type { Evaluation } from "#hpo/core/evaluation";
import type { Judging } from "#hpo/validation/judging";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { sharedCentroid } from "../fixtures/shared-centroid.ts";
import { answersOf, driveGroup } from "./group-drive.ts";
import { irisJudging } from "./iris.ts";
import { nothing, savedOf, toyEvaluation, type ToyParams, trials } from "./toy-evaluation.ts";

let iris: Judging;

beforeAll(async () => {
  iris = await irisJudging();
});

const evaluationOf = (
  model: (params: ToyParams) => Estimator,
  options: { keepPredictions?: boolean; memoryBytes?: number } = {},
): Evaluation => toyEvaluation(iris, model, options);

describe("crossValidation()", () => {
  it("answers bit by bit alike, whether trials share a solve or are judged alone", async () => {
    const together = await driveGroup(await evaluationOf(sharedCentroid).begin(0, trials, nothing));
    const alone = await driveGroup(await evaluationOf(nearestCentroid).begin(0, trials, nothing));
    expect(together.tasks).toHaveLength(3 + 3);
    expect(alone.tasks).toHaveLength(5 * 3);
    expect(answersOf(together)).toEqual(answersOf(alone));
    expect(answersOf(together)).toHaveLength(5);
  });

  it("does not depend on the order in which parts end", async () => {
    const straight = answersOf(await driveGroup(await evaluationOf(sharedCentroid).begin(0, trials, nothing)));
    const reversed = await driveGroup(await evaluationOf(sharedCentroid).begin(0, trials, nothing), {
      order: (tasks) => [...tasks].reverse(),
    });
    expect(answersOf(reversed)).toEqual(straight);
  });

  it("judges trials with a solver, with another solver and with none in one group", async () => {
    const model = ({ shrink }: { shrink: number }): Estimator =>
      shrink === 0.2 ? nearestCentroid({ shrink }) : sharedCentroid({ shrink, key: shrink === 0.9 ? "second" : "first" });
    const mixed = await driveGroup(await evaluationOf(model).begin(0, trials, nothing));
    const alone = await driveGroup(await evaluationOf(nearestCentroid).begin(0, trials, nothing));
    expect(answersOf(mixed)).toEqual(answersOf(alone));
  });

  it("leaves values that need all predictions out where they are not kept, however trials are judged", async () => {
    for (const model of [sharedCentroid, nearestCentroid]) {
      const { rows } = await driveGroup(await evaluationOf(model, { keepPredictions: false }).begin(0, trials, nothing));
      expect(rows.flatMap((one) => one.predictions)).toEqual([]);
      for (const { values: judged } of rows.flatMap((one) => one.outcomes)) expect(judged["accuracy"]?.pooled).toBeNull();
    }
  });

  it("fails trials whose model can't be made, and those alone", async () => {
    const model = ({ shrink }: { shrink: number }): Estimator => {
      if (shrink === 0.5) throw new RangeError("no such model");
      return shrink === 0.7 ? (42 as unknown as Estimator) : sharedCentroid({ shrink });
    };
    const answers = answersOf(await driveGroup(await evaluationOf(model).begin(0, trials, nothing)));
    expect(answers).toMatchObject([
      { state: "complete" },
      { state: "complete" },
      { state: "failed", incident: "no such model" },
      { state: "failed", incident: expect.stringContaining("model must return an estimator") },
      { state: "complete" },
    ]);
    const none = await driveGroup(
      await evaluationOf(() => {
        throw "nothing";
      }).begin(0, trials, nothing),
    );
    expect(none.tasks).toEqual([]);
    expect(answersOf(none)).toHaveLength(5);
  });

  it("fails the trials of a broken part alone, and all when the arena can't be filled", async () => {
    const breaking = (breaks: "arena" | "part") => (params: { shrink: number }) =>
      sharedCentroid(params.shrink === 0.5 ? { ...params, breaks } : params);
    const part = answersOf(await driveGroup(await evaluationOf(breaking("part")).begin(0, trials, nothing)));
    expect(part.map((one) => (one as { state: string }).state)).toEqual(["complete", "complete", "failed", "failed", "complete"]);
    expect(part[2]).toMatchObject({ incident: "part 1 broke" });
    for (const reverse of [false, true]) {
      const order = <T>(tasks: readonly T[]): readonly T[] => (reverse ? [...tasks].reverse() : tasks);
      const arena = answersOf(await driveGroup(await evaluationOf(breaking("arena")).begin(0, trials, nothing), { order }));
      // The first incident in plan order is told, whichever came first.
      expect(arena).toEqual(
        trials.map(({ number }) => expect.objectContaining({ trial: number, state: "failed", incident: "means 0 broke" })),
      );
    }
  });

  it("continues after every part: stored ones are not computed again, the arena only where it is read", async () => {
    const whole = await driveGroup(await evaluationOf(sharedCentroid).begin(0, trials, nothing));
    for (let until = 0; until <= 6; until++) {
      const before = await driveGroup(await evaluationOf(sharedCentroid).begin(0, trials, nothing), { until });
      const after = await driveGroup(await evaluationOf(sharedCentroid).begin(0, trials, savedOf(before)));
      const stored = before.rows.flatMap((one) => one.shared).filter(({ bytes }) => bytes !== null).length;
      expect(after.tasks).toHaveLength(stored === 3 ? 0 : 3 + (3 - stored));
      expect(answersOf({ rows: [...before.rows, ...after.rows], tasks: [] })).toEqual(answersOf(whole));
    }
  });

  it("runs no part again that served failed trials only", async () => {
    const model = (params: { shrink: number }): Estimator => sharedCentroid(params.shrink === 0.5 ? { ...params, breaks: "part" } : params);
    const before = await driveGroup(await evaluationOf(model).begin(0, trials, nothing));
    // As if the last part had not been stored.
    const rows = before.rows.filter((one) => !one.shared.some(({ key }) => key.endsWith("part 2")));
    const finished = new Set([0, 1, 2, 3]);
    const after = await driveGroup(await evaluationOf(model).begin(0, trials, { ...savedOf({ rows, tasks: [] }), finished }));
    expect(after.tasks.map((key) => key.replace("solve/0/centroid/", ""))).toEqual(["means 0", "means 1", "means 2", "part 2"]);
    expect(after.rows.flatMap((one) => one.outcomes).map(({ trial }) => trial)).toEqual([4]);
  });

  it("computes a damaged part again, and stores no second row under its key", async () => {
    const parts = [
      { key: "solve/0/centroid/part 0", bytes: sealPart({ bytes: new Uint8Array(8), own: [], cpuRate: null }).subarray(0, 15) },
    ];
    const { rows } = await driveGroup(await evaluationOf(sharedCentroid).begin(0, trials, { ...nothing, parts }));
    const row = rows.flatMap((one) => one.shared).find(({ key }) => key.endsWith("part 0"));
    expect(row?.bytes).toBeNull();
    expect(rows.flatMap((one) => one.outcomes)).toHaveLength(5);
  });

  it("charges the time of a part once: own seconds and shared seconds sum to it", async () => {
    const { rows } = await driveGroup(await evaluationOf(sharedCentroid).begin(0, trials, nothing));
    const shared = rows.flatMap((one) => one.shared);
    for (const { wallSeconds, cpuSeconds } of shared) {
      expect(wallSeconds).toBeGreaterThanOrEqual(0);
      if (cpuSeconds !== null) expect(cpuSeconds).toBeGreaterThanOrEqual(0);
    }
    for (const { time } of rows.flatMap((one) => one.evaluations)) {
      expect(time.wallSeconds).toBeCloseTo(time.fitSeconds + time.predictSeconds, 12);
      expect(time.fitSeconds).toBeCloseTo(1e-7, 12);
    }
    expect(shared.map(({ trials: users }) => users)).toContainEqual([0, 1]);
  });

  it("says what memory a shared solve needs where there is too little", async () => {
    const model = ({ shrink }: { shrink: number }): Estimator => svm({ kernel: "rbf", C: 1 + shrink });
    await expect(evaluationOf(model, { memoryBytes: 1000 }).begin(0, trials, nothing)).rejects.toMatchObject({
      code: "MODEL_UNSUPPORTED",
      message: expect.stringMatching(
        /^svm\(\): the kernel values of the largest pair of classes \(\d+ rows\) take \d+ MB for \d+ workers?; the limit is 1 MB\./,
      ),
    });
  });

  it("lends the arena to one group after the other", async () => {
    const evaluation = evaluationOf(sharedCentroid);
    const first = await evaluation.begin(0, trials, nothing);
    const second = await evaluation.begin(1, trials, nothing);
    expect(first.ready()).toHaveLength(3);
    expect(second.ready()).toEqual([]);
    // Closed while it holds the arena, as when a run is stopped.
    first.close();
    expect(first.ready()).toEqual([]);
    expect(answersOf(await driveGroup(second))).toHaveLength(5);
  });

  it("refuses a model that can't do what the study asks, before any fit", async () => {
    const model = (): Estimator => ({ ...nearestCentroid({ shrink: 0 }), task: "regression" });
    await expect(evaluationOf(model).begin(0, trials, nothing)).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED" });
  });

  it("checks estimators of one name again where their traits differ", async () => {
    const model = ({ shrink }: { shrink: number }): Estimator =>
      shrink === 0
        ? nearestCentroid({ shrink })
        : { ...nearestCentroid({ shrink }), traits: { ...nearestCentroid({ shrink }).traits, gives: [] } };
    await expect(evaluationOf(model).begin(0, trials, nothing)).rejects.toMatchObject({ code: "METRIC_UNSUPPORTED" });
  });
});
