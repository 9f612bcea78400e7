import type { Params, ParamValue, Space } from "../core/space.ts";
import { activeParameters } from "../space/active-parameters.ts";

/** Stored parameters come back sorted by name; people see them as they were declared. */
export function declaredOrder(space: Space, params: Params): Params {
  return Object.fromEntries(activeParameters(space, params).map((name) => [name, params[name] as ParamValue]));
}
