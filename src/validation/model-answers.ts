import type { Target } from "../core/dataset.ts";
import type { Answer, Model, RowSet } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import { areCodes } from "../metrics/confusion-matrix.ts";

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
  if (typeof model?.predict !== "function") {
    throw new HpoError("MODEL_UNSUPPORTED", `${name}(): fit must give a model with predict, toJSON and dispose; got ${showValue(model)}.`);
  }
  const predicted = checkedAnswers(model.predict(test), count, name);
  if (target.kind === "class") checkCodes(predicted, target.classes.length, name);
  const width = target.kind === "class" ? target.classes.length : 1;
  const scores = answer === "labels" ? null : checkedAnswers(scored(model, answer, test), count * width, name);
  return { predicted, scores };
}

function scored(model: Model, answer: "scores" | "probabilities", test: RowSet): Float64Array | undefined {
  return answer === "probabilities" ? model.predictProbabilities?.(test) : model.predictScores?.(test);
}

function checkedAnswers(answers: unknown, length: number, name: string): Float64Array {
  const whole = answers instanceof Float64Array;
  if (whole && answers.length === length && !hasNaN(answers)) return answers;
  const got = !whole ? (answers === undefined ? "none" : showValue(answers)) : answers.length === length ? "NaN" : `${answers.length}`;
  const must = `a prediction must have ${length} numbers, none NaN${whole || answers === undefined ? "" : ", in a Float64Array"}`;
  throw new HpoError("MODEL_UNSUPPORTED", `${name}(): ${must}; got ${got}.`);
}

function checkCodes(predicted: Float64Array, classes: number, name: string): void {
  if (areCodes(predicted, classes)) return;
  const wrong = predicted.find((code) => !areCodes(Float64Array.of(code), classes));
  throw new HpoError(
    "MODEL_UNSUPPORTED",
    `${name}(): a predicted class must be its code, an integer from 0 to ${classes - 1}; got ${wrong}.`,
  );
}

/** A plain loop: this is on the way of every fold. */
function hasNaN(numbers: Float64Array): boolean {
  for (let at = 0; at < numbers.length; at++) if (Number.isNaN(numbers[at])) return true;
  return false;
}
