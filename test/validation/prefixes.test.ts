import { type Estimator, pca, pipeline, smote, standardize, type Transformer } from "hpo";
import type { EstimatorSteps } from "#hpo/core/estimator";
import type { GroupWork, WorkRows } from "#hpo/core/evaluation";
import type { Task, TaskResult } from "#hpo/core/executor";
import { foldWork } from "#hpo/validation/fold-work";
import { prefixShelf } from "#hpo/validation/prefix-shelf";
import { stepsWork } from "#hpo/validation/steps-work";
import { inlineExecutor } from "#hpo/workers/inline-executor";
import type { Judging } from "#hpo/validation/judging";
import type { TransformedFold } from "#hpo/validation/transformed-fold";
import { derivedData, derivedParts } from "#hpo/data/derived-data";
import { beforeAll, describe, expect, it } from "vitest";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { answersOf, type Driven, driveGroup } from "./group-drive.ts";
import { irisJudging } from "./iris.ts";
import { nothing, toyEvaluation, toyStudy, type ToyParams, trials } from "./toy-evaluation.ts";

let iris: Judging;

beforeAll(async () => {
  iris = await irisJudging();
});

const fixed = ({ shrink }: ToyParams): Estimator => pipeline(standardize(), smote(), pca({ components: 2 }), nearestCentroid({ shrink }));
/** Trials agree on the first step alone. */
const varied = ({ shrink }: ToyParams): Estimator =>
  pipeline(standardize(), pca({ components: shrink > 0.5 ? 2 : 3 }), nearestCentroid({ shrink }));

function countsOf({ rows }: Driven): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { counts: own } of rows.flatMap((one) => one.shared))
    for (const [name, count] of Object.entries(own)) counts[name] = (counts[name] ?? 0) + count;
  return counts;
}

const drive = async (model: (params: ToyParams) => Estimator, options: { memoryBytes?: number } = {}): Promise<Driven> =>
  driveGroup(await toyEvaluation(iris, model, options).begin(0, trials, nothing));

