import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { Params, ParamValue, Space } from "../core/space.ts";
import { visitActive } from "./active-parameters.ts";
import { type Dimension, dimensions } from "./dimensions.ts";
import { describeMismatch } from "./mismatch.ts";
import { unitScale } from "./unit-scale.ts";

/**
 * A configuration as a point of the unit cube, one coordinate for each of `dimensions(space)`; ½ where a parameter is
 * not active. `decode` gives back the configuration: exactly, but for floats without a step, which come back within
 * 4 · 2⁻⁵² of the larger end of their interval, or, on a log scale, within 10⁻¹² of themselves.
 * @throws HpoError SPACE_INVALID where `params` is no configuration of the space.
 */
export function encode(space: Space, params: Params): Float64Array {
  const mismatch = describeMismatch(space, params);
  if (mismatch !== null) throw new HpoError("SPACE_INVALID", `encode(): ${mismatch}`, { data: { params } });
  const axes = axesOf(space);
  const unit = new Float64Array(axes.size).fill(0.5);
  visitActive(space, (name, parameter) => {
    const value = params[name] as ParamValue;
    unit[axes.get(name) as number] = unitScale(parameter).toUnit(value);
    return value;
  });
  return unit;
}

/**
 * The configuration at a point of the unit cube, frozen, in the order of declaration. Uniform points give uniform
 * values (log-uniform on a log scale) and every branch alike; coordinates of inactive parameters are not read.
 * @throws HpoError SPACE_INVALID where a coordinate that is read is not from 0 to 1.
 */
export function decode(space: Space, unit: ArrayLike<number>): Params {
  const axes = axesOf(space);
  const params: Record<string, ParamValue> = {};
  visitActive(space, (name, parameter) => {
    const u = unit[axes.get(name) as number];
    if (u === undefined || !(u >= 0 && u <= 1)) {
      throw new HpoError("SPACE_INVALID", `decode(): the coordinate of ${name} must be a number from 0 to 1; got ${showValue(u)}.`, {
        data: { name, value: u },
      });
    }
    const value = unitScale(parameter).fromUnit(u);
    params[name] = value;
    return value;
  });
  return Object.freeze(params);
}

function axesOf(space: Space): ReadonlyMap<string, number> {
  const axes = dimensions(space);
  let indexes = indexesOf.get(axes);
  if (indexes === undefined) indexesOf.set(axes, (indexes = new Map(axes.map(({ name }, index) => [name, index]))));
  return indexes;
}

/** By the axes of a space, which are the same list each time. */
const indexesOf = new WeakMap<readonly Dimension[], ReadonlyMap<string, number>>();
