import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { ForbiddenRule, LimitRule, SpaceRules, ValueSet } from "../core/space-rules.ts";
import type { Parameter, ParamValue, Space } from "../core/space.ts";
import { activeTogether } from "./active-together.ts";
import { dimensions } from "./dimensions.ts";
import { inSet } from "./feasibility.ts";
import { contains, describeParameter } from "./mismatch.ts";

/**
 * The rules of a study's space, checked and frozen, in one form: a single value is a list of one, an end that is left out is null.
 * @throws HpoError OPTION_INVALID that names the place ("forbid[0].C"): for unknown parameters and values, and for rules that can never say anything.
 */
export function checkRules(
  where: string,
  space: Space,
  { forbid: combinations = [], limits: inequalities = [] }: { readonly forbid?: readonly object[]; readonly limits?: readonly object[] },
): SpaceRules {
  const known = new Map(dimensions(space).map(({ name, parameter }) => [name, parameter]));
  const forbid = combinations.map((one, index) => checkForbidden({ where, at: `forbid[${index}]`, space, known }, one));
  const limits = inequalities.map((one, index) => checkLimit({ where, at: `limits[${index}]`, space, known }, one));
  return Object.freeze({ forbid: Object.freeze(forbid), limits: Object.freeze(limits) });
}

interface Place {
  readonly where: string;
  readonly at: string;
  readonly space: Space;
  readonly known: ReadonlyMap<string, Parameter>;
}

function refusal({ where, at }: Pick<Place, "where" | "at">, problem: string): HpoError {
  return new HpoError("OPTION_INVALID", `${where}(): ${at} ${problem}`, { data: { where, option: at } });
}

/** The members of an object, each with the parameter that it names; at least one. */
function named(place: Place, given: unknown, example: string): readonly (readonly [string, unknown, Parameter])[] {
  if (typeof given !== "object" || given === null || Array.isArray(given) || Object.keys(given).length === 0) {
    throw refusal(place, `must be an object such as ${example}; got ${showValue(given)}.`);
  }
  return Object.entries(given).map(([name, value]) => {
    const parameter = place.known.get(name);
    if (parameter !== undefined) return [name, value, parameter] as const;
    const names = [...place.known.keys()];
    throw refusal(
      place,
      `must name parameters of the space (${names.length === 0 ? "it has none" : names.join(", ")}); got ${showValue(name)}.`,
    );
  });
}

function checkForbidden(place: Place, given: object): ForbiddenRule {
  const rule = Object.fromEntries(
    named(place, given, '{ kernel: "poly", C: { min: 100 } }').map(([name, value, parameter]) => [
      name,
      checkValues({ ...place, at: `${place.at}.${name}` }, value, parameter),
    ]),
  );
  if (
    !activeTogether(
      place.space,
      Object.keys(rule),
      (choice, value) => !Object.hasOwn(rule, choice) || inSet(rule[choice] as ValueSet, value),
    )
  ) {
    throw refusal(place, `must name parameters that can be active together; got ${showValue(given)}, which no configuration has.`);
  }
  return Object.freeze(rule);
}

function checkValues(place: Place, given: unknown, parameter: Parameter): ValueSet {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return checkRange(place, given, parameter);
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (values.length === 0) throw refusal(place, "must have at least one value; got [].");
  for (const value of values) {
    if (!contains(parameter, value)) {
      throw refusal(place, `must be ${describeParameter(parameter)}, a list of such values, or { min, max }; got ${showValue(value)}.`);
    }
  }
  return Object.freeze([...values] as ParamValue[]);
}

function checkRange(place: Place, given: object, parameter: Parameter): ValueSet {
  if (!isNumeric(parameter))
    throw refusal(place, `must be ${describeParameter(parameter)}, or a list of such values; got ${showValue(given)}.`);
  return checkEnds(place, given, ["min", "max"]);
}

function isNumeric(parameter: Parameter): boolean {
  return parameter.kind === "float" || parameter.kind === "int" || parameter.values.some((value) => typeof value === "number");
}

/** `{ min, max }` with at least one of them, in order; `members` are all that may stand there. */
export function checkEnds(
  place: { readonly where: string; readonly at: string },
  given: object,
  members: readonly string[],
): { readonly min: number | null; readonly max: number | null } {
  const { min, max } = given as { min?: unknown; max?: unknown };
  const stray = Object.keys(given).find((name) => !members.includes(name));
  if (stray !== undefined) throw refusal(place, `must have no members but ${members.join(", ")}; got ${stray}.`);
  for (const [name, end] of Object.entries({ min, max })) {
    if (end !== undefined && !Number.isFinite(end)) {
      throw refusal(
        { ...place, at: `${place.at}.${name}` },
        `must be a finite number; got ${showValue(end)}. Leave it out where there is no such end.`,
      );
    }
  }
  if (min === undefined && max === undefined) throw refusal(place, `must have min, max or both; got ${showValue(given)}.`);
  if (min !== undefined && max !== undefined && (min as number) > (max as number)) {
    throw refusal(place, `must have a min of at most max (${String(max)}); got ${String(min)}.`);
  }
  return Object.freeze({ min: (min as number | undefined) ?? null, max: (max as number | undefined) ?? null });
}

function checkLimit(place: Place, given: object): LimitRule {
  if (!("sum" in given)) throw refusal(place, `must have a sum, as in { sum: { a: 1, b: 2 }, max: 10 }; got ${showValue(given)}.`);
  const ends = checkEnds(place, given, ["sum", "min", "max"]);
  const terms = named({ ...place, at: `${place.at}.sum` }, given.sum, "{ a: 1, b: 2 }").map(([name, factor, parameter]) => {
    const at = { ...place, at: `${place.at}.sum.${name}` };
    if (!isNumeric(parameter)) throw refusal(at, `must stand for a parameter of numbers; ${name} is ${describeParameter(parameter)}.`);
    if (!Number.isFinite(factor) || factor === 0) throw refusal(at, `must be a finite number other than 0; got ${showValue(factor)}.`);
    return [name, factor as number] as const;
  });
  if (
    !activeTogether(
      place.space,
      terms.map(([name]) => name),
    )
  ) {
    throw refusal(place, `must name parameters that can be active together; got ${terms.map(([name]) => name).join(", ")}.`);
  }
  return Object.freeze({ sum: Object.freeze(Object.fromEntries(terms)), ...ends });
}
