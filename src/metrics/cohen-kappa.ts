import type { Metric } from "../core/metric.ts";
import { checkOptions, oneOf, optional } from "../core/options.ts";
import { foldConfusion, marginals } from "./confusion-matrix.ts";

/** What `cohenKappa()` may be told. */
export interface CohenKappaOptions {
  /** How much a mistake counts: all the same (null, default), or by the distance of the class codes, or by its square. */
  readonly weights?: "linear" | "quadratic" | null;
}

/**
 * Agreement beyond chance, κ = 1 − Σ wᵢⱼ Oᵢⱼ / Σ wᵢⱼ Eᵢⱼ, with O the confusion matrix and E what independent labels would give:
 * 1 for perfect, 0 for chance. Distances are between the codes of all the data's classes, whether they occur in the fold or not.
 * NaN where only one class occurs, for no rows, or where a prediction is not a class code.
 *
 * Source: J. Cohen, "Weighted kappa", Psychological Bulletin 70(4), 1968, doi 10.1037/h0026256.
 */
export function cohenKappa(options: CohenKappaOptions = {}): Metric {
  checkOptions("cohenKappa", options, { weights: optional(oneOf(["linear", "quadratic", null])) });
  const { weights = null } = options;
  return Object.freeze({
    name: "cohenKappa",
    direction: "maximize",
    task: "classification",
    needs: "labels",
    options: Object.freeze({ weights }),
    unit: "number",
    evaluate(input) {
      const matrix = foldConfusion(input);
      if (matrix === undefined) return Number.NaN;
      const { classCount, counts } = matrix;
      const { truth, predicted } = marginals(matrix);
      let total = 0;
      for (const count of truth) total += count;
      let observed = 0;
      let expected = 0;
      for (let i = 0; i < classCount; i++) {
        for (let j = 0; j < classCount; j++) {
          const cost = weights === null ? (i === j ? 0 : 1) : weights === "linear" ? Math.abs(i - j) : (i - j) * (i - j);
          observed += cost * (counts[i * classCount + j] as number);
          expected += (cost * (truth[i] as number) * (predicted[j] as number)) / total;
        }
      }
      return 1 - observed / expected;
    },
  } satisfies Metric);
}
