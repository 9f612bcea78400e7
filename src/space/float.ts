import { checkOptions, finite, flag, optional } from "../core/options.ts";
import type { FloatParameter } from "../core/space.ts";
import { checkParameter } from "./check-parameter.ts";

export interface FloatOptions {
  /** Searches on a logarithmic scale; `low` must be above 0. */
  readonly log?: boolean;
  /**
   * Allows only low, low + step, low + 2 step … up to `high`, rounded to the digits a person would write (0.3, not
   * 0.30000000000000004). `high` itself is left out where no number of steps reaches it. Not together with `log`.
   */
  readonly step?: number;
}

/**
 * A real number from `low` to `high`, both included; equal ends make a constant.
 * @throws HpoError SPACE_INVALID, OPTION_INVALID
 */
export function float(low: number, high: number, options: FloatOptions = {}): FloatParameter {
  checkOptions("float", options, { log: optional(flag()), step: optional(finite(0, Infinity, true)) });
  return checkParameter("float()", { kind: "float", low, high, log: options.log ?? false, step: options.step ?? null }) as FloatParameter;
}
