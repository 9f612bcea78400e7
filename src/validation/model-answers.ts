import type { Target } from "../core/dataset.ts";
import type { Answer, Model, RowSet } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";

/**
 * What a model says of rows, as far as the metrics need it.
 * @throws HpoError MODEL_UNSUPPORTED where it says too much, too little, or NaN.
 */
export function modelAnswers(
  model: Model,
  test: RowSet,
  { answer, target, name }: { readonly answer: Answer; readonly target: Target; readonly name: string },
): { readonly predicted: Float64Array; readonly scores: Float64Array | null } {
  const count = test.rows.length;
  const predicted = checkedAnswers(model.predict(test), count, name);
  const width = target.kind === "class" ? target.classes.length : 1;
  const scores = answer === "labels" ? null : checkedAnswers(scored(model, answer, test), count * width, name);
  return { predicted, scores };
}

function scored(model: Model, answer: "scores" | "probabilities", test: RowSet): Float64Array | undefined {
  return answer === "probabilities" ? model.predictProbabilities?.(test) : model.predictScores?.(test);
}

function checkedAnswers(answers: Float64Array | undefined, length: number, name: string): Float64Array {
  if (answers?.length === length && !hasNaN(answers)) return answers;
  const got = answers === undefined ? "none" : answers.length === length ? "NaN" : `${answers.length}`;
  throw new HpoError("MODEL_UNSUPPORTED", `${name}(): a prediction must have ${length} numbers, none NaN; got ${got}.`);
}

/** A plain loop: this is on the way of every fold. */
function hasNaN(numbers: Float64Array): boolean {
  for (let at = 0; at < numbers.length; at++) if (Number.isNaN(numbers[at])) return true;
  return false;
}
