/** The median stopping rule: D. Golovin et al., "Google Vizier", KDD 2017, section 3.5.1, doi 10.1145/3097983.3098043. */
import { checkOptions } from "../core/options.ts";
import type { Pruner } from "../core/pruner.ts";
import { type ComparingOptions, comparingRules, percentilePruner } from "./percentile.ts";

/**
 * Stops a trial whose best value up to a step is worse than the median of the values that the complete visible trials had at that step.
 * The plainest of the rules; it needs no knowledge of how long a trial takes. @throws HpoError OPTION_INVALID
 */
export function median(options: ComparingOptions = {}): Pruner {
  checkOptions("median", options, comparingRules);
  return percentilePruner("median", { ...options, percentile: 50 }, "median");
}
