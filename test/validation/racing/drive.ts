import { rng, type StudySpec } from "hpo";
import { canonicalJson } from "#hpo/core/json";
import type { Store } from "#hpo/core/store";
import { memoryStore } from "#hpo/store/memory/memory-store";
import { Study } from "#hpo/study/study";
import { openStudy } from "#hpo/open-study";
import { evaluationOf } from "#hpo/study-wiring";
import { foldPlan } from "#hpo/validation/fold-plan";
import { judging } from "#hpo/validation/judging";
import type { RaceDeclaration } from "#hpo/validation/racing/race-declaration";
import { unevenExecutor } from "../../study/uneven-executor.ts";

export interface Drive {
  readonly workers: number;
  /** Of the speeds of its tasks. */
  readonly luck: number;
  /** Stop or cut off the run when so many tasks have ended. */
  readonly end?: { readonly after: number; readonly how: "stop" | "cut" };
  readonly store?: Store;
}

/** One run of a study of a model over uneven slots, with its own store unless one is given. */
export async function drive(
  spec: StudySpec,
  { workers, luck, end, store = memoryStore() }: Drive,
): Promise<{ store: Store; state: string }> {
  // Creates the study, or finds it.
  await (await openStudy(spec, { store })).close();
  if (spec.judge.kind !== "model") throw new TypeError("drive() takes a study of a model.");
  const race = (store.header(spec.name)?.declaration.race ?? null) as RaceDeclaration | null;
  const data = await spec.judge.data.load({ folder: ".", task: "classification" });
  const plan = foldPlan(data, spec.judge.cv, spec.seed, 0);
  const judged = judging(data, plan, spec.metrics);
  const shared = { source: { spec }, seed: spec.seed, data, plan };
  const opened = { ...spec, race: race !== null };
  const controller = new AbortController();
  let ended = 0;
  const study = new Study({
    spec: opened,
    store,
    evaluation: (executor, _options, outcomeOf) => evaluationOf(opened, shared, { judged, executor, store, memory: 1e8, outcomeOf, race }),
    executor: () =>
      unevenExecutor(workers, rng(luck), () => {
        if (++ended !== end?.after) return;
        if (end.how === "stop") study.stop();
        else controller.abort();
      }),
    codeHash: store.header(spec.name)?.codeHash ?? "",
    environment: {},
    trials: spec.trials,
    timeBudgetSeconds: null,
    fit: null,
    writePauseMs: () => 0,
    ownsStore: false,
  });
  const { state } = await study.run({ signal: controller.signal });
  await study.close();
  return { store, state };
}

/** What must not depend on workers, speeds or stops, one line a trial; folds that ran past a stop are left out. */
export function raceAnswers(store: Store, name: string): string[] {
  return store.load(name).trials.map(({ number, params, by, why, outcome }) => {
    if (outcome === null) return canonicalJson({ number, params, by, why });
    const { endedAt: _, incident, ...rest } = outcome;
    return canonicalJson({ number, params, by, why, ...rest, incident: incident === null ? null : [incident.kind, incident.message] });
  });
}
