import { checkOptions, flag, integer, optional } from "../core/options.ts";
import type { IntParameter } from "../core/space.ts";
import { checkParameter } from "./check-parameter.ts";

export interface IntOptions {
  /** Searches on a logarithmic scale; `low` must be at least 1, and `high` at most 2⁴⁰. */
  readonly log?: boolean;
  /** Allows only low, low + step, low + 2 step … up to `high`. Not together with `log`. Default 1. */
  readonly step?: number;
}

/**
 * An integer from `low` to `high`, both included, of at most 2⁴⁹ in size; equal ends make a constant.
 * @throws HpoError SPACE_INVALID, OPTION_INVALID
 */
export function int(low: number, high: number, options: IntOptions = {}): IntParameter {
  checkOptions("int", options, { log: optional(flag()), step: optional(integer(1)) });
  return checkParameter("int()", { kind: "int", low, high, log: options.log ?? false, step: options.step ?? 1 }) as IntParameter;
}