describe("the first steps of pipelines", () => {
  it("are fitted once a fold for all trials that agree on them", async () => {
    const same = await drive(fixed);
    // Three steps on three folds; five trials use each.
    expect(countsOf(same)).toEqual({ "step fits": 9, "step fits shared": 5 * 9 - 9 });
    expect(same.tasks.filter((key) => key.startsWith("prefix/"))).toHaveLength(9);
    expect(same.tasks.filter((key) => key.startsWith("fold/"))).toHaveLength(15);
    // The scaling of three folds, and two decompositions of each.
    expect(countsOf(await drive(varied))).toEqual({ "step fits": 9, "step fits shared": 5 * 6 - 9 });
    const shared = same.rows.flatMap((one) => one.shared);
    expect(shared[0]).toMatchObject({ label: "standardize · fold 1", trials: [0, 1, 2, 3, 4], bytes: null });
    expect(shared.some(({ label }) => label === "standardize → smote → pca · fold 3")).toBe(true);
  });

  it("change no bit of an answer: alone, together, in a later group, in any order and with hardly any memory", async () => {
    for (const model of [fixed, varied]) {
      const together = answersOf(await drive(model));
      expect(together).toHaveLength(5);
      const evaluation = toyEvaluation(iris, model);
      const later: unknown[] = [];
      const fits: number[] = [];
      for (const [group, trial] of trials.entries()) {
        const driven = await driveGroup(await evaluation.begin(group, [trial], nothing));
        later.push(...answersOf(driven));
        fits.push(countsOf(driven)["step fits"] ?? 0);
      }
      expect(later).toEqual(together);
      expect(fits).toEqual(model === fixed ? [9, 0, 0, 0, 0] : [6, 0, 0, 3, 0]);
      const alone = [];
      for (const trial of trials) alone.push(...answersOf(await driveGroup(await toyEvaluation(iris, model).begin(0, [trial], nothing))));
      expect(alone).toEqual(together);
      const reversed = await driveGroup(await toyEvaluation(iris, model).begin(0, [...trials].reverse(), nothing), {
        order: (tasks) => [...tasks].reverse(),
      });
      expect(answersOf(reversed)).toEqual(together);
      // A fold takes up to 2.4 kB after a step, and a quarter of the memory may be kept.
      for (const memoryBytes of [100, 16_000, 25_000, 40_000]) {
        const tight = await drive(model, { memoryBytes });
        expect(answersOf(tight)).toEqual(together);
        expect(countsOf(tight)["step fits"]).toBeGreaterThanOrEqual(9);
        if (memoryBytes === 100) expect(countsOf(tight)["step fits"]).toBeGreaterThan(9);
      }
    }
  });

  it("are fitted for each repeat's folds anew", async () => {
    const first = trials[0] as (typeof trials)[number];
    const evaluation = toyEvaluation(iris, fixed);
    const repeated = [first, { ...first, number: 1, repeat: 1 }];
    const driven = await driveGroup(await evaluation.begin(0, repeated, nothing));
    // Three folds in the first, the splitter's two in the second.
    expect(countsOf(driven)).toEqual({ "step fits": 3 * 3 + 3 * 2 });
    expect(answersOf(driven).slice(0, 1)).toEqual(answersOf(await driveGroup(await toyEvaluation(iris, fixed).begin(0, [first], nothing))));
    const alone = await driveGroup(await toyEvaluation(iris, fixed).begin(0, repeated.slice(1), nothing));
    expect(answersOf(driven).slice(1)).toEqual(answersOf(alone));
  });

  it("fail the trials that need them, and those alone", async () => {
    const breaking = (): Transformer => ({ ...standardize(), name: "breaking", fit: () => Promise.reject(new RangeError("no such step")) });
    const model = ({ shrink }: ToyParams): Estimator =>
      shrink > 0.5
        ? pipeline(standardize(), breaking(), nearestCentroid({ shrink }))
        : pipeline(standardize(), nearestCentroid({ shrink }));
    const evaluation = toyEvaluation(iris, model);
    const driven = await driveGroup(await evaluation.begin(0, trials, nothing));
    expect(answersOf(driven)).toMatchObject([
      { state: "complete" },
      { state: "complete" },
      { state: "complete" },
      { state: "failed", incident: "RangeError: no such step" },
      { state: "failed", incident: "RangeError: no such step" },
    ]);
    // Another group tries again.
    const again = await driveGroup(await evaluation.begin(1, [{ number: 5, params: { shrink: 0.8 } }], nothing));
    expect(again.tasks).toHaveLength(3);
    expect(answersOf(again)).toMatchObject([{ state: "failed", incident: "RangeError: no such step" }]);
  });

  it("are told apart from recipes that change between calls", async () => {
    let calls = 0;
    const model = ({ shrink }: ToyParams): Estimator => pipeline(pca({ components: 1 + (calls++ % 2) }), nearestCentroid({ shrink }));
    const driven = await driveGroup(await toyEvaluation(iris, model).begin(0, trials.slice(0, 1), nothing));
    expect(answersOf(driven)).toMatchObject([{ state: "failed", incident: expect.stringContaining("must be the same each time") }]);
  });

  it("are given up by a group that is stopped, and made by the next", async () => {
    const evaluation = toyEvaluation(iris, fixed);
    const first = await evaluation.begin(0, trials.slice(0, 2), nothing);
    expect(first.ready()).toHaveLength(3);
    const second = await evaluation.begin(1, trials.slice(2), nothing);
    // The first group is at it.
    expect(second.ready()).toEqual([]);
    first.close();
    expect(answersOf(await driveGroup(second))).toHaveLength(3);
  });
});

/** What steps left of a fold with so many rows in each part. */
function leftOf(rows: number): TransformedFold {
  const data = derivedData({
    by: "test",
    source: iris.data,
    rows,
    columns: [{ name: "x", levels: null }],
    fill: (_, to) => void (to[0] = 1),
  });
  return { train: derivedParts(data), test: derivedParts(data) };
}

