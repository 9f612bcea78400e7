import type { Estimator, FitContext, FitInput } from "../../core/estimator.ts";
import { HpoError } from "../../core/hpo-error.ts";
import { checkOptions, either, finite, integer, oneOf, optional } from "../../core/options.ts";
import { leastGamma, mostGamma } from "../svm/settings.ts";
import { fitSvr } from "./fit.ts";
import type { SvrModel } from "./model.ts";

/** The kernel and the tube of a support vector regression. */
export interface SvrOptions {
  /** "rbf": exp(−γ ‖x − z‖²); "linear": x · z. */
  readonly kernel: "rbf" | "linear";
  /** Penalty of a unit of error outside the tube, above 0. A row's weight multiplies it. */
  readonly C: number;
  /** Above 0; "scale" (the default) is 1 / (width · variance of all feature values of the data set). Only for "rbf". */
  readonly gamma?: number | "scale";
  /** Half the width of the tube in which errors cost nothing, in units of the target, at least 0; default 0.1. */
  readonly epsilon?: number;
  /** The solver stops when the optimality gap, in units of the target, falls below this; default 1e-3, as LIBSVM. */
  readonly tolerance?: number;
  /** Steps of a solve, those at smaller C that it starts from among them, after which it stops with a warning; default 10,000,000. */
  readonly maxIterations?: number;
}

/** The recipe of a support vector regression. */
export interface SvrEstimator extends Estimator {
  fit(input: FitInput, context: FitContext): Promise<SvrModel>;
}

const rules = {
  kernel: oneOf(["rbf", "linear"]),
  C: finite(0, 1e30, true),
  gamma: optional(either(finite(leastGamma, mostGamma), oneOf(["scale"]))),
  epsilon: optional(finite(0)),
  tolerance: optional(finite(0, Infinity, true)),
  maxIterations: optional(integer(1, 2 ** 31)),
};

/**
 * ε-support vector regression (V. Vapnik 1995; solver: R.-E. Fan, P.-H. Chen, C.-J. Lin 2005). Scale the features first; the target is
 * taken as it is, so C, ε and the tolerance are in its units. Two solvers that stop at the same tolerance differ by about that.
 * Deterministic. O(n²) memory: 4 or 8 bytes for each pair of rows.
 * @throws HpoError OPTION_INVALID
 */
export function svr(options: SvrOptions): SvrEstimator {
  checkOptions("svr", options, rules);
  const { kernel, C, gamma, epsilon = 0.1, tolerance = 1e-3, maxIterations = 10_000_000 } = options;
  if (kernel === "linear" && gamma !== undefined) {
    throw new HpoError("OPTION_INVALID", `svr(): gamma must be left out where kernel is "linear"; got ${gamma}.`, {
      data: { where: "svr", option: "gamma", value: gamma },
    });
  }
  const rest = { epsilon, tolerance, maxIterations };
  const full = kernel === "linear" ? { kernel, C, ...rest } : { kernel, C, gamma: gamma ?? "scale", ...rest };
  return Object.freeze({
    name: "svr",
    task: "regression",
    traits: Object.freeze({ gives: Object.freeze(["labels"] as const), missing: false, categories: false, weights: true }),
    options: Object.freeze(full),
    fit: (input, context) => fitSvr(full, input, context),
    solver: Object.freeze({ key: "svr", module: new URL("./solver.js", import.meta.url).href, export: "svrFoldSolver" }),
  } satisfies SvrEstimator);
}
