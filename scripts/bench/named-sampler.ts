// Samplers by name, from what `hpo` exports, so that a new one needs no line here.
import * as hpo from "hpo";
import type { Sampler } from "hpo";

/**
 * The sampler of "tpe", "tpe({"startup":20})" or, for decorators, "startup(10,sobol,tpe)": a call of an exported function,
 * whose arguments are calls again or JSON. A new one each time.
 * @throws RangeError where it is none.
 */
export function namedSampler(text: string): Sampler {
  const made = call(text.trim());
  if (!isSampler(made)) {
    throw new RangeError(`bench: --sampler must name a sampler that hpo exports, such as random; got ${text}.`);
  }
  return made;
}

function call(text: string): unknown {
  const [, name = "", list] = /^([a-z]\w*)(?:\((.*)\))?$/isu.exec(text) ?? [];
  const factory = (hpo as Readonly<Record<string, unknown>>)[name];
  if (typeof factory !== "function") return undefined;
  const given = argumentsOf(list ?? "").map((argument) =>
    /^[a-z]/iu.test(argument) && !/^(?:true|false|null)$/u.test(argument) ? call(argument) : json(argument),
  );
  return (factory as (...all: unknown[]) => unknown)(...given);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RangeError(`bench: an option of a sampler must be JSON; got ${text}.`, { cause: error });
  }
}

/** "1,{"a":[2,3]},f(4,5)" in three parts: commas inside brackets divide nothing. */
function argumentsOf(list: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const sign of list) {
    if ("([{".includes(sign)) depth++;
    if (")]}".includes(sign)) depth--;
    if (sign === "," && depth === 0) {
      parts.push(part.trim());
      part = "";
    } else part += sign;
  }
  return part.trim() === "" ? parts : [...parts, part.trim()];
}

function isSampler(value: unknown): value is Sampler {
  return typeof value === "object" && value !== null && "propose" in value && "absorb" in value && "traits" in value;
}
