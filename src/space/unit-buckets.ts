import type { Parameter, ParamValue } from "../core/space.ts";
import { log } from "../math/elementary.ts";
import { discreteValues } from "./discrete-values.ts";

/** The buckets of an axis whose values can be counted: [0, 1] in as many pieces as there are values, in their order. */
export interface UnitBuckets {
  readonly count: number;
  /** The piece that `unitScale(parameter).fromUnit` maps to a value: from the edge at `index` to that at `index + 1`. */
  indexOf(value: ParamValue): number;
  /** Edge 0 is 0, edge `count` is 1. */
  edge(index: number): number;
}

/** null for a float without a step. */
export function unitBuckets(parameter: Parameter): UnitBuckets | null {
  const discrete = discreteValues(parameter);
  if (discrete === null) return null;
  const { count, indexOf } = discrete;
  if (parameter.kind === "int" && parameter.log && count > 1) {
    const start = log(parameter.low - 0.5);
    const width = log(parameter.high + 0.5) - start;
    return { count, indexOf, edge: (index) => (index === count ? 1 : (log(parameter.low - 0.5 + index) - start) / width) };
  }
  return { count, indexOf, edge: (index) => index / count };
}
