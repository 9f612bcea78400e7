import { HpoError } from "../../core/hpo-error.ts";
import { either, finite, oneOf, type OptionRule, optional, shaped } from "../../core/options.ts";

/**
 * Weights of the classes: by label, 1 where a label is not named; or "balanced": n / (k · n_c) of a training set's n rows, k classes and
 * n_c rows of class c (G. King, L. Zeng 2001), as scikit-learn.
 */
export type ClassWeight = "balanced" | Readonly<Record<string, number>>;

const weight = finite(0, 1e30, true);

export const classWeightRule: OptionRule = optional(
  either(
    oneOf(["balanced"]),
    shaped(`an object with ${weight.must} for each label`, (value) => Object.values(value).every((one) => weight.accepts(one))),
  ),
);

/** Equal texts for equal weights; empty where all are 1. */
export function classWeightKey(given: ClassWeight | null): string {
  if (given === null || given === "balanced") return given ?? "";
  const labels = Object.keys(given)
    .filter((label) => given[label] !== 1)
    .sort();
  return labels.map((label) => `${JSON.stringify(label)}:${given[label]}`).join(",");
}

/**
 * The weight of each class. `counts` are the training rows of each class, in the order of `classes`; "balanced" counts the classes that have any.
 * @throws HpoError OPTION_INVALID where a label is no class of the target
 */
export function classWeights(given: ClassWeight | null, classes: readonly string[], counts: ArrayLike<number>): Float64Array {
  const weights = new Float64Array(classes.length).fill(1);
  if (given === null) return weights;
  if (given === "balanced") {
    const rows = Array.from(counts).reduce((sum, count) => sum + count, 0);
    const present = Array.from(counts).filter((count) => count > 0).length;
    for (let code = 0; code < classes.length; code++) {
      const count = counts[code] as number;
      if (count > 0) weights[code] = rows / (present * count);
    }
    return weights;
  }
  for (const [label, value] of Object.entries(given)) {
    const code = classes.indexOf(label);
    if (code < 0) throw unknownLabel(label, classes);
    weights[code] = value;
  }
  return weights;
}

function unknownLabel(label: string, classes: readonly string[]): HpoError {
  const shown = classes.length <= 10 ? classes.join(", ") : `${classes.slice(0, 9).join(", ")} and ${classes.length - 9} more`;
  return new HpoError(
    "OPTION_INVALID",
    `svm(): the labels of classWeight must be classes of the target (${shown}); got ${JSON.stringify(label)}.`,
    { data: { option: "classWeight", value: label } },
  );
}