describe("stepsWork()", () => {
  it("lets go what a trial that ends early used or waited for", async () => {
    const shelf = prefixShelf(8000);
    const shared = { id: "toy", value: toyStudy(iris, fixed) };
    const common = {
      judging: iris,
      objectives: ["accuracy"],
      shared,
      timeoutSeconds: null,
      keepPredictions: true,
      now: () => "2026-01-01T00:00:00.000Z",
    };
    const inner = foldWork(trials, nothing, { ...common, repeat: 0, savedPredictions: () => [] });
    const ended = new Set<number>();
    // As a race does: the first fold ends its trial; of the others' tasks nothing is heard.
    const early: GroupWork = {
      ...inner,
      accept(task, result) {
        const rows = inner.accept(task, result);
        const [trial] = inner.trialsOf(task) as [number];
        if (ended.has(trial)) return { ...rows, outcomes: [] };
        ended.add(trial);
        return { ...rows, outcomes: [{ trial, state: "pruned", values: {}, incident: null, endedAt: "2026-01-01T00:00:00.000Z" }] };
      },
    };
    const steps = new Map(trials.map(({ number, params }) => [number, fixed(params).steps as EstimatorSteps]));
    const work = stepsWork(early, { ...common, group: 0, steps, shelf });
    const executor = inlineExecutor();
    const run = async (task: Task): Promise<WorkRows> => work.accept(task, (await executor.run(task)) as Extract<TaskResult, { ok: true }>);
    // The three steps of the first fold alone.
    for (let step = 0; step < 3; step++) await run(work.ready().find(({ label }) => label.endsWith("fold 1")) as Task);
    const folds = work.ready().filter(({ key }) => key.startsWith("fold/"));
    expect(folds.length).toBe(5);
    const rows = [];
    for (const task of folds) rows.push(await run(task));
    expect(rows.flatMap(({ outcomes }) => outcomes).length).toBe(5);
    expect(rows.at(-1)?.shared[0]?.counts).toEqual({ "step fits shared": 5 * 3 - 3 });
    expect(work.ready()).toEqual([]);
    work.close();
    await executor.close();
    // Nothing is in use: a fit may begin that has no room beside anything.
    shelf.begin("large");
    shelf.end("large", leftOf(500));
    expect(shelf.begin("as large")).toBe(true);
    expect(shelf.begin("a second")).toBe(false);
  });
});

describe("prefixShelf()", () => {
  const fold = leftOf;
  // A row of one column takes a stride of 4 numbers of 4 bytes, in both parts.
  const rowBytes = 32;

  it("keeps what was used last, within its bytes", () => {
    const shelf = prefixShelf(25 * rowBytes);
    for (const key of ["a", "b"]) {
      expect(shelf.begin(key)).toBe(true);
      expect(shelf.fitting(key)).toBe(true);
      shelf.end(key, fold(10));
      expect(shelf.fitting(key)).toBe(false);
    }
    expect(shelf.find("a")).toBeDefined();
    shelf.begin("c");
    shelf.end("c", fold(10));
    expect(["a", "b", "c"].map((key) => shelf.find(key) !== undefined)).toEqual([true, false, true]);
  });

  it("keeps what is in use, whatever it takes, and lets nothing else begin meanwhile", () => {
    const shelf = prefixShelf(15 * rowBytes);
    shelf.begin("a");
    shelf.end("a", fold(10));
    shelf.use("a");
    expect(shelf.begin("b")).toBe(false);
    shelf.release("a");
    expect(shelf.begin("b")).toBe(true);
    expect(shelf.begin("c")).toBe(false);
    shelf.end("b", undefined);
    expect(shelf.find("b")).toBeUndefined();
    // Larger than all it may have: there until it was used.
    shelf.begin("d");
    shelf.end("d", fold(100));
    expect(shelf.find("a")).toBeUndefined();
    expect(shelf.find("d")).toBeDefined();
    shelf.use("d");
    shelf.release("d");
    expect(shelf.find("d")).toBeUndefined();
    expect(() => shelf.use("d")).toThrow(RangeError);
  });
});
