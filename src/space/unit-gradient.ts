import type { Gradient, Params, Parameter, ParamValue, Space } from "../core/space.ts";
import { visitActive } from "./active-parameters.ts";
import { dimensions } from "./dimensions.ts";
import { discreteValues } from "./discrete-values.ts";
import { unitScale } from "./unit-scale.ts";

/** Whether a parameter can be moved by ever so little: a float of some width without a step. */
export function isContinuous(parameter: Parameter): boolean {
  return discreteValues(parameter) === null;
}

/** The names of a configuration's active floats, and of those among them that a gradient must have: the continuous ones. */
export function gradientNames(
  space: Space,
  params: Params,
): { readonly floats: readonly string[]; readonly continuous: readonly string[] } {
  const floats: string[] = [];
  const continuous: string[] = [];
  visitActive(space, (name, parameter) => {
    if (parameter.kind === "float") floats.push(name);
    if (isContinuous(parameter)) continuous.push(name);
    return params[name];
  });
  return { floats, continuous };
}

/**
 * The chain rule: a gradient in the parameters' own units as one along the axes of the unit cube, one entry for each of
 * `dimensions(space)`; 0 for what is not an active continuous float. null where an entry is missing or not finite.
 */
export function unitGradient(space: Space, params: Params, gradient: Gradient): Float64Array | null {
  const slopes = new Map<string, number>();
  visitActive(space, (name, parameter) => {
    const value = params[name] as ParamValue;
    if (isContinuous(parameter)) {
      slopes.set(name, (Object.hasOwn(gradient, name) ? (gradient[name] as number) : Number.NaN) * unitScale(parameter).slope(value));
    }
    return value;
  });
  const unit = Float64Array.from(dimensions(space), ({ name }) => slopes.get(name) ?? 0);
  return unit.every(Number.isFinite) ? unit : null;
}
