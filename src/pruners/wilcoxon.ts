/**
 * Stops a trial that a paired test tells from the best one, step by step: for steps that are instances of one problem (folds, data sets, games), whose
 * values need not get better from one to the next.
 *
 * Source: the test of `math/signed-rank`, as a racing rule: M. Birattari et al., "A racing algorithm for configuring metaheuristics", GECCO 2002
 * (paired rank tests, instance by instance). The test is repeated at each report, so that over n reports an equal trial is stopped with a
 * probability above `pThreshold`, at most n · pThreshold.
 */
import { checkOptions, finite, integer, optional } from "../core/options.ts";
import type { Pruner, ReportedSteps, ReportedTrial } from "../core/pruner.ts";
import { pairwiseSum } from "../math/pairwise-sum.ts";
import { signedRankP } from "../math/signed-rank.ts";
import { worse } from "./reported-values.ts";

/** How sure `wilcoxon()` has to be. */
export interface WilcoxonOptions {
  /** A trial stops where an equal one would look so bad with at most this probability; default 0.1. */
  readonly pThreshold?: number;
  /** No trial is stopped before so many steps are common with the best one; default 2. */
  readonly startupSteps?: number;
}

/**
 * Stops a trial that is worse than the best complete visible trial, by the one-sided Wilcoxon signed-rank test over the steps that both have reported,
 * unless its mean over them is as good. Values at one step must mean the same in all trials. @throws HpoError OPTION_INVALID
 */
export function wilcoxon(options: WilcoxonOptions = {}): Pruner {
  checkOptions("wilcoxon", options, { pThreshold: optional(finite(0, 1)), startupSteps: optional(integer(1)) });
  const { pThreshold = 0.1, startupSteps = 2 } = options;
  return Object.freeze<Pruner>({
    name: "wilcoxon",
    options: Object.freeze({ pThreshold, startupSteps }),
    verdict({ steps, values, history, direction }) {
      const best = bestTrial(history, (a, b) => worse(a, b, direction));
      if (best === undefined) return undefined;
      const pairs = pairsOf({ steps, values }, best);
      if (pairs.length < startupSteps) return undefined;
      const losses = pairs.map(([own, other]) => loss(own, other, direction === "minimize"));
      // On the mean it keeps up: what the ranks say is an accident of many small losses.
      if (!(pairwiseSum(Float64Array.from(losses)) > 0)) return undefined;
      const p = signedRankP(losses);
      if (!(p < pThreshold)) return undefined;
      return `worse than trial ${best.number}, the best so far, on the ${pairs.length} steps that both reported (p = ${p.toPrecision(2)})`;
    },
  });
}

/** Equal infinities are no loss. */
function loss(own: number, other: number, minimize: boolean): number {
  if (own === other) return 0;
  return minimize ? own - other : other - own;
}

/** The complete trial with the best value; the first of equal ones. */
function bestTrial(history: readonly ReportedTrial[], isWorse: (a: number, b: number) => boolean): ReportedTrial | undefined {
  let best: (ReportedTrial & { readonly value: number }) | undefined;
  for (const trial of history) {
    const { value } = trial;
    if (value !== null && (best === undefined || isWorse(best.value, value))) best = { ...trial, value };
  }
  return best;
}

/** The values of both at the steps that both reported. */
function pairsOf(own: ReportedSteps, other: ReportedSteps): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let at = 0;
  for (const [i, step] of own.steps.entries()) {
    while (at < other.steps.length && (other.steps[at] as number) < step) at++;
    if (other.steps[at] === step) pairs.push([own.values[i] as number, other.values[at] as number]);
  }
  return pairs;
}
