import {
  choice,
  defineStudy,
  float,
  hyperband,
  int,
  median,
  type Params,
  patience,
  percentile,
  populationBased,
  type Pruner,
  replicated,
  rng,
  type Sampler,
  type StudySpec,
  successiveHalving,
  threshold,
  tpe,
  values,
  wilcoxon,
} from "hpo";
import { canonicalJson } from "#hpo/core/json";
import { memoryStore } from "#hpo/store/memory/memory-store";
import type { StudyParts } from "#hpo/study/study-parts";
import { admitStudy } from "#hpo/study/study-identity";
import { objectiveEvaluation } from "#hpo/validation/objective-evaluation";
import { describe, expect, it } from "vitest";
import type { Store } from "#hpo/core/store";
import { descend } from "../fixtures/training.ts";
import { studyAnswers } from "../study-answers.ts";
import { allSeeing, exportedSamplers } from "../samplers/exported-samplers.ts";
import { type Drive, unevenRun } from "./uneven-run.ts";

const open = { x: float(-1, 1), n: int(1, 8), kind: choice({ plain: {}, curved: { by: float(0.1, 10, { log: true }) } }) };
const finite = { x: values([-1, 0, 1]), n: int(1, 4), kind: choice({ plain: {}, curved: { by: values([1, 2]) } }) };

/** Hangs on the parameters alone; some configurations fail. */
function judge({ x, n, by }: Params): number {
  if (Math.floor(Math.abs(x as number) * 100) % 9 === 8) throw new Error("no luck");
  return (x as number) ** 2 + (n as number) / 10 + ((by as number | undefined) ?? 0);
}

/** The same with its derivatives. */
function judgeWithGradient(params: Params): { readonly value: number; readonly gradient: Record<string, number> } {
  const gradient: Record<string, number> = {};
  if (params["kind"] === "curved") gradient["by"] = 1;
  return { value: judge(params), gradient: { x: 2 * (params["x"] as number), ...gradient } };
}

function specOf(sampler: Sampler, objectives: 1 | 2): StudySpec {
  const common = { name: "uneven", space: sampler.name === "grid" ? finite : open, sampler, trials: 26, lookahead: 5, retries: 0 };
  if (objectives === 1)
    return defineStudy({ ...common, objective: ({ params }) => (sampler.name === "grid" ? judge(params) : judgeWithGradient(params)) });
  return defineStudy({
    ...common,
    metrics: { a: "minimize", b: "maximize" },
    objectives: ["a", "b"],
    objective: ({ params }) => ({ a: judge(params), b: params.n }),
  });
}

/** Each trial reports a noisy curve that falls to what its parameters are worth. */
function prunedSpec(pruner: Pruner): StudySpec {
  const objective = async ({
    params,
    seed,
    report,
  }: {
    params: Params;
    seed: number;
    report: (step: number, value: number) => boolean;
  }) => {
    const stream = rng(seed);
    const worth = judge(params);
    for (let step = 1; step <= 9; step++) {
      await Promise.resolve();
      if (report(step, worth + 2 / step + stream.uniform() / 10)) break;
    }
    return worth;
  };
  return defineStudy({ name: "uneven", space: open, sampler: allSeeing(), trials: 40, lookahead: 5, retries: 0, pruner, objective });
}

const pruners: readonly Pruner[] = [
  median({ startupTrials: 2 }),
  percentile({ percentile: 30, startupTrials: 2 }),
  successiveHalving({ factor: 2 }),
  hyperband({ maxSteps: 9 }),
  wilcoxon(),
  threshold({ upper: 5, warmupSteps: 2 }),
  patience({ reports: 2, minDelta: 0.4, rule: median({ startupTrials: 2 }) }),
];

/** One run of a study of an objective over uneven slots; returns the study's state. */
function drive(spec: StudySpec, store: Store, how: Drive): Promise<string> {
  const evaluation: StudyParts["evaluation"] = (_executor, _options, outcomeOf) =>
    objectiveEvaluation({
      ...(spec.pruner === null ? {} : { pruning: { ...spec, outcomeOf } }),
      checkpointOf: (trial) => store.checkpoint(spec.name, trial),
      shared: { id: "uneven", value: { source: { spec }, seed: spec.seed, data: null, plan: null } },
      timeoutSeconds: null,
      now: () => new Date().toISOString(),
    });
  return unevenRun({ spec, store, evaluation }, how);
}

function newStudy(spec: StudySpec): Store {
  const store = memoryStore();
  const { seed, lookahead, sampler } = spec;
  const declaration = {
    space: {},
    cv: null,
    metrics: [],
    objectives: [],
    sampler: sampler.name,
    pruner: null,
    seed,
    lookahead,
    data: null,
  };
  const description = { metrics: [], objectives: [], sampler: sampler.name, data: null, cv: null };
  admitStudy(
    store,
    { name: spec.name, createdAt: "2026-01-01T00:00:00.000Z", codeHash: "", declaration, description },
    { fresh: false, fork: false, acceptCode: false },
  );
  return store;
}

