import { showValue } from "../core/options.ts";
import type { ChoiceParameter, Parameter, Space } from "../core/space.ts";
import { checkParameter, checkValues, spaceError } from "./check-parameter.ts";
import { parameterJson } from "./space-json.ts";

/**
 * A checked and frozen copy of a space: of what the factories made, and of plain data from anywhere. No two parameters
 * that may be active together have one name, and one name in several branches of a choice has one definition.
 * @throws HpoError SPACE_INVALID, which names the place ("space.kernel.rbf.gamma: low must be …").
 */
export function checkSpace<S extends Space>(space: S, where: string = "space"): S {
  const checked = copySpace(where, space);
  collect(where, checked, "");
  return checked as S;
}

/** A checked and frozen copy of a choice with all that is in its branches. */
export function checkChoice(where: string, given: ChoiceParameter): ChoiceParameter {
  const checked = copyChoice(where, given);
  collect(where, { "": checked }, "");
  return checked;
}

function copySpace(where: string, given: Space): Space {
  checkPlain(where, given, "an object of parameters");
  return Object.freeze(
    Object.fromEntries(
      Object.entries(given).map(([name, parameter]) => {
        checkName(where, name);
        return [name, copyParameter(`${where}${where.endsWith(")") ? " " : "."}${name}`, parameter)];
      }),
    ),
  );
}

function copyParameter(where: string, given: Parameter): Parameter {
  if (typeof given !== "object" || given === null) {
    throw spaceError(where, `must be float(), int(), values() or choice(); got ${showValue(given)}.`);
  }
  return given.kind === "choice" ? copyChoice(where, given) : checkParameter(where, given);
}

function copyChoice(where: string, given: ChoiceParameter): ChoiceParameter {
  const values = checkValues(where, given.values);
  if (given.branches === null) return Object.freeze({ kind: "choice", values, branches: null });
  checkPlain(where, given.branches, "an object with a branch for each alternative");
  const names = Object.keys(given.branches);
  if (names.length !== values.length || names.some((name, i) => name !== values[i])) {
    throw spaceError(where, `values must be the names of the branches (${names.join(", ")}); got ${showValue(values)}.`);
  }
  const branches = names.map((name) => {
    checkName(where, name);
    return [name, copySpace(`${where}${where.endsWith(")") ? " branch " : "."}${name}`, given.branches?.[name] as Space)] as const;
  });
  return Object.freeze({ kind: "choice", values, branches: Object.freeze(Object.fromEntries(branches)) });
}

/** An object literal, without a prototype of its own: `{ __proto__: … }` would hide a parameter. */
function checkPlain(where: string, given: unknown, what: string): void {
  const plain = typeof given === "object" && given !== null && !Array.isArray(given);
  const prototype: unknown = plain ? Object.getPrototypeOf(given) : undefined;
  if (plain && (prototype === null || Object.getPrototypeOf(prototype) === null)) return;
  const got = plain ? "an object with another prototype (is there a member __proto__?)" : showValue(given);
  throw spaceError(where, `must be ${what}; got ${got}.`);
}

/** Names stand in tables, in `--where name=value` and as keys of objects. */
function checkName(where: string, name: string): void {
  if (name !== "" && name.trim() === name && name !== "__proto__" && !/[=\p{Cc}]/u.test(name)) return;
  throw spaceError(
    where,
    `a name must not be empty or "__proto__", nor hold "=", control characters or white space at its ends; got ${showValue(name)}.`,
  );
}

interface Declared {
  readonly path: string;
  readonly parameter: Parameter;
}

/** All parameters by name, each with the place of its first declaration; throws where names clash. */
function collect(where: string, space: Space, prefix: string): ReadonlyMap<string, Declared> {
  const all = new Map<string, Declared>();
  const add = (name: string, declared: Declared): void => {
    const known = all.get(name);
    if (known !== undefined) {
      throw spaceError(where, `${name} is declared at ${known.path} and at ${declared.path}, which may be active together; rename one.`);
    }
    all.set(name, declared);
  };
  for (const [name, parameter] of Object.entries(space)) {
    const path = prefix + name;
    // "" stands for a choice that has no name yet.
    if (name !== "") add(name, { path, parameter });
    if (parameter.kind !== "choice" || parameter.branches === null) continue;
    // Branches exclude each other, so that a name may come again when it means the same.
    const inBranches = new Map<string, Declared>();
    for (const [branch, inner] of Object.entries(parameter.branches)) {
      const start = path === "" ? `${branch}.` : `${path}.${branch}.`;
      for (const [innerName, declared] of collect(where, inner, start)) {
        const known = inBranches.get(innerName);
        if (known === undefined) inBranches.set(innerName, declared);
        else if (JSON.stringify(parameterJson(known.parameter)) !== JSON.stringify(parameterJson(declared.parameter))) {
          throw spaceError(
            where,
            `${innerName} is defined differently at ${known.path} and at ${declared.path}; give both one definition, or two names.`,
          );
        }
      }
    }
    for (const [innerName, declared] of inBranches) add(innerName, declared);
  }
  return all;
}
