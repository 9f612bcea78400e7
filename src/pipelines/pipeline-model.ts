import type { Model, RowSet } from "../core/estimator.ts";
import type { Json } from "../core/json.ts";
import type { Transform } from "../core/transformer.ts";
import { everyRow } from "../data/derived-data.ts";

/** A fitted pipeline. */
export interface PipelineModel extends Model {
  readonly kind: "pipeline";
  /** The fitted transforms, in order. */
  readonly transforms: readonly Transform[];
  /** What was fitted to the transformed rows. */
  readonly model: Model;
  /** Of the model, where it has some. */
  readonly warnings: readonly string[];
}

export const pipelineVersion = 1;

/** Transforms, then a model. */
export function pipelineModel(transforms: readonly Transform[], model: Model): PipelineModel {
  /** What the model gets for rows to be judged. */
  const through = (input: RowSet): RowSet => transforms.reduce((rows, transform) => everyRow(transform.apply(rows)), input);
  const { predictScores, predictProbabilities } = model;
  return {
    kind: "pipeline",
    transforms,
    model,
    warnings: (model as { readonly warnings?: readonly string[] }).warnings ?? [],
    predict: (input) => model.predict(through(input)),
    ...(predictScores === undefined ? {} : { predictScores: (input) => predictScores.call(model, through(input)) }),
    ...(predictProbabilities === undefined ? {} : { predictProbabilities: (input) => predictProbabilities.call(model, through(input)) }),
    toJSON: (): Json => ({
      kind: "pipeline",
      version: pipelineVersion,
      transforms: transforms.map((transform) => transform.toJSON()),
      model: model.toJSON(),
    }),
    dispose: () => model.dispose(),
  };
}
