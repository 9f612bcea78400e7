import { HpoError } from "../core/hpo-error.ts";
import type { Model, RowSet } from "../core/estimator.ts";
import type { Json } from "../core/json.ts";
import { classesFrom } from "./best-threshold.ts";

/** What a threshold is compared with: the second class's score less the first's, or the second class's probability. */
export type ThresholdBy = "scores" | "probabilities";

/** What a threshold is where nothing speaks for another. */
export const usualThreshold: Readonly<Record<ThresholdBy, number>> = { scores: 0, probabilities: 0.5 };

/** A fitted model for two classes, with a threshold of its own. */
export interface ThresholdModel extends Model {
  readonly kind: "tunedThreshold";
  readonly by: ThresholdBy;
  /** Rows from here on belong to the second class. */
  readonly threshold: number;
  /** What was fitted to all training rows. */
  readonly model: Model;
  /** Of the model, and why the threshold may be the usual one. */
  readonly warnings: readonly string[];
}

export const thresholdVersion = 1;

export interface ThresholdState {
  readonly by: ThresholdBy;
  readonly threshold: number;
  /** About the threshold. */
  readonly warnings?: readonly string[];
}

/** `model` with another threshold; scores and probabilities stay the model's. */
export function thresholdModel(model: Model, { by, threshold, warnings = [] }: ThresholdState): ThresholdModel {
  const { predictScores, predictProbabilities } = model;
  return {
    kind: "tunedThreshold",
    by,
    threshold,
    model,
    warnings: [...((model as { readonly warnings?: readonly string[] }).warnings ?? []), ...warnings],
    predict: (input) => classesFrom(secondOverFirst(model, by, input), threshold),
    ...(predictScores === undefined ? {} : { predictScores: (input) => predictScores.call(model, input) }),
    ...(predictProbabilities === undefined ? {} : { predictProbabilities: (input) => predictProbabilities.call(model, input) }),
    toJSON: (): Json => ({ kind: "tunedThreshold", version: thresholdVersion, by, threshold, warnings, model: model.toJSON() }),
    dispose: () => model.dispose(),
  };
}

/**
 * What a threshold is compared with, one entry a row.
 * @throws HpoError MODEL_UNSUPPORTED where the model does not give one number for each row and class, none NaN
 */
export function secondOverFirst(model: Model, by: ThresholdBy, input: RowSet): Float64Array {
  const given = by === "scores" ? model.predictScores?.(input) : model.predictProbabilities?.(input);
  const count = input.rows.length;
  if (given?.length !== 2 * count || given.some(Number.isNaN)) {
    const got = given === undefined ? "none" : given.length === 2 * count ? "NaN" : `${given.length}`;
    throw new HpoError(
      "MODEL_UNSUPPORTED",
      `tunedThreshold(): ${by} must be ${2 * count} numbers (rows × 2 classes), none NaN; got ${got}.`,
      {
        data: { by },
      },
    );
  }
  return Float64Array.from({ length: count }, (_, row) => {
    const second = given[2 * row + 1] as number;
    return by === "probabilities" ? second : second - (given[2 * row] as number);
  });
}
