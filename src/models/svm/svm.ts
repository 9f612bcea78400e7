import type { Estimator } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { checkOptions, either, finite, integer, oneOf, optional } from "../../core/options.ts";
import { fitSvm } from "./fit.ts";
import { leastGamma, mostGamma } from "./settings.ts";

export interface SvmOptions {
  /** "rbf": exp(−γ ‖x − z‖²); "linear": x · z. */
  readonly kernel: "rbf" | "linear";
  /** Penalty of a unit of margin violation, above 0. */
  readonly C: number;
  /** Above 0; "scale" (the default) is 1 / (width · variance of all feature values of the data set). Only for "rbf". */
  readonly gamma?: number | "scale";
  /** The solver stops when the optimality gap falls below this; default 1e-3, as LIBSVM. */
  readonly tolerance?: number;
  /** Steps of a two-class solve after which it stops with a warning; default 10,000,000. */
  readonly maxIterations?: number;
}

const rules = {
  kernel: oneOf(["rbf", "linear"]),
  C: finite(0, 1e30, true),
  gamma: optional(either(finite(leastGamma, mostGamma), oneOf(["scale"]))),
  tolerance: optional(finite(0, 1, true)),
  maxIterations: optional(integer(1, 2 ** 31)),
};

/**
 * A C-support vector classifier, one-vs-one (C. Cortes, V. Vapnik 1995; solver: R.-E. Fan, P.-H. Chen, C.-J. Lin 2005).
 * Scale the features first. Labels follow LIBSVM's voting and its ties; two solvers that stop at the same tolerance
 * may differ by a row in a thousand. Deterministic. Memory: 4 or 8 bytes for each pair of rows of the two largest classes, for each worker.
 * @throws HpoError OPTION_INVALID
 */
export function svm(options: SvmOptions): Estimator {
  checkOptions("svm", options, rules);
  const { kernel, C, gamma, tolerance = 1e-3, maxIterations = 10_000_000 } = options;
  if (kernel === "linear" && gamma !== undefined) {
    throw new HpoError("OPTION_INVALID", `svm(): gamma must be left out where kernel is "linear"; got ${gamma}.`, {
      data: { where: "svm", option: "gamma", value: gamma },
    });
  }
  const full =
    kernel === "linear" ? { kernel, C, tolerance, maxIterations } : { kernel, C, gamma: gamma ?? "scale", tolerance, maxIterations };
  return Object.freeze({
    name: "svm",
    task: "classification",
    traits: Object.freeze({ gives: Object.freeze(["labels", "scores"] as const), missing: false, categories: false, weights: false }),
    options: Object.freeze(full),
    fit: (input, context) => fitSvm(full, input, context),
    solver: Object.freeze({ key: "svm", module: new URL("./solver.js", import.meta.url).href, export: "svmFoldSolver" }),
  } satisfies Estimator);
}
