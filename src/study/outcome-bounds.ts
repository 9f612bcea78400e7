import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { OutcomeBound, OutcomeRecord } from "../core/records.ts";
import { ownMember } from "../core/own-member.ts";
import { checkEnds } from "../space/check-rules.ts";

/**
 * What a study demands of outcomes, in the order of the metrics, frozen.
 * @throws HpoError OPTION_INVALID for a name that is no metric, and for anything but `{ min, max }`.
 */
export function checkBounds(where: string, metrics: readonly string[], given: Readonly<Record<string, unknown>>): readonly OutcomeBound[] {
  const stray = Object.keys(given).find((name) => !metrics.includes(name));
  if (stray !== undefined) {
    throw new HpoError(
      "OPTION_INVALID",
      `${where}(): constraints must be of metrics (${metrics.join(", ")}); got ${showValue(stray)}. An objective tells it when metrics names it.`,
    );
  }
  return Object.freeze(
    metrics
      .filter((metric) => Object.hasOwn(given, metric))
      .map((metric) => {
        const at = `constraints.${metric}`;
        const ends = given[metric];
        if (typeof ends === "object" && ends !== null) return Object.freeze({ metric, ...checkEnds({ where, at }, ends, ["min", "max"]) });
        throw new HpoError("OPTION_INVALID", `${where}(): ${at} must be { min, max } with at least one of them; got ${showValue(ends)}.`);
      }),
  );
}

/** How far each bound is missed, met where at most 0: for each metric value − max, then min − value, of those ends that there are. NaN where there is no value. */
export function boundExcesses(bounds: readonly OutcomeBound[], values: OutcomeRecord["values"]): readonly number[] {
  return bounds.flatMap(({ metric, min, max }) => {
    const value = ownMember(values, metric)?.value ?? Number.NaN;
    return [...(max === null ? [] : [value - max]), ...(min === null ? [] : [min - value])];
  });
}

/** Whether an outcome meets all bounds; one without a value for a bound does not. */
export function meetsBounds(bounds: readonly OutcomeBound[], values: OutcomeRecord["values"]): boolean {
  return boundExcesses(bounds, values).every((excess) => excess <= 0);
}
