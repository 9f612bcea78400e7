/** Stops what has left the range of sensible values, such as a loss that diverges: a fixed bound, nothing estimated. */
import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, finite, integer, optional } from "../core/options.ts";
import type { Pruner } from "../core/pruner.ts";
import { shown } from "./reported-values.ts";

/** The range of `threshold()`; at least one end of it. */
export interface ThresholdOptions {
  /** A value below it stops the trial. */
  readonly lower?: number;
  /** A value above it stops the trial. */
  readonly upper?: number;
  /** No trial is stopped before this step; default 0. */
  readonly warmupSteps?: number;
}

/** Stops a trial at the first step, from `warmupSteps` on, whose value lies outside the range. Other trials do not matter. @throws HpoError OPTION_INVALID */
export function threshold(options: ThresholdOptions): Pruner {
  checkOptions("threshold", options, { lower: optional(finite()), upper: optional(finite()), warmupSteps: optional(integer(0)) });
  const { lower = null, upper = null, warmupSteps = 0 } = options;
  if ((lower === null && upper === null) || (lower ?? -Infinity) > (upper ?? Infinity)) {
    const got = lower === null ? "neither" : `lower ${lower} and upper ${upper}`;
    throw new HpoError("OPTION_INVALID", `threshold(): lower or upper, or both with lower at most upper, must be given; got ${got}.`);
  }
  return Object.freeze<Pruner>({
    name: "threshold",
    options: Object.freeze({ lower, upper, warmupSteps }),
    verdict({ steps, values }) {
      const step = steps.at(-1) as number;
      const value = values.at(-1) as number;
      if (step < warmupSteps) return undefined;
      if (lower !== null && value < lower) return `${shown(value)} at step ${step} is below ${lower}`;
      return upper !== null && value > upper ? `${shown(value)} at step ${step} is above ${upper}` : undefined;
    },
  });
}
