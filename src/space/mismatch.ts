import { showValue } from "../core/options.ts";
import type { Parameter, Params, Space } from "../core/space.ts";
import { visitActive } from "./active-parameters.ts";
import { dimensions } from "./dimensions.ts";
import { discreteValues } from "./discrete-values.ts";

/**
 * Why `params` is no configuration of the space, as one sentence that says how it must be; null where it is one.
 * The values of a stepped float must be exactly those of its grid, and the sentence names the nearest.
 */
export function describeMismatch(space: Space, params: unknown): string | null {
  if (typeof params !== "object" || params === null || Array.isArray(params)) {
    return `Parameters must be an object with a value by name; got ${showValue(params)}.`;
  }
  const given = params as Params;
  const active = new Set<string>();
  let problem: string | null = null;
  visitActive(space, (name, parameter) => {
    active.add(name);
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined) problem ??= `${name} is missing; it must be ${describeParameter(parameter)}.`;
    else if (!contains(parameter, value))
      problem ??= `${name} must be ${describeParameter(parameter)}; got ${showValue(value)}${nearest(parameter, value)}.`;
    return value;
  });
  if (problem !== null) return problem;
  const stray = Object.keys(given).find((name) => !active.has(name));
  if (stray === undefined) return null;
  const places = placesOf(space, stray);
  if (places.length > 0) return `${stray} exists only where ${places.join(", or ")}; leave it out here.`;
  const names = dimensions(space).map((dimension) => dimension.name);
  return `There is no parameter ${stray}; ${names.length === 0 ? "the space has none" : `the parameters are ${names.join(", ")}`}.`;
}

/** Whether `params` is a configuration of the space. */
export function isInSpace(space: Space, params: unknown): params is Params {
  return describeMismatch(space, params) === null;
}

/** How a value must be, in words that follow "must be". */
export function describeParameter(parameter: Parameter): string {
  switch (parameter.kind) {
    case "float":
    case "int": {
      const { kind, low, high, step } = parameter;
      if (low === high) return `${low}`;
      const steps = step === null || (kind === "int" && step === 1) ? "" : ` in steps of ${step}`;
      return `${kind === "int" ? "an integer" : "a number"} from ${low} to ${high}${steps}`;
    }
    case "values":
    case "choice":
      return parameter.values.length === 1
        ? showValue(parameter.values[0])
        : `one of ${parameter.values.map((value) => showValue(value)).join(", ")}`;
  }
}

/** Whether a value is one of the parameter's. */
export function contains(parameter: Parameter, value: unknown): boolean {
  const discrete = discreteValues(parameter);
  if (discrete !== null) return discrete.indexOf(value) >= 0;
  return parameter.kind === "float" && typeof value === "number" && value >= parameter.low && value <= parameter.high;
}

function nearest(parameter: Parameter, value: unknown): string {
  if (parameter.kind !== "float" || parameter.step === null || typeof value !== "number") return "";
  if (!(value > parameter.low && value < parameter.high)) return "";
  const discrete = discreteValues(parameter);
  const index = Math.round((value - parameter.low) / parameter.step);
  return discrete === null ? "" : `, to which ${discrete.at(Math.min(index, discrete.count - 1))} is nearest`;
}

/** Where a parameter exists, as conditions such as `kernel is "rbf"`. */
function placesOf(space: Space, wanted: string): readonly string[] {
  return Object.entries(space).flatMap(([name, parameter]) => {
    if (parameter.kind !== "choice" || parameter.branches === null) return [];
    return Object.entries(parameter.branches).flatMap(([branch, inner]) => {
      const here = `${name} is ${showValue(branch)}`;
      if (Object.hasOwn(inner, wanted)) return [here];
      return placesOf(inner, wanted).map((deeper) => `${here} and ${deeper}`);
    });
  });
}
