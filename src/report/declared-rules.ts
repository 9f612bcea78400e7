import type { Json } from "../core/json.ts";
import type { StudyDeclaration } from "../core/records.ts";
import type { ParamValue } from "../core/space.ts";
import { greek } from "./greek.ts";
import { count, formatParam } from "./number-format.ts";
import { plainText } from "./plain-text.ts";

/**
 * What a study declares of its rules, for people, as [label, line]: "not kernel=poly, C ≥ 100", "γ + 2 n ≤ 10", "3 given points". A database may come
 * from anywhere, so what is not of the form that a study writes is left out; it is never an error.
 */
export function ruleLines({ forbid, limits, enqueue, warmStart = null }: StudyDeclaration): readonly (readonly [string, string])[] {
  return [
    ...list(forbid).map(
      (rule) =>
        [
          "rules",
          `not ${members(rule)
            .map(([name, set]) => valueText(name, set))
            .join(", ")}`,
        ] as const,
    ),
    ...list(limits).flatMap((rule) => limitText(rule).map((line) => ["rules", line] as const)),
    ...(list(enqueue).length === 0 ? [] : [["begins with", count(list(enqueue).length, "given point")] as const]),
    ...learntLines(warmStart),
  ];
}

/** "zero, two (25 trials)". */
function learntLines(warmStart: Json): (readonly [string, string])[] {
  const names = list(member(warmStart, "from")).map((source) => plainText(String(member(source, "study") ?? "")));
  const trials = member(warmStart, "trials");
  return names.length === 0
    ? []
    : [["learns from", `${names.join(", ")} (${typeof trials === "number" ? count(trials, "trial") : "no trials"})`]];
}

function valueText(name: string, set: Json): string {
  if (Array.isArray(set)) return `${greek(name)}=${set.map((value: Json) => formatParam(value as ParamValue, 17)).join("|")}`;
  return bounded(greek(name), set) ?? greek(name);
}

function limitText(rule: Json): string[] {
  const sum = members(member(rule, "sum")).filter((term): term is [string, number] => typeof term[1] === "number");
  const text = sum
    .map(([name, factor], i) => {
      const sign = factor < 0 ? (i === 0 ? "−" : "− ") : i === 0 ? "" : "+ ";
      return `${sign}${Math.abs(factor) === 1 ? "" : `${Math.abs(factor)} `}${greek(name)}`;
    })
    .join(" ");
  const line = bounded(text, rule);
  return sum.length === 0 || line === null ? [] : [line];
}

/** "1 ≤ x ≤ 2"; null without an end. */
export function bounded(text: string, ends: Json): string | null {
  const [min, max] = [member(ends, "min"), member(ends, "max")];
  const low = typeof min === "number" ? min : null;
  const high = typeof max === "number" ? max : null;
  if (low === null) return high === null ? null : `${text} ≤ ${high}`;
  return high === null ? `${text} ≥ ${low}` : `${low} ≤ ${text} ≤ ${high}`;
}

function list(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? (json as readonly Json[]) : [];
}

function members(json: Json | undefined): readonly (readonly [string, Json])[] {
  return typeof json === "object" && json !== null && !Array.isArray(json) ? Object.entries(json) : [];
}

function member(json: Json, name: string): Json | undefined {
  return members(json).find(([key]) => key === name)?.[1];
}
