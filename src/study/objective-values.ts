import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { StudySpec } from "../core/study-spec.ts";

/**
 * One number a metric, from what an objective returned: a number stands for the first metric.
 * @throws HpoError OBJECTIVE_INVALID for anything that is not a number (NaN is none).
 */
export function objectiveValues(spec: Pick<StudySpec, "metrics">, returned: unknown): Readonly<Record<string, number>> {
  const names = Object.keys(spec.metrics);
  if (typeof returned === "number" && names.length === 1) return { [names[0] as string]: checked(returned, "the objective") };
  if (typeof returned !== "object" || returned === null) {
    const must = names.length === 1 ? "a number" : `an object with one number for each of ${names.join(", ")}`;
    throw invalid("the objective", must, returned);
  }
  const given = returned as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) throw invalid("the objective", `an object with one number for each of ${names.join(", ")}`, returned);
  const values: Record<string, number> = {};
  for (const name of names) values[name] = checked(Object.hasOwn(given, name) ? given[name] : undefined, name);
  return values;
}

function checked(value: unknown, what: string): number {
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw invalid(what, "a number that is not NaN", value);
}

function invalid(what: string, must: string, got: unknown): HpoError {
  return new HpoError("OBJECTIVE_INVALID", `${what} must return ${must}; got ${typeof got === "number" ? got : showValue(got)}.`);
}
