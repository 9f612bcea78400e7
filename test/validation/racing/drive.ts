import type { StudySpec } from "hpo";
import { canonicalJson } from "#hpo/core/json";
import type { Store } from "#hpo/core/store";
import { memoryStore } from "#hpo/store/memory/memory-store";
import type { StudyParts } from "#hpo/study/study-parts";
import { openStudy } from "#hpo/open-study";
import { evaluationOf } from "#hpo/study-wiring";
import { foldPlan } from "#hpo/validation/fold-plan";
import { judging } from "#hpo/validation/judging";
import type { RaceDeclaration } from "#hpo/validation/racing/race-declaration";
import { type Drive, unevenRun } from "../../study/uneven-run.ts";

/** The same with a store of one's own. */
export type RaceDrive = Drive & { readonly store?: Store };

/** One run of a study of a model over uneven slots, with its own store unless one is given. */
export async function drive(spec: StudySpec, { store = memoryStore(), ...how }: RaceDrive): Promise<{ store: Store; state: string }> {
  // Creates the study, or finds it.
  await (await openStudy(spec, { store })).close();
  if (spec.judge.kind !== "model") throw new TypeError("drive() takes a study of a model.");
  const race = (store.header(spec.name)?.declaration.race ?? null) as RaceDeclaration | null;
  const data = await spec.judge.data.load({ folder: ".", task: "classification" });
  const plan = foldPlan(data, spec.judge.cv, spec.seed, 0);
  const judged = judging(data, plan, spec.metrics);
  const shared = { source: { spec }, seed: spec.seed, data, plan };
  const opened = { ...spec, race: race !== null };
  const evaluation: StudyParts["evaluation"] = (executor, _options, outcomeOf) =>
    evaluationOf(opened, shared, { judged, executor, store, memory: 1e8, outcomeOf, race });
  const state = await unevenRun({ spec: opened, store, evaluation, codeHash: store.header(spec.name)?.codeHash ?? "" }, how);
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
