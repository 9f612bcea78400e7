import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { StudySpec } from "../core/study-spec.ts";

/** What an objective said of each metric, as far as it is an object: what stands for the only metric is put under its name. */
export function byMetric(names: readonly string[], returned: unknown): unknown {
  return names.length === 1 && isWithGradient(returned) ? { [names[0] as string]: returned } : returned;
}

/** `{ value, gradient }`, where the gradient may be left out. */
export function isWithGradient(told: unknown): told is { readonly value: number; readonly gradient?: unknown } {
  return (
    typeof told === "object" &&
    told !== null &&
    Object.hasOwn(told, "value") &&
    typeof (told as { readonly value: unknown }).value === "number" &&
    Object.keys(told).every((name) => name === "value" || name === "gradient")
  );
}

/**
 * One number a metric, from what an objective returned: a number, or `{ value, gradient }`, stands for the only metric.
 * @throws HpoError OBJECTIVE_INVALID for anything that is not a number (NaN is none).
 */
export function objectiveValues(spec: Pick<StudySpec, "metrics">, told: unknown): Readonly<Record<string, number>> {
  const names = Object.keys(spec.metrics);
  if (typeof told === "number" && names.length === 1) return { [names[0] as string]: checked(told, "the objective") };
  const returned = byMetric(names, told);
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

function checked(told: unknown, what: string): number {
  const value = isWithGradient(told) ? told.value : told;
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw invalid(what, "a number that is not NaN", value);
}

function invalid(what: string, must: string, got: unknown): HpoError {
  return new HpoError("OBJECTIVE_INVALID", `${what} must return ${must}; got ${typeof got === "number" ? got : showValue(got)}.`);
}
