import type { Json } from "../core/json.ts";
import type { ParamValue } from "../core/space.ts";

/** A declared parameter as a report can use it. What a strange database leaves out or gets wrong is null or empty. */
export interface DeclaredParameter {
  readonly name: string;
  /** "float", "int", "values", "choice"; anything else is shown and not understood. */
  readonly kind: string;
  /** Of `values` and `choice`, in declared order. */
  readonly values: readonly ParamValue[];
  readonly low: number | null;
  readonly high: number | null;
  readonly step: number | null;
  readonly log: boolean;
  readonly branches: readonly { readonly value: string; readonly parameters: readonly DeclaredParameter[] }[];
}

/** Deeper branches are left out: no person nests so far, and a forged file must not exhaust the stack. */
const depthLimit = 32;

/**
 * The declared space, in the order of its declaration, from the lists of [name, definition] that `spaceJson` writes. A
 * database may come from anywhere, so what is not of that form is left out; it is never an error.
 */
export function declaredSpace(json: Json, depth: number = 0): readonly DeclaredParameter[] {
  const found = new Map<string, DeclaredParameter>();
  for (const [name, definition] of depth < depthLimit ? pairs(json) : []) {
    if (!isObject(definition) || found.has(name)) continue;
    const { kind, values, low, high, step, log, branches } = definition;
    found.set(name, {
      name,
      kind: typeof kind === "string" ? kind : "",
      values: Array.isArray(values) ? (values as readonly Json[]).filter(isParamValue) : [],
      low: finite(low),
      high: finite(high),
      step: finite(step),
      log: log === true,
      branches: pairs(branches).map(([value, inner]) => ({ value, parameters: declaredSpace(inner, depth + 1) })),
    });
  }
  return [...found.values()];
}

/** All of them by name; parameters of branches stand after their choice. */
export function declaredParameters(space: Json): ReadonlyMap<string, DeclaredParameter> {
  const found = new Map<string, DeclaredParameter>();
  const visit = (parameters: readonly DeclaredParameter[]): void => {
    for (const parameter of parameters) {
      if (!found.has(parameter.name)) found.set(parameter.name, parameter);
      for (const branch of parameter.branches) visit(branch.parameters);
    }
  };
  visit(declaredSpace(space));
  return found;
}

function pairs(json: Json | undefined): readonly (readonly [string, Json])[] {
  if (!Array.isArray(json)) return [];
  return (json as readonly Json[]).flatMap((entry) => {
    const [name, definition] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
    return typeof name === "string" && definition !== undefined ? [[name, definition] as const] : [];
  });
}

function isObject(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function isParamValue(json: Json): json is ParamValue {
  return json === null || typeof json !== "object";
}

function finite(json: Json | undefined): number | null {
  return typeof json === "number" && Number.isFinite(json) ? json : null;
}
