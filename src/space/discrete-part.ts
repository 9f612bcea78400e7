import type { Parameter, Space } from "../core/space.ts";
import { isContinuous } from "./unit-gradient.ts";

/** A space without its continuous floats, those of branches too: the finite rest. */
export function discretePart(space: Space): Space {
  const rest = Object.entries(space).filter(([, parameter]) => !isContinuous(parameter));
  return Object.fromEntries(rest.map(([name, parameter]) => [name, discreteBranches(parameter)]));
}

function discreteBranches(parameter: Parameter): Parameter {
  if (parameter.kind !== "choice" || parameter.branches === null) return parameter;
  const branches = Object.entries(parameter.branches).map(([name, branch]) => [name, discretePart(branch)] as const);
  return { ...parameter, branches: Object.fromEntries(branches) };
}
