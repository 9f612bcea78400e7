import { mean } from "simple-statistics";
import type { Model } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { EvaluationRecord } from "../core/records.ts";
import type { Gradient, Params, Space } from "../core/space.ts";
import { pairwiseSum } from "../math/pairwise-sum.ts";
import { gradientNames } from "../space/unit-gradient.ts";
import { type FoldAnswers, metricInput } from "./fold-score.ts";
import type { Judging } from "./judging.ts";

/** Gradients by metric, as a record has them. */
type Gradients = Pick<EvaluationRecord, "gradients">;

/**
 * The gradients of a fold's scores by the trial's continuous floats: Σ over test rows of d metric / d prediction · d prediction / d parameter. For metrics that have
 * slopes, and where the model gives the slopes of all these floats; nothing else of it is used.
 * @throws HpoError MODEL_UNSUPPORTED where the model gives too many or too few numbers.
 */
export function foldGradients(
  judging: Judging,
  {
    rows,
    answers,
    model,
    name,
  }: { readonly rows: Uint32Array; readonly answers: FoldAnswers; readonly model: Model; readonly name: string },
  { space, params }: { readonly space: Space; readonly params: Params },
): Gradients {
  if (model.predictSlopes === undefined) return {};
  const metrics = Object.entries(judging.metrics).filter(([, metric]) => metric.slopes !== undefined);
  const { continuous } = gradientNames(space, params);
  if (metrics.length === 0 || continuous.length === 0) return {};
  const slopes = model.predictSlopes({ data: judging.data, rows });
  if (!continuous.every((one) => Object.hasOwn(slopes, one))) return {};
  for (const one of continuous) {
    const given = slopes[one]?.length;
    if (given === rows.length) continue;
    throw new HpoError(
      "MODEL_UNSUPPORTED",
      `${name}(): predictSlopes() must give one number a row for ${one}; got ${String(given)} for ${rows.length} rows.`,
    );
  }
  const input = metricInput(judging, rows, answers);
  const gradients = metrics.map(([metric, { slopes: slopesOf }]): [string, Gradient] => {
    const byPrediction = slopesOf?.(input) ?? new Float64Array(0);
    const along = (one: string): number =>
      pairwiseSum(byPrediction.map((slope, row) => slope * ((slopes[one] as Float64Array)[row] as number))) + 0;
    return [metric, Object.fromEntries(continuous.map((one) => [one, along(one)]))];
  });
  return { gradients: Object.fromEntries(gradients) };
}

/** The gradients of the means over folds, in fold order; of metrics that have one on each fold. */
export function meanGradients(folds: readonly EvaluationRecord[]): Gradients {
  if (folds[0]?.gradients === undefined) return {};
  const [first, ...others] = folds;
  const shared = Object.entries(first?.gradients ?? {}).filter(([metric]) =>
    others.every((fold) => fold.gradients?.[metric] !== undefined),
  );
  if (shared.length === 0) return {};
  const gradients = shared.map(([metric, gradient]): [string, Gradient] => {
    const of = (name: string): number => mean(folds.map((fold) => fold.gradients?.[metric]?.[name] ?? Number.NaN)) + 0;
    return [metric, Object.fromEntries(Object.keys(gradient).map((name) => [name, of(name)]))];
  });
  return { gradients: Object.fromEntries(gradients) };
}
