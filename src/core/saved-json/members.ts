import { HpoError } from "../hpo-error.ts";
import { oneOf, type OptionRule, showValue } from "../options.ts";
import { type PackedArrays, unpackNumbers } from "./packed-numbers.ts";

// Reads a saved model member by member: a member is checked before it is used, and one that is not known is refused. Every error is an HpoError
// DATA_INVALID of loadModel() with the member's path; "" is the model itself.

/** An object's own members, which are exactly `names`. */
export function members(value: unknown, path: string, names: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrong(path, `an object with ${names.join(", ")}`, value);
  }
  const under = path === "" ? "" : `${path}.`;
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw invalid(
      `${under}${unknown}`,
      `there is no member ${under}${unknown}; ${path === "" ? "a machine" : path} has ${names.join(", ")}.`,
    );
  }
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw wrong(`${under}${missing}`, "present", undefined);
  return value as Readonly<Record<string, unknown>>;
}

/** The `kind` of an object whose other members, which `names` lists for people with it, go by it: one of `kinds`. */
export function kindMember<Kind extends string>(
  value: unknown,
  path: string,
  { kinds, names }: { readonly kinds: readonly Kind[]; readonly names: string },
): Kind {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(path, `an object with ${names}`, value);
  const name = path === "" ? "kind" : `${path}.kind`;
  if (!Object.hasOwn(value, "kind")) throw wrong(name, "present", undefined);
  return follow(name, (value as { readonly kind: unknown }).kind, oneOf(kinds)) as Kind;
}

/** The value, where it follows the rule. */
export function follow(path: string, value: unknown, rule: OptionRule): unknown {
  if (!rule.accepts(value)) throw wrong(path, rule.must, value);
  return value;
}

/** `count` numbers that `packNumbers` wrote. */
export function packed<F extends keyof PackedArrays>(
  path: string,
  value: unknown,
  { format, count }: { readonly format: F; readonly count: number },
): PackedArrays[F] {
  const text = members(value, path, [format])[format];
  const numbers = typeof text === "string" ? unpackNumbers(format, text, count) : undefined;
  if (numbers === undefined) throw wrong(`${path}.${format}`, `the base64 text of ${count} numbers (little-endian ${format})`, text);
  return numbers;
}

export function must(path: string, holds: boolean, how: string, got: unknown): void {
  if (!holds) throw wrong(path, how, got);
}

export function wrong(path: string, how: string, got: unknown): HpoError {
  return invalid(path, `${path === "" ? "the model" : path} must be ${how}; got ${showValue(got)}.`);
}

function invalid(path: string, sentence: string): HpoError {
  return new HpoError("DATA_INVALID", `loadModel(): ${sentence} Load what a fitted model's toJSON() gave.`, { data: { member: path } });
}

/** Any text, an empty one too. */
export const anyText: OptionRule = { must: "a text", optional: false, accepts: (value) => typeof value === "string" };
