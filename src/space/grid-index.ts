import type { Params, Space } from "../core/space.ts";
import { type DiscreteValues, discreteValues } from "./discrete-values.ts";
import { spaceSize } from "./space-grid.ts";

/** The place of a configuration in the grid of a finite space: `gridParams(space, gridIndex(space, params))` equals `params`. O(parameters). */
export function gridIndex(space: Space, params: Params): number {
  let index = 0;
  for (const [name, parameter] of Object.entries(space)) {
    const value = params[name];
    if (parameter.kind !== "choice" || parameter.branches === null) {
      const { count, indexOf } = discreteValues(parameter) as DiscreteValues;
      index = index * count + indexOf(value);
      continue;
    }
    let digit = 0;
    let sum = 0;
    for (const [branch, inner] of Object.entries(parameter.branches)) {
      if (branch === value) digit = sum + gridIndex(inner, params);
      sum += spaceSize(inner) as number;
    }
    index = index * sum + digit;
  }
  return index;
}
