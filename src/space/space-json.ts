import type { Json } from "../core/json.ts";
import type { Parameter, Space } from "../core/space.ts";

/**
 * A space as JSON that keeps the order of its parameters and branches, as lists of [name, definition]. The order
 * decides the order of a grid, and canonical JSON sorts the keys of objects; so this, not the space itself, is what a
 * fingerprint must cover.
 */
export function spaceJson(space: Space): Json {
  return Object.entries(space).map(([name, parameter]) => [name, parameterJson(parameter)]);
}

/** One parameter in the same form. Equal texts mean equal definitions. */
export function parameterJson(parameter: Parameter): Json {
  switch (parameter.kind) {
    case "float":
    case "int":
      return { kind: parameter.kind, low: parameter.low, high: parameter.high, log: parameter.log, step: parameter.step };
    case "values":
      return { kind: "values", values: parameter.values };
    case "choice":
      return {
        kind: "choice",
        values: parameter.values,
        branches: parameter.branches && Object.entries(parameter.branches).map(([name, branch]) => [name, spaceJson(branch)]),
      };
  }
}
