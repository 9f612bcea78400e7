/**
 * Stops a trial that no longer gets better, or asks another rule about it only then.
 *
 * Source: L. Prechelt, "Early stopping — but when?", in Neural Networks: Tricks of the Trade (1998), doi 10.1007/3-540-49430-8_3.
 */
import { checkOptions, finite, integer, optional } from "../core/options.ts";
import { prunerRule } from "../core/part-rules.ts";
import type { Pruner } from "../core/pruner.ts";
import { bestOf, shown, worse } from "./reported-values.ts";

/** How long `patience()` waits, and for what. */
export interface PatienceOptions {
  /** Reports in a row that may bring nothing better. */
  readonly reports: number;
  /** What counts as better: more than this, in the objective's units; default 0. */
  readonly minDelta?: number;
  /** Asked about a trial whose patience is at its end; default: such a trial stops. */
  readonly rule?: Pruner;
}

/**
 * Stops a trial whose last `reports` values have not beaten its best before them by more than `minDelta`. With `rule`, that one decides, so that a trial
 * which is still getting better is left alone: `patience({ reports: 3, rule: median() })`. @throws HpoError OPTION_INVALID
 */
export function patience(options: PatienceOptions): Pruner {
  checkOptions("patience", options, {
    reports: integer(1),
    minDelta: optional(finite(0)),
    rule: optional(prunerRule),
  });
  const { reports, minDelta = 0, rule } = options;
  return Object.freeze<Pruner>({
    name: "patience",
    options: Object.freeze({
      reports,
      minDelta,
      rule: rule === undefined ? null : Object.freeze({ name: rule.name, options: rule.options }),
    }),
    verdict(view) {
      const { direction, values } = view;
      if (values.length <= reports) return undefined;
      const before = bestOf(values.slice(0, -reports), direction);
      const since = bestOf(values.slice(-reports), direction);
      const wanted = direction === "minimize" ? before - minDelta : before + minDelta;
      if (worse(wanted, since, direction)) return undefined;
      const waited = `nothing better than ${shown(before)} in ${reports} reports up to step ${view.steps.at(-1)}`;
      if (rule === undefined) return waited;
      const reason = rule.verdict(view);
      return reason === undefined ? undefined : `${waited}; ${rule.name}: ${reason}`;
    },
  });
}
