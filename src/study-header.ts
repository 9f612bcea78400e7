import type { Dataset } from "./core/dataset.ts";
import type { FoldPlan } from "./core/estimator.ts";
import { canonicalJson, type Json } from "./core/json.ts";
import type { StudyDescription, StudyHeader } from "./core/records.ts";
import type { StudySpec } from "./core/study-spec.ts";
import { spaceJson } from "./space/space-json.ts";
import { searchDeclaration } from "./study/search-declaration.ts";
import { onlyTarget } from "./validation/fold-plan.ts";

/** What is stored of a study when it begins: its description for people, and the declaration that tells it from others. */
export function studyHeader(
  spec: StudySpec,
  parts: {
    readonly data: Dataset | null;
    readonly plan: FoldPlan | null;
    readonly codeHash: string;
    readonly warmStart: Json | undefined;
    readonly race: Json;
  },
): StudyHeader {
  const { data, plan, codeHash } = parts;
  const cv = spec.judge.kind === "model" ? spec.judge.cv : null;
  const metrics = Object.entries(spec.metrics).map(([name, { direction, unit }]) => ({ name, direction, unit }));
  const description: StudyDescription = {
    metrics,
    objectives: spec.objectives,
    ...(spec.constraints.length === 0 ? {} : { constraints: spec.constraints }),
    ...(spec.selection === null ? {} : { selection: spec.selection }),
    sampler: spec.sampler.name,
    data: data === null ? null : describeData(data),
    cv:
      cv === null || plan === null
        ? null
        : { label: cv.label, folds: plan.folds.length, trainRows: plan.folds.map(({ train }) => train.length) },
  };
  const declared = Object.entries(spec.metrics).map(([name, metric]) => ({
    name,
    metric: metric.name,
    direction: metric.direction,
    options: metric.needs === null ? {} : metric.options,
  }));
  return {
    name: spec.name,
    createdAt: new Date().toISOString(),
    codeHash,
    description,
    declaration: {
      space: spaceJson(spec.space),
      cv: cv === null ? null : plain({ name: cv.name, options: cv.options }),
      metrics: plain(declared),
      objectives: plain(spec.objectives),
      sampler: plain({ name: spec.sampler.name, options: spec.sampler.options }),
      pruner: spec.pruner === null ? null : plain({ name: spec.pruner.name, options: spec.pruner.options }),
      seed: spec.seed,
      lookahead: spec.lookahead,
      data: data?.fingerprint ?? null,
      ...(parts.race === null ? {} : { race: parts.race }),
      ...searchDeclaration(spec, parts.warmStart),
    },
  };
}

function describeData(data: Dataset): NonNullable<StudyDescription["data"]> {
  const target = onlyTarget(data);
  return {
    name: data.name,
    rows: data.rows,
    features: data.features.width,
    classes: target.kind === "class" ? target.classes : null,
    scaling: data.scaling,
  };
}

/** The same data without anything that is not data. */
function plain(value: unknown): Json {
  return JSON.parse(canonicalJson(value)) as Json;
}
