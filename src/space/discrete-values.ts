import type { FloatParameter, Parameter, ParamValue } from "../core/space.ts";

/** The values of a parameter as a list that is never built. */
export interface DiscreteValues {
  readonly count: number;
  /** `index` is an integer from 0 to count − 1. */
  at(index: number): ParamValue;
  /** −1 where the value is not in the list. */
  indexOf(value: unknown): number;
}

/** Random access to the values of a parameter in their order; null for a float without a step. */
export function discreteValues(parameter: Parameter): DiscreteValues | null {
  switch (parameter.kind) {
    case "float":
      return floatValues(parameter);
    case "int": {
      const { low, high, step } = parameter;
      const count = Math.floor((high - low) / step) + 1;
      return arithmetic(count, low, step, (index) => low + index * step);
    }
    case "values":
    case "choice": {
      const { values } = parameter;
      return { count: values.length, at: (index) => values[index] as ParamValue, indexOf: (value) => values.indexOf(value as ParamValue) };
    }
  }
}

function floatValues({ low, high, step }: FloatParameter): DiscreteValues | null {
  if (low === high) return arithmetic(1, low, 1, () => low);
  if (step === null) return null;
  const gaps = high / step - low / step;
  // (0.3 − 0) / 0.1 is just below 3: a step that reaches `high` but for rounding reaches it.
  const count = Math.floor(gaps + 1e-9 * Math.max(1, gaps)) + 1;
  const digits = decimalsOf(Math.max(Math.abs(low), Math.abs(high)));
  const at = (index: number): number => {
    const value = low + index * step;
    return index === 0 ? low : Math.min(high, Number(value.toFixed(digits)) + 0);
  };
  return arithmetic(count, low, step, at);
}

/** Decimal places that show 15 significant digits of numbers of this size; the rest is rounding error. */
function decimalsOf(size: number): number {
  const exponent = Number(size.toExponential().split("e")[1]);
  return Math.min(100, Math.max(0, 14 - exponent));
}

function arithmetic(count: number, low: number, step: number, at: (index: number) => number): DiscreteValues {
  return {
    count,
    at,
    indexOf(value) {
      if (typeof value !== "number") return -1;
      const index = Math.round((value - low) / step);
      return index >= 0 && index < count && at(index) === value ? index : -1;
    },
  };
}
