import type { Metric } from "../core/metric.ts";
import { checkOptions, oneOf, optional } from "../core/options.ts";
import { foldConfusion, marginals } from "./confusion-matrix.ts";

/** What `f1()` may be told. */
export interface F1Options {
  /** "macro" (default): every class counts the same; "weighted": as much as it has rows (by weight). */
  readonly average?: "macro" | "weighted";
}

/**
 * The F₁ score, 2·TP / (2·TP + FP + FN) of each class against the others, averaged over the classes that occur in the fold as a
 * true or a predicted class (as in scikit-learn); 0 for a class never predicted or never true. NaN for no rows, or where a
 * prediction is not a class code.
 */
export function f1(options: F1Options = {}): Metric {
  checkOptions("f1", options, { average: optional(oneOf(["macro", "weighted"])) });
  const { average = "macro" } = options;
  return Object.freeze({
    name: "f1",
    direction: "maximize",
    task: "classification",
    needs: "labels",
    options: Object.freeze({ average }),
    unit: "fraction",
    evaluate(input) {
      const matrix = foldConfusion(input);
      if (matrix === undefined) return Number.NaN;
      const { classCount, counts } = matrix;
      const { truth, predicted } = marginals(matrix);
      const occurs = new Uint8Array(classCount);
      for (const code of input.truth) occurs[code] = 1;
      for (const code of input.predicted) occurs[code] = 1;
      let sum = 0;
      let total = 0;
      for (let code = 0; code < classCount; code++) {
        const both = (truth[code] as number) + (predicted[code] as number);
        const score = both === 0 ? 0 : (2 * (counts[code * classCount + code] as number)) / both;
        const weight = average === "macro" ? (occurs[code] as number) : (truth[code] as number);
        sum += weight * score;
        total += weight;
      }
      return sum / total;
    },
  } satisfies Metric);
}
