import type { StudyDeclaration, StudyDescription } from "../core/records.ts";
import { storeFailed } from "./store-failure.ts";
import { storedJson } from "./stored-json.ts";

/** Reads what a study declares. A database may come from anywhere: what readers rely on is checked here, once. */
export function storedHeader(
  location: string,
  study: string,
  texts: { readonly declaration: string; readonly description: string },
): { readonly declaration: StudyDeclaration; readonly description: StudyDescription } {
  const declaration = storedJson<unknown>(texts.declaration);
  const description = storedJson<unknown>(texts.description);
  const damaged = (what: string): never => {
    throw storeFailed(location, `is damaged (the ${what} of the study ${JSON.stringify(study)} can't be read); restore it from a copy`);
  };
  if (!isObject(declaration) || !(declaration["data"] === null || isText(declaration["data"]))) return damaged("declaration");
  return isDescription(description) ? { declaration: declaration as unknown as StudyDeclaration, description } : damaged("description");
}

function isDescription(value: unknown): value is StudyDescription {
  if (!isObject(value)) return false;
  const { metrics, objectives, constraints = [], selection = null, sampler, data, cv } = value;
  return (
    isListOf(
      metrics,
      (one) => isText(one["name"]) && isDirection(one["direction"]) && (one["unit"] === "fraction" || one["unit"] === "number"),
    ) &&
    isListOf(objectives, (one) => isText(one["metric"]) && isDirection(one["direction"])) &&
    isListOf(constraints, (one) => isText(one["metric"]) && isEnd(one["min"]) && isEnd(one["max"])) &&
    (selection === null || isSelection(selection)) &&
    isText(sampler) &&
    (data === null || (isObject(data) && isData(data))) &&
    (cv === null || (isObject(cv) && isText(cv["label"]) && typeof cv["folds"] === "number" && areCounts(cv["trainRows"] ?? [])))
  );
}

function isSelection(value: unknown): boolean {
  if (!isObject(value) || value["rule"] !== "simplest-within-one-se") return false;
  return isListOf(value["simplicity"], ({ parameter, simpler }) => {
    return isText(parameter) && (simpler === "smaller" || simpler === "larger" || Array.isArray(simpler));
  });
}

function areCounts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "number");
}

function isData({ name, rows, features, classes }: { readonly [key: string]: unknown }): boolean {
  const known = classes === null || (Array.isArray(classes) && classes.every(isText));
  return isText(name) && typeof rows === "number" && typeof features === "number" && known;
}

function isEnd(value: unknown): boolean {
  return value === null || typeof value === "number";
}

function isListOf(value: unknown, check: (one: { readonly [key: string]: unknown }) => boolean): boolean {
  return Array.isArray(value) && value.every((one) => isObject(one) && check(one));
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isDirection(value: unknown): boolean {
  return value === "maximize" || value === "minimize";
}
