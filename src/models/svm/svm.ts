import type { Estimator, FitContext, FitInput } from "../../core/estimator.ts";
import { checkOptions, finite, flag, integer, optional } from "../../core/options.ts";
import { type ClassWeight, classWeightRule } from "./class-weights.ts";
import { fitSvm } from "./fit.ts";
import { fullKernelOptions, type KernelOptions, kernelRules } from "./kernel-options.ts";
import type { SvmModel } from "./model.ts";

/** A kernel with its options, and what every support vector classifier has. */
export type SvmOptions = KernelOptions & MachineOptions;

interface MachineOptions {
  /** Penalty of a unit of margin violation, above 0. */
  readonly C: number;
  /** What a row's C is multiplied by, for its class; default: 1 for every class. */
  readonly classWeight?: ClassWeight;
  /** The solver stops when the optimality gap falls below this; default 1e-3, as LIBSVM. */
  readonly tolerance?: number;
  /** Steps of a two-class solve, those at smaller C that it starts from among them, after which it stops with a warning; default 10,000,000. */
  readonly maxIterations?: number;
  /**
   * In cross-validation with 8 folds or more, each fold's solve starts from the solution on all rows, so that the rows it tests touch where it starts.
   * Where it ends is as near to the exact solution as without: nearly all decisions move by less than the tolerance, some by a few times as much.
   * true: no fold knows the rows it tests. Costs up to about a tenth more time; default false (docs/decisions/0009-fold-seeding.md).
   */
  readonly strict?: boolean;
}

/** The recipe of a support vector machine. */
export interface SvmEstimator extends Estimator {
  fit(input: FitInput, context: FitContext): Promise<SvmModel>;
}

const rules = {
  ...kernelRules,
  C: finite(0, 1e30, true),
  classWeight: classWeightRule,
  tolerance: optional(finite(0, 1, true)),
  maxIterations: optional(integer(1, 2 ** 31)),
  strict: optional(flag()),
};

/**
 * A C-support vector classifier, one-vs-one (C. Cortes, V. Vapnik 1995; solver: R.-E. Fan, P.-H. Chen, C.-J. Lin 2005).
 * Scale the features first. Labels follow LIBSVM's voting and its ties; two solvers that stop at the same tolerance
 * may differ by a row in a thousand. Deterministic. Memory: 4 or 8 bytes for each pair of rows of the two largest classes, for each worker.
 *
 * Probabilities (where a metric such as `logLoss` needs them, or where `fit`'s context says `answer: "probabilities"`) are Platt's curves of all
 * pairs, coupled as in LIBSVM. The curves are fitted to held-out decisions of an inner 5-fold cross-validation of every pair on every training set, so
 * that all takes about five times as long. A class's training rows are dealt to the inner folds in turn, in the order of the data, where LIBSVM
 * deals at random: shuffle data in which every fifth row of a class is alike. Labels stay the voted ones.
 * @throws HpoError OPTION_INVALID
 */
export function svm(options: SvmOptions): SvmEstimator {
  checkOptions("svm", options, rules);
  const { C, classWeight, tolerance = 1e-3, maxIterations = 10_000_000, strict = false } = options;
  const full = {
    ...fullKernelOptions("svm", options),
    C,
    ...(classWeight === undefined ? {} : { classWeight }),
    tolerance,
    maxIterations,
    ...(strict ? { strict } : {}),
  };
  return Object.freeze({
    name: "svm",
    task: "classification",
    traits: Object.freeze({
      gives: Object.freeze(["labels", "scores", "probabilities"] as const),
      missing: false,
      categories: false,
      weights: true,
    }),
    options: Object.freeze(full),
    fit: (input, context) => fitSvm(full, input, context),
    // A precomputed kernel takes the features for something else, so that it shares nothing with the others.
    solver: Object.freeze({
      key: options.kernel === "precomputed" ? "svm-precomputed" : "svm",
      module: new URL("./solver.js", import.meta.url).href,
      export: "svmFoldSolver",
    }),
  } satisfies SvmEstimator);
}
