import type { Estimator } from "hpo";
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

const evaluationOf = (model: (params: ToyParams) => Estimator): Evaluation => toyEvaluation(iris, model);

const relaying = (params: ToyParams): Estimator => sharedCentroid({ ...params, relay: true });

describe("a shared solve whose parts read others", () => {
  it("passes answers on from part to part, to the same bits, in any order", async () => {
    const straight = await driveGroup(await evaluationOf(nearestCentroid).begin(0, trials, nothing));
    const relayed = await driveGroup(await evaluationOf(relaying).begin(0, trials, nothing));
    expect(relayed.tasks).toHaveLength(3 + 3 + 3);
    expect(answersOf(relayed)).toEqual(answersOf(straight));
    const reversed = await driveGroup(await evaluationOf(relaying).begin(0, trials, nothing), { order: (tasks) => [...tasks].reverse() });
    expect(answersOf(reversed)).toEqual(answersOf(straight));
    // In the commit of the last reader, the bytes of what it read are dropped.
    const dropping = relayed.rows.filter(({ dropped = [] }) => dropped.length > 0);
    expect(dropping.map(({ shared }) => shared.map(({ key }) => key))).toEqual([[relayed.tasks.at(-1)]]);
    expect(dropping[0]?.dropped).toEqual([0, 1, 2].map((fold) => ({ group: 0, key: `solve/0/centroid/fold ${fold}` })));
  });

  it("keeps the own seconds of parts whose bytes are dropped, also over a resume", async () => {
    const direct = await driveGroup(await evaluationOf(sharedCentroid).begin(0, trials, nothing));
    const own = direct.rows.flatMap(({ evaluations }) => evaluations).map(({ time }) => time.fitSeconds);
    for (let until = 0; until <= 9; until++) {
      const before = await driveGroup(await evaluationOf(relaying).begin(0, trials, nothing), { until });
      const after = await driveGroup(await evaluationOf(relaying).begin(0, trials, savedOf(before)));
      const times = [...before.rows, ...after.rows].flatMap(({ evaluations }) => evaluations).map(({ time }) => time.fitSeconds);
      expect(times).toHaveLength(own.length);
      for (const [at, seconds] of times.entries()) expect(seconds).toBeCloseTo(own[at] as number, 12);
    }
  });

  it("repeats a passing part only where a part that is not stored reads it", async () => {
    const whole = await driveGroup(await evaluationOf(relaying).begin(0, trials, nothing));
    const short = (tasks: readonly string[]): string[] => tasks.map((key) => key.replace("solve/0/centroid/", ""));
    // By how many tasks were done before.
    const left: Readonly<Record<number, readonly string[]>> = {
      4: ["means 0", "means 1", "means 2", "fold 1", "fold 0", "part 2", "part 1", "part 0"],
      6: ["part 2", "part 1", "part 0"],
      8: ["part 0"],
      9: [],
    };
    for (const [until, expected] of Object.entries(left)) {
      const before = await driveGroup(await evaluationOf(relaying).begin(0, trials, nothing), { until: Number(until) });
      const after = await driveGroup(await evaluationOf(relaying).begin(0, trials, savedOf(before)));
      expect(short(after.tasks)).toEqual(expected);
      expect(answersOf({ rows: [...before.rows, ...after.rows], tasks: [] })).toEqual(answersOf(whole));
    }
  });

  it("computes a damaged reader again with what it reads, and stores no row a second time", async () => {
    const whole = await driveGroup(await evaluationOf(relaying).begin(0, trials, nothing));
    const saved = savedOf(whole);
    const parts = saved.parts.map((one) => (one.key.endsWith("part 0") ? { ...one, bytes: one.bytes.subarray(1) } : one));
    const { rows, tasks } = await driveGroup(
      await evaluationOf(relaying).begin(0, trials, { ...saved, parts, finished: new Set([2, 3, 4]) }),
    );
    expect(tasks).toHaveLength(3 + 3 + 1);
    expect(rows.flatMap(({ shared }) => shared).map(({ bytes }) => bytes)).toEqual(tasks.map(() => null));
    expect(answersOf({ rows, tasks })).toEqual(answersOf(whole).slice(0, 2));
  });

  it("fails the requests of a broken passing part, and tells the first incident in plan order", async () => {
    for (const reverse of [false, true]) {
      const order = <T>(tasks: readonly T[]): readonly T[] => (reverse ? [...tasks].reverse() : tasks);
      const model = (params: { shrink: number }): Estimator => relaying(params.shrink === 0.5 ? { ...params, breaks: "fold" } : params);
      const driven = await driveGroup(await evaluationOf(model).begin(0, trials, nothing), { order });
      expect(answersOf(driven)).toEqual(trials.map(({ number }) => expect.objectContaining({ trial: number, incident: "fold 0 broke" })));
      expect(driven.tasks).toHaveLength(3 + 3);
    }
  });

  it("fills a region of the arena once for groups that follow each other, and again where it was not filled whole", async () => {
    const evaluation = evaluationOf(relaying);
    const fills: number[] = [];
    const reused: number[] = [];
    for (const { number, params } of trials) {
      const driven = await driveGroup(await evaluation.begin(number, [{ number, params }], nothing));
      const alone = await driveGroup(await evaluationOf(nearestCentroid).begin(number, [{ number, params }], nothing));
      expect(answersOf(driven)).toEqual(answersOf(alone));
      const count = (name: string): number =>
        driven.rows.flatMap(({ shared }) => shared).reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0);
      fills.push(count("fills"));
      reused.push(count("reused"));
    }
    expect([fills, reused]).toEqual([
      [3, 0, 0, 0, 0],
      [0, 1, 1, 1, 1],
    ]);
    // Cut off while it filled the arena, and broken while it did.
    for (const spoilt of ["cut", "broken"]) {
      const fresh = evaluationOf(({ shrink }) => relaying({ shrink, ...(spoilt === "broken" && shrink === 0 ? { breaks: "arena" } : {}) }));
      await driveGroup(await fresh.begin(0, trials.slice(0, 1), nothing), spoilt === "cut" ? { until: 2 } : {});
      expect((await driveGroup(await fresh.begin(1, trials.slice(1, 2), nothing))).tasks).toHaveLength(3 + 3 + 1);
    }
  });
});
