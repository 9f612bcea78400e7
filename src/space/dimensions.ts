import type { Parameter, Space } from "../core/space.ts";

/** One axis of the unit cube. */
export interface Dimension {
  readonly name: string;
  readonly parameter: Parameter;
}

/**
 * The axes of a space's unit cube: each parameter of each branch once, in the order of declaration, a branch's right
 * after its choice.
 */
export function dimensions(space: Space): readonly Dimension[] {
  let axes = known.get(space);
  if (axes === undefined) known.set(space, (axes = walked(space)));
  return axes;
}

/** A space is plain data that nobody changes, and every proposal asks for its axes. */
const known = new WeakMap<Space, readonly Dimension[]>();

function walked(space: Space): readonly Dimension[] {
  const found = new Map<string, Dimension>();
  const walk = (inner: Space): void => {
    for (const [name, parameter] of Object.entries(inner)) {
      if (!found.has(name)) found.set(name, Object.freeze({ name, parameter }));
      if (parameter.kind === "choice" && parameter.branches !== null) Object.values(parameter.branches).forEach(walk);
    }
  };
  walk(space);
  return Object.freeze([...found.values()]);
}