/** What must not depend on workers, speeds or stops, one line a trial. */
function answers(store: Store): string[] {
  return store
    .snapshot("uneven")
    .trials.map(({ number, group, state, params, by, why, parent, note, repeat, repeatOf, values: judged, incident }) =>
      canonicalJson({ number, group, state, params, by, why, parent, note, repeat, repeatOf, judged, incident }),
    );
}

async function answersOf(spec: StudySpec, run: Drive): Promise<string[]> {
  const store = newStudy(spec);
  expect(await drive(spec, store, run)).toBe("complete");
  return answers(store);
}

async function answersOfStops(spec: StudySpec, luck: number): Promise<string[]> {
  const store = newStudy(spec);
  await stopAndGo(spec, store, luck);
  return answers(store);
}

/** Three stops at random points, each with other workers, then to the end. */
async function stopAndGo(spec: StudySpec, store: Store, luck: number): Promise<void> {
  const stream = rng(luck).fork("stops");
  for (let stops = 0; stops < 3; stops++) {
    const end = { after: 1 + stream.below(9), how: stream.below(2) === 0 ? "stop" : "cut" } as const;
    await drive(spec, store, { workers: 1 + stream.below(5), luck: stream.below(1000), end });
  }
  expect(await drive(spec, store, { workers: 2, luck })).toBe("complete");
}

const samplers = [...(await exportedSamplers()), { name: "a sampler that sees everything", make: () => allSeeing() }];

/** Samplers for several objectives say so when they start; all others take one. */
function objectivesOf(sampler: Sampler): 1 | 2 {
  try {
    sampler.start({ space: open, directions: ["minimize"] });
    return 1;
  } catch {
    return sampler.name === "grid" ? 1 : 2;
  }
}

describe("a study is the same for 1, 2 and 5 workers of uneven speed, and after stops", () => {
  it.each(samplers)("with $name", async ({ make }) => {
    const objectives = objectivesOf(make());
    const spec = (): StudySpec => specOf(make(), objectives);
    const one = await answersOf(spec(), { workers: 1, luck: 1 });
    expect(one.filter((line) => line.includes('"complete"')).length).toBeGreaterThan(5);
    for (const workers of [2, 5]) expect(await answersOf(spec(), { workers, luck: workers })).toEqual(one);
    expect(await answersOfStops(spec(), 3)).toEqual(one);
  });

  it("with repeats under noise", async () => {
    const spec = defineStudy({
      name: "uneven",
      space: { x: int(0, 5), y: int(0, 5) },
      sampler: replicated(tpe()),
      trials: 40,
      lookahead: 5,
      objective: ({ params, seed }) => (params.x - 2) ** 2 + (params.y - 3) ** 2 + 3 * rng(seed).normal(),
    });
    const one = await answersOf(spec, { workers: 1, luck: 1 });
    expect(one.filter((line) => line.includes('"by":"replicated"')).length).toBeGreaterThan(4);
    for (const workers of [2, 5]) expect(await answersOf(spec, { workers, luck: workers })).toEqual(one);
    expect(await answersOfStops(spec, 3)).toEqual(one);
  });

  it.each(pruners)("pruned by $name", async (pruner) => {
    const spec = prunedSpec(pruner);
    const one = await answersOf(spec, { workers: 1, luck: 1 });
    expect(one.filter((line) => line.includes('"state":"complete"')).length).toBeGreaterThan(3);
    expect(one.filter((line) => line.includes('"state":"pruned"')).length).toBeGreaterThan(1);
    for (const workers of [2, 5]) expect(await answersOf(spec, { workers, luck: workers })).toEqual(one);
    expect(await answersOfStops(spec, 3)).toEqual(one);
  });

  it("whose trials continue the checkpoints of others, kept ones included", async () => {
    const space = { rate: float(1e-3, 0.9, { log: true }), kind: choice(["plain", "curved"]) };
    const sampler = populationBased({ members: 5 });
    const spec = defineStudy({ name: "uneven", space, objective: descend, sampler, trials: 45, lookahead: 4, retries: 0 });
    const whole = async (run: Drive): Promise<string[]> => {
      const store = newStudy(spec);
      expect(await drive(spec, store, run)).toBe("complete");
      return studyAnswers(store, "uneven");
    };
    const one = await whole({ workers: 1, luck: 1 });
    expect(one.filter((line) => line.startsWith("checkpoint of trial")).length).toBeGreaterThan(5);
    for (const workers of [2, 5]) expect(await whole({ workers, luck: workers })).toEqual(one);
    for (const luck of [3, 4]) {
      const store = newStudy(spec);
      await stopAndGo(spec, store, luck);
      expect(studyAnswers(store, "uneven")).toEqual(one);
    }
  });

  it("whose tasks end out of order, and whose every proposal hangs on all outcomes before", async () => {
    const spec = specOf(allSeeing(), 1);
    const store = newStudy(spec);
    const ended: string[] = [];
    await drive(spec, store, { workers: 5, luck: 5, onEnd: (task) => ended.push(task) });
    const { trials } = store.snapshot("uneven");
    expect(ended).toHaveLength(trials.length);
    expect(ended).not.toEqual(trials.map(({ number }) => `objective/${number}`));
    expect(new Set(trials.map(({ why }) => why)).size).toBe(trials.length);
    expect(trials.some(({ state }) => state === "failed")).toBe(true);
  });
});
