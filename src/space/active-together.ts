import type { ChoiceParameter, ParamValue, Space } from "../core/space.ts";
import { dimensions } from "./dimensions.ts";

/**
 * Whether some configuration has all parameters of `names` at once. `allows` says which alternatives of a choice may be
 * taken for it; default all.
 */
export function activeTogether(
  space: Space,
  names: readonly string[],
  allows: (choice: string, value: ParamValue) => boolean = () => true,
): boolean {
  let rest = names.filter((name) => !Object.hasOwn(space, name));
  for (const [name, parameter] of Object.entries(space)) {
    if (parameter.kind !== "choice" || parameter.branches === null) continue;
    const under = namesUnder(parameter, rest);
    if (under.length > 0 && branchesWith(parameter, under, (value) => allows(name, value), allows).length === 0) return false;
    rest = rest.filter((one) => !under.includes(one));
  }
  return rest.length === 0;
}

/** Those of `names` that exist somewhere in the branches of a choice. */
export function namesUnder({ branches }: ChoiceParameter, names: readonly string[]): readonly string[] {
  const inside = new Set(Object.values(branches ?? {}).flatMap((branch) => dimensions(branch).map(({ name }) => name)));
  return names.filter((name) => inside.has(name));
}

/** The alternatives of a choice in whose branch all of `names` may be active. */
export function branchesWith(
  { branches }: ChoiceParameter,
  names: readonly string[],
  here: (value: ParamValue) => boolean = () => true,
  deeper: (choice: string, value: ParamValue) => boolean = () => true,
): readonly string[] {
  return Object.entries(branches ?? {})
    .filter(([value, branch]) => here(value) && activeTogether(branch, names, deeper))
    .map(([value]) => value);
}
