import { accuracy, defineStudy, type Estimator, inMemory, kFold, values } from "hpo";
import { crossValidation } from "#hpo/validation/cross-validation";
import { solverArenas } from "#hpo/validation/solver-arenas";
import type { Evaluation, SavedWork } from "#hpo/core/evaluation";
import type { ModelJudge, StudySpec } from "#hpo/core/study-spec";
import type { Judging } from "#hpo/validation/judging";
import type { SharedStudy } from "#hpo/validation/shared-study";
import type { Driven } from "./group-drive.ts";

export const nothing: SavedWork = { evaluations: [], parts: [], finished: new Set() };
export const trials = [0, 0.2, 0.5, 0.7, 0.9].map((shrink, number) => ({ number, params: { shrink } }));

export interface ToyParams {
  readonly shrink: number;
  readonly breaks?: "arena" | "fold" | "part";
}

/** A study of a model with one parameter, as slots see it. */
export function toyStudy(
  iris: Judging,
  model: (params: ToyParams) => Estimator,
): SharedStudy & { readonly source: { readonly spec: StudySpec } } {
  const spec: StudySpec = defineStudy({
    name: "toy",
    data: inMemory({ name: "unused", features: [[0]], target: [0] }),
    space: { shrink: values([0]) },
    model,
    cv: kFold({ folds: 2 }),
    metrics: { accuracy: accuracy() },
  });
  return { source: { spec: { ...spec, metrics: iris.metrics } }, seed: 0, data: iris.data, plan: iris.plan };
}

/** Cross-validation of a model with one parameter, with an arena of its own. */
export function toyEvaluation(
  iris: Judging,
  model: (params: ToyParams) => Estimator,
  options: { keepPredictions?: boolean; memoryBytes?: number } = {},
): Evaluation {
  const shared = toyStudy(iris, model);
  return crossValidation({
    judge: shared.source.spec.judge as ModelJudge,
    judging: iris,
    objectives: ["accuracy"],
    shared,
    arenas: solverArenas(iris.data, 1, options.memoryBytes ?? 1e8),
    timeoutSeconds: null,
    keepPredictions: options.keepPredictions ?? true,
    keepModel: false,
    now: () => "2026-01-01T00:00:00.000Z",
    savedPredictions: () => [],
    racing: null,
    estimate: () => undefined,
  });
}

/** What a killed process leaves for the next one. */
export function savedOf({ rows }: Driven): SavedWork {
  const dropped = new Set(rows.flatMap((one) => one.dropped ?? []).map(({ key }) => key));
  const stored = rows.flatMap((one) => one.shared).filter(({ key }) => !dropped.has(key));
  const parts = stored.flatMap(({ key, bytes }) => (bytes === null ? [] : [{ key, bytes }]));
  const finished = new Set(rows.flatMap((one) => one.outcomes).map(({ trial }) => trial));
  return { evaluations: [], parts, finished };
}
