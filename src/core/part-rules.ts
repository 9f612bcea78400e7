import { type OptionRule, shaped } from "./options.ts";

// How the parts of a study must be, which a person may write as well as take from hpo: every member that the engine relies on is there, in its type.

type Shape = Readonly<Record<string, "function" | "string" | "object" | "list" | "boolean">>;

function part(must: string, shape: Shape, more: (value: Readonly<Record<string, unknown>>) => boolean = () => true): OptionRule {
  return shaped(must, (value) => {
    const members = value as Readonly<Record<string, unknown>>;
    return Object.entries(shape).every(([name, type]) => isType(members[name], type)) && more(members);
  });
}

function isType(value: unknown, type: Shape[string]): boolean {
  if (type === "list") return Array.isArray(value);
  return type === "object" ? typeof value === "object" && value !== null : typeof value === type;
}

export const samplerRule: OptionRule = part(
  "a sampler such as grid() or random()",
  { name: "string", options: "object", traits: "object", start: "function", absorb: "function", propose: "function", size: "function" },
  ({ traits }) => isType((traits as { readonly adaptive: unknown }).adaptive, "boolean"),
);

/** `folds`: of the example. */
export function splitterRule(folds: number): OptionRule {
  return part(`a splitter such as stratifiedKFold({ folds: ${folds} })`, {
    name: "string",
    label: "string",
    options: "object",
    needs: "list",
    count: "function",
    split: "function",
  });
}

export const prunerRule: OptionRule = part("a pruner such as median() or hyperband({ maxSteps: 81 })", {
  name: "string",
  options: "object",
  verdict: "function",
});

export const metricRule: OptionRule = part(
  "a metric such as accuracy()",
  { name: "string", options: "object", needs: "string", evaluate: "function" },
  ({ direction, task, unit }) =>
    (direction === "maximize" || direction === "minimize") &&
    (task === "classification" || task === "regression") &&
    (unit === "fraction" || unit === "number"),
);

export const dataRule: OptionRule = part('data such as csv("data.csv.gz", { target: "y" })', { load: "function" });
