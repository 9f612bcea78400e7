import type { EarlierRecord } from "../core/earlier-study.ts";
import type { Json } from "../core/json.ts";
import type { EstimateRecord } from "../core/records.ts";
import type { Gradient, Params } from "../core/space.ts";
import { storedJson } from "./stored-json.ts";

// JSON out of a database, which may come from anywhere: what readers rely on is checked here. What is wrong is a SyntaxError, as that of text that is no JSON,
// and the border of the store tells it as damage.

/** `what` is not as it must be: "the parameters of trial 3". */
export function damaged(what: string): SyntaxError {
  return new SyntaxError(`${what} can't be read`);
}

export function storedParams(text: string, trial: number): Params {
  const value = parsed(text, () => `the parameters of trial ${trial}`);
  if (!isParams(value)) throw damaged(`the parameters of trial ${trial}`);
  return value;
}

/** Texts, such as warnings and notes. */
export function storedTexts(text: string, what: string): string[] {
  const value = parsed(text, () => what);
  if (!Array.isArray(value) || !value.every((one) => typeof one === "string")) throw damaged(what);
  return value;
}

/** Numbers by name. */
export function storedNumbers(text: string, what: string): Readonly<Record<string, number>> {
  const value = parsed(text, () => what);
  if (!isNumbers(value)) throw damaged(what);
  return value;
}

export function storedGradient(text: string): Gradient {
  return storedNumbers(text, "a gradient");
}

/** Plain data, as it is. */
export function storedPlain(text: string, what: string): Json {
  return parsed(text, () => what) as Json;
}

export function storedEstimate(text: string): EstimateRecord {
  const value = parsed(text, () => "the estimate");
  if (!isObject(value)) throw damaged("the estimate");
  const { metric, trial, candidates, low, high, resamples, adaptive, why, nested } = value;
  const sound =
    typeof metric === "string" &&
    [trial, candidates, resamples].every((one) => typeof one === "number") &&
    [value["value"], low, high].every(isNumberOrNull) &&
    typeof adaptive === "boolean" &&
    (why === null || typeof why === "string") &&
    (nested === undefined || isNested(nested));
  if (!sound) throw damaged("the estimate");
  return value as unknown as EstimateRecord;
}

function isNested(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { outer, inner, folds, values } = value;
  const isFold = (fold: unknown): boolean =>
    isObject(fold) &&
    typeof fold["study"] === "string" &&
    isNumberOrNull(fold["trial"]) &&
    typeof fold["candidates"] === "number" &&
    isParams(fold["params"]) &&
    isNumberOrNull(fold["chosenBy"]) &&
    isObject(fold["values"]) &&
    Object.values(fold["values"]).every(isNumberOrNull) &&
    typeof fold["testRows"] === "number";
  const isEstimate = (one: unknown): boolean =>
    isObject(one) &&
    ["value", "standardError", "plainLow", "plainHigh", "inflation", "low", "high"].every((name) => isNumberOrNull(one[name])) &&
    (one["why"] === null || typeof one["why"] === "string");
  return (
    typeof outer === "string" &&
    typeof inner === "string" &&
    Array.isArray(folds) &&
    folds.every(isFold) &&
    isObject(values) &&
    Object.values(values).every(isEstimate)
  );
}

export function storedEarlier(text: string): readonly EarlierRecord[] {
  const what = "what the study learnt from others";
  const value = parsed(text, () => what);
  const isRow = (row: unknown): boolean =>
    isObject(row) &&
    isParams(row["params"]) &&
    isList(row["values"], (one) => typeof one === "number") &&
    isList(row["standardErrors"], isNumberOrNull) &&
    (row["constraints"] === undefined || isList(row["constraints"], (one) => typeof one === "number"));
  if (!isList(value, (one) => isObject(one) && typeof one["study"] === "string" && isList(one["trials"], isRow))) throw damaged(what);
  return value as readonly EarlierRecord[];
}

function parsed(text: string, what: () => string): unknown {
  try {
    return storedJson(text);
  } catch {
    throw damaged(what());
  }
}

function isParams(value: unknown): value is Params {
  if (!isObject(value)) return false;
  for (const name in value) {
    const one = value[name];
    if (one !== null && typeof one !== "number" && typeof one !== "string" && typeof one !== "boolean") return false;
  }
  return true;
}

function isNumbers(value: unknown): value is Readonly<Record<string, number>> {
  return isObject(value) && Object.values(value).every((one) => typeof one === "number");
}

function isList(value: unknown, check: (one: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(check);
}

function isNumberOrNull(value: unknown): boolean {
  return value === null || typeof value === "number";
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
