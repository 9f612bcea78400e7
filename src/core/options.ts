import { HpoError } from "./hpo-error.ts";

/**
 * A declared option: how it must be, in words that follow "must be", and the test of it. Options are declared as data
 * so that they can check, explain and (in tests) break themselves.
 */
export interface OptionRule {
  readonly must: string;
  readonly optional: boolean;
  accepts(value: unknown): boolean;
}

function rule(must: string, accepts: (value: unknown) => boolean): OptionRule {
  return { must, optional: false, accepts };
}

/** An integer from `min` to `max`; `maxNote` explains where the maximum comes from. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER, maxNote = ""): OptionRule {
  const must =
    max === Number.MAX_SAFE_INTEGER
      ? `an integer of at least ${min}`
      : `an integer from ${min} to ${maxNote === "" ? max : `${maxNote} (${max})`}`;
  return rule(must, (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max);
}

/** A finite number from `min` to `max`; `above: true` leaves `min` itself out. */
export function finite(min: number = -Infinity, max: number = Infinity, above: boolean = false): OptionRule {
  const low = min === -Infinity ? "" : above ? ` above ${min}` : ` of at least ${min}`;
  const high = max === Infinity ? "" : `${low === "" ? "" : " and"} at most ${max}`;
  return rule(`a finite number${low}${high}`, (value) => {
    return Number.isFinite(value) && (above ? (value as number) > min : (value as number) >= min) && (value as number) <= max;
  });
}

/** true or false. */
export function flag(): OptionRule {
  return rule("true or false", (value) => typeof value === "boolean");
}

/** A string that is not empty. */
export function text(): OptionRule {
  return rule("a text that is not empty", (value) => typeof value === "string" && value.trim() !== "");
}

/** A function. */
export function callable(signature = "a function"): OptionRule {
  return rule(signature, (value) => typeof value === "function");
}

/** One of the listed values. */
export function oneOf(values: readonly (string | number | boolean | null)[]): OptionRule {
  return rule(`one of ${values.map((value) => showValue(value)).join(", ")}`, (value) => values.includes(value as string));
}

/** A list of at least `min` items that each follow `item`; a hole counts as undefined. */
export function listOf(item: OptionRule, min = 0): OptionRule {
  const many = min === 0 ? "a list" : `a list of at least ${min}`;
  const follows = (value: unknown): boolean =>
    Array.isArray(value) && value.length >= min && Array.from(value).every((v) => item.accepts(v));
  return rule(`${many}, each ${item.must}`, follows);
}

/** An object (not a list) whose `accepts` test holds. */
export function shaped(must: string, accepts: (value: object) => boolean): OptionRule {
  return rule(must, (value) => typeof value === "object" && value !== null && !Array.isArray(value) && accepts(value));
}

/** Any of several rules. */
export function either(...rules: readonly OptionRule[]): OptionRule {
  return rule(rules.map((one) => one.must).join(", or "), (value) => rules.some((one) => one.accepts(value)));
}

/** The same rule for an option that may be left out. */
export function optional(inner: OptionRule): OptionRule {
  return { must: inner.must, optional: true, accepts: (value) => value === undefined || inner.accepts(value) };
}

/** A value as a person would write it, in one line of at most 60 characters. */
export function showValue(value: unknown, most: number = 60): string {
  let shown: string;
  if (typeof value === "string") shown = JSON.stringify(value);
  else if (typeof value === "function") shown = value.name === "" ? "a function" : `the function ${value.name}`;
  else if (typeof value === "bigint") shown = `${value}n`;
  else if (value === undefined) shown = "nothing";
  else if (typeof value === "object" && value !== null) {
    try {
      shown = JSON.stringify(value) ?? "an object";
    } catch {
      shown = "an object";
    }
  } else shown = String(value);
  return shown.length <= most ? shown : `${shown.slice(0, most - 3)}…`;
}

/** A path within a sentence: as it is, but in one line and of at most 300 characters. */
export function showPath(path: string): string {
  const shown = JSON.stringify(path).slice(1, -1);
  return shown.length <= 300 ? shown : `${shown.slice(0, 299)}…`;
}

/**
 * Checks `given` against declared options, before anything starts. Unknown names are told with the known ones.
 * @throws HpoError OPTION_INVALID: `where(): name must be …; got ….`
 */
export function checkOptions(where: string, given: unknown, rules: Readonly<Record<string, OptionRule>>): void {
  const names = Object.keys(rules);
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new HpoError("OPTION_INVALID", `${where}(): options must be an object with ${list(names)}; got ${showValue(given)}.`, {
      data: { where },
    });
  }
  const values = given as Record<string, unknown>;
  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(rules, name)) {
      throw new HpoError("OPTION_INVALID", `${where}(): there is no option ${showPath(name)}; the options are ${list(names)}.`, {
        data: { where, option: name },
      });
    }
  }
  for (const [name, one] of Object.entries(rules)) {
    const value = values[name];
    // A name that is there without a value is mostly a misspelt member of something else: never the default in silence.
    const unset = value === undefined && Object.hasOwn(values, name);
    if (value === undefined ? one.optional && !unset : one.accepts(value)) continue;
    const got = unset && one.optional ? "undefined; leave it out for the default" : showValue(value);
    throw new HpoError("OPTION_INVALID", `${where}(): ${name} must be ${one.must}; got ${got}.`, {
      data: { where, option: name, value },
    });
  }
}

function list(names: readonly string[]): string {
  return names.length === 0 ? "no members" : names.join(", ");
}
