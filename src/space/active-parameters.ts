import type { Parameter, Params, Space } from "../core/space.ts";

/**
 * The names that exist in a configuration, in the order of declaration, each branch's right after its choice. `params`
 * may be partial: the branches of a choice that is not made yet are left out.
 */
export function activeParameters(space: Space, params: Params): readonly string[] {
  const names: string[] = [];
  visitActive(space, (name) => {
    names.push(name);
    return Object.hasOwn(params, name) ? params[name] : undefined;
  });
  return names;
}

/** Visits the active parameters in that order; `visit` returns the value, which says where a choice goes on. */
export function visitActive(space: Space, visit: (name: string, parameter: Parameter) => unknown): void {
  for (const [name, parameter] of Object.entries(space)) {
    const value = visit(name, parameter);
    if (parameter.kind !== "choice" || parameter.branches === null || typeof value !== "string") continue;
    // A name such as "constructor" must not reach what objects inherit.
    if (Object.hasOwn(parameter.branches, value)) visitActive(parameter.branches[value] as Space, visit);
  }
}
