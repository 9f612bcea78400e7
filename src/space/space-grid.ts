import { HpoError } from "../core/hpo-error.ts";
import type { Parameter, Params, ParamValue, Space } from "../core/space.ts";
import { dimensions } from "./dimensions.ts";
import { type DiscreteValues, discreteValues } from "./discrete-values.ts";

/**
 * How many configurations a space has: the product over its parameters, where a choice with branches counts the sum
 * over them. null where a float without a step is among them; rounded above 2⁵³. O(parameters).
 */
export function spaceSize(space: Space): number | null {
  let size = 1;
  for (const parameter of Object.values(space)) {
    const count = countOf(parameter);
    if (count === null) return null;
    size *= count;
  }
  return size;
}

/** The names of the parameters that make a space infinite: floats without a step. */
export function continuousParameters(space: Space): readonly string[] {
  return dimensions(space)
    .filter(({ parameter }) => discreteValues(parameter) === null)
    .map(({ name }) => name);
}

/**
 * The configuration at a place of the grid, frozen. Row-major: the parameter declared last varies fastest; the branches
 * of a choice follow one another in their order. O(parameters), without listing the grid.
 * @throws HpoError SPACE_INVALID unless the space is finite and `index` an integer from 0 to its size − 1.
 */
export function gridParams(space: Space, index: number): Params {
  const size = spaceSize(space);
  if (size === null) {
    throw new HpoError(
      "SPACE_INVALID",
      `gridParams(): every float must have a step; got none for ${continuousParameters(space).join(", ")}.`,
    );
  }
  if (!(Number.isSafeInteger(index) && index >= 0 && index < size)) {
    throw new HpoError("SPACE_INVALID", `gridParams(): index must be an integer from 0 to ${size - 1}; got ${index}.`, { data: { index } });
  }
  const params: Record<string, ParamValue> = {};
  fill(space, index, params);
  return Object.freeze(params);
}

/** Splits `index` into one digit a parameter, then sets the values in the order of declaration. */
function fill(space: Space, index: number, params: Record<string, ParamValue>): void {
  const digits: number[] = [];
  const entries = Object.entries(space);
  let rest = index;
  for (const [, parameter] of entries.toReversed()) {
    const count = countOf(parameter) as number;
    digits.push(rest % count);
    rest = Math.floor(rest / count);
  }
  for (const [name, parameter] of entries) {
    let digit = digits.pop() as number;
    if (parameter.kind !== "choice" || parameter.branches === null) {
      params[name] = (discreteValues(parameter) as DiscreteValues).at(digit);
      continue;
    }
    for (const [branch, inner] of Object.entries(parameter.branches)) {
      const count = spaceSize(inner) as number;
      if (digit < count) {
        params[name] = branch;
        fill(inner, digit, params);
        break;
      }
      digit -= count;
    }
  }
}

function countOf(parameter: Parameter): number | null {
  if (parameter.kind !== "choice" || parameter.branches === null) return discreteValues(parameter)?.count ?? null;
  let sum = 0;
  for (const branch of Object.values(parameter.branches)) {
    const size = spaceSize(branch);
    if (size === null) return null;
    sum += size;
  }
  return sum;
}
