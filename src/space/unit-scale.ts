import type { FloatParameter, IntParameter, Parameter, ParamValue } from "../core/space.ts";
import { exp, log } from "../math/elementary.ts";
import { type DiscreteValues, discreteValues } from "./discrete-values.ts";

/** One axis of the unit cube: maps between a parameter's values and [0, 1]. */
export interface UnitScale {
  /** `value` must be one of the parameter's. */
  toUnit(value: ParamValue): number;
  /** Gives one of the parameter's values for every u in [0, 1]. */
  fromUnit(u: number): ParamValue;
  /** d value / d u at a value; 0 where values can be counted. */
  slope(value: ParamValue): number;
}

/**
 * The scale of a parameter. Values that can be counted share [0, 1] in buckets of equal width and are encoded as the
 * middle of theirs; integers on a log scale have buckets as wide as ln(k + ½) − ln(k − ½).
 */
export function unitScale(parameter: Parameter): UnitScale {
  let scale = known.get(parameter);
  if (scale === undefined) known.set(parameter, (scale = scaleOf(parameter)));
  return scale;
}

/** A parameter is plain data that nobody changes, and each of its values passes here. */
const known = new WeakMap<Parameter, UnitScale>();

function scaleOf(parameter: Parameter): UnitScale {
  if (parameter.kind === "int" && parameter.log && parameter.low < parameter.high) return logIntegers(parameter);
  const discrete = discreteValues(parameter);
  if (discrete !== null) return buckets(discrete);
  return (parameter as FloatParameter).log ? logInterval(parameter as FloatParameter) : interval(parameter as FloatParameter);
}

function buckets({ count, at, indexOf }: DiscreteValues): UnitScale {
  return {
    toUnit: (value) => (indexOf(value) + 0.5) / count,
    fromUnit: (u) => at(Math.min(count - 1, Math.floor(u * count))),
    slope: () => 0,
  };
}

function interval({ low, high }: FloatParameter): UnitScale {
  // Halves, so that the width of the widest intervals does not overflow.
  const half = high / 2 - low / 2;
  return {
    toUnit: (value) => ((value as number) / 2 - low / 2) / half,
    fromUnit(u) {
      if (u <= 0) return low;
      if (u >= 1) return high;
      return clamp(low * (1 - u) + high * u, low, high);
    },
    slope: () => 2 * half,
  };
}

function logInterval({ low, high }: FloatParameter): UnitScale {
  const start = log(low);
  const width = log(high) - start;
  return {
    // Ends a few units in the last place apart may have equal logarithms.
    toUnit: (value) => (width === 0 ? 0.5 : clamp((log(value as number) - start) / width, 0, 1)),
    fromUnit(u) {
      if (u <= 0) return low;
      if (u >= 1) return high;
      return clamp(exp(start + u * width), low, high);
    },
    slope: (value) => (value as number) * width,
  };
}

function logIntegers({ low, high }: IntParameter): UnitScale {
  const start = log(low - 0.5);
  const width = log(high + 0.5) - start;
  return {
    toUnit: (value) => (log(value as number) - start) / width,
    fromUnit: (u) => clamp(Math.round(exp(start + u * width)), low, high),
    slope: () => 0,
  };
}

/** Adding 0 turns −0 into 0. */
function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value)) + 0;
}
