import type { Params, ParamValue, Space } from "../core/space.ts";
import type { Rng } from "../math/rng.ts";
import { branchesWith, namesUnder } from "./active-together.ts";
import { unitScale } from "./unit-scale.ts";

/**
 * A configuration with the values of `given` (values of the space that can stand together), frozen, in the order of declaration; the rest is drawn: uniform,
 * log-uniform on a log scale, each alternative alike among those in which what is given exists.
 */
export function completion(space: Space, given: Params, rng: Rng): Params {
  const params: Record<string, ParamValue> = {};
  fill(space, given, rng, params);
  return Object.freeze(params);
}

function fill(space: Space, given: Params, rng: Rng, params: Record<string, ParamValue>): void {
  for (const [name, parameter] of Object.entries(space)) {
    const fixed = Object.hasOwn(given, name) ? given[name] : undefined;
    if (parameter.kind !== "choice" || parameter.branches === null) {
      params[name] = fixed === undefined ? unitScale(parameter).fromUnit(rng.uniform()) : fixed;
      continue;
    }
    const open = branchesWith(parameter, namesUnder(parameter, Object.keys(given)));
    const branch = fixed === undefined ? (open[rng.below(open.length)] as string) : String(fixed);
    params[name] = branch;
    fill(parameter.branches[branch] as Space, given, rng, params);
  }
}
