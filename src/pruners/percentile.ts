/**
 * Stops a trial whose best value so far is worse than a percentile of what the complete trials had at that step.
 *
 * Sources: D. Golovin et al., "Google Vizier: A service for black-box optimization", KDD 2017, section 3.5.1 (the median stopping rule),
 * doi 10.1145/3097983.3098043; percentiles by linear interpolation, R. J. Hyndman and Y. Fan, "Sample quantiles in statistical
 * packages", The American Statistician 50 (1996), definition 7, doi 10.2307/2684934.
 */
import { checkOptions, finite, integer, type OptionRule, optional } from "../core/options.ts";
import type { Pruner, PrunerView } from "../core/pruner.ts";
import { bestOf, shown, worse } from "./reported-values.ts";

/** When a rule that compares trials begins, and how often it is asked. */
export interface ComparingOptions {
  /** No trial is stopped before so many are complete and visible; default 5. */
  readonly startupTrials?: number;
  /** No trial is stopped before this step; default 0. */
  readonly warmupSteps?: number;
  /** A trial is judged at its first report at or after warmupSteps, warmupSteps + interval, …; default 1, every step. */
  readonly interval?: number;
}

/** How `percentile()` judges. */
export interface PercentileOptions extends ComparingOptions {
  /** Per cent of the complete trials that a trial may be as bad as: 25 asks it to keep up with the best quarter, 50 is the median. */
  readonly percentile: number;
}

export const comparingRules: Readonly<Record<keyof ComparingOptions, OptionRule>> = {
  startupTrials: optional(integer(1)),
  warmupSteps: optional(integer(0)),
  interval: optional(integer(1)),
};

/**
 * Stops a trial whose best value up to a step is worse than the percentile of the values that the complete visible trials had at that step (their last at
 * or before it). Ties go on. @throws HpoError OPTION_INVALID
 */
export function percentile(options: PercentileOptions): Pruner {
  checkOptions("percentile", options, { percentile: finite(0, 100), ...comparingRules });
  return percentilePruner("percentile", options, `percentile ${options.percentile}`);
}

/** `label` names the percentile in reasons. */
export function percentilePruner(name: string, options: PercentileOptions, label: string): Pruner {
  const { startupTrials = 5, warmupSteps = 0, interval = 1 } = options;
  const shares = name === "percentile" ? { percentile: options.percentile } : {};
  return Object.freeze<Pruner>({
    name,
    options: Object.freeze({ ...shares, startupTrials, warmupSteps, interval }),
    verdict(view) {
      const { history, direction, values } = view;
      if (!isDue(view, warmupSteps, interval)) return undefined;
      const complete = history.filter((trial) => trial.state === "complete");
      if (complete.length < startupTrials) return undefined;
      const others = complete.flatMap((trial) => trial.values.slice(-1));
      if (others.length === 0) return undefined;
      const own = bestOf(values, direction);
      const limit = quantile(others, (direction === "minimize" ? options.percentile : 100 - options.percentile) / 100);
      if (!worse(own, limit, direction)) return undefined;
      return `${shown(own)}, its best up to step ${view.steps.at(-1)}, is worse than ${shown(limit)}, the ${label} of ${others.length} trials`;
    },
  });
}

/** Whether this report is the first at or after a step at which trials are judged. */
function isDue({ steps }: PrunerView, warmupSteps: number, interval: number): boolean {
  const step = steps.at(-1) as number;
  if (step < warmupSteps) return false;
  const judged = Math.floor((step - warmupSteps) / interval) * interval + warmupSteps;
  return (steps.at(-2) ?? -1) < judged;
}

/** Definition 7 of Hyndman and Fan, with share from 0 to 1. */
function quantile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const below = sorted[low] as number;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  // Beside an infinity there is nothing between: the nearer one.
  if (!Number.isFinite(above - below)) return at - low < 0.5 ? below : above;
  return below + (above - below) * (at - low);
}
