import type { ParamValue, Space } from "../core/space.ts";
import { dimensions } from "../space/dimensions.ts";
import { discreteValues } from "../space/discrete-values.ts";
import { type UnitBuckets, unitBuckets } from "../space/unit-buckets.ts";

/** A coordinate of the normal distribution: a float, integer or ordered list of more than one value. */
export interface NumericAxis {
  readonly name: string;
  /** Its place among all dimensions. */
  readonly place: number;
  /** null for a float without a step. */
  readonly buckets: UnitBuckets | null;
}

/** A choice of more than one alternative. */
export interface ChoiceAxis {
  readonly name: string;
  readonly place: number;
  readonly count: number;
  indexOf(value: ParamValue): number;
}

/** What is searched of a space: parameters of one value are left out. */
export interface Axes {
  readonly space: Space;
  readonly dimensionCount: number;
  readonly numeric: readonly NumericAxis[];
  readonly choices: readonly ChoiceAxis[];
}

/** Sorts a space's parameters, those of all branches, into coordinates and choices. */
export function axesOf(space: Space): Axes {
  const all = dimensions(space);
  const numeric: NumericAxis[] = [];
  const choices: ChoiceAxis[] = [];
  for (const [place, { name, parameter }] of all.entries()) {
    const discrete = discreteValues(parameter);
    if (discrete?.count === 1) continue;
    if (parameter.kind === "choice" && discrete !== null) choices.push({ name, place, count: discrete.count, indexOf: discrete.indexOf });
    else numeric.push({ name, place, buckets: unitBuckets(parameter) });
  }
  return { space, dimensionCount: all.length, numeric, choices };
}
