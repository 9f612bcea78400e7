import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { TrialSnapshot, StudySnapshot } from "../core/snapshot.ts";
import type { ParamValue, Params } from "../core/space.ts";
import { type DeclaredParameter, declaredParameters } from "./declared-space.ts";
import { plainText } from "./plain-text.ts";

/** One side of a table. A value is undefined where a parameter does not exist in the chosen branch. */
export interface TableAxis {
  readonly param: string;
  readonly values: readonly (ParamValue | undefined)[];
}

export interface AxisOptions {
  readonly rows?: string;
  readonly columns?: string;
  /** Only trials with these values, as text (`{ C: "10" }`). */
  readonly where?: Readonly<Record<string, string>>;
}

export interface TableAxes {
  readonly rows: TableAxis | null;
  readonly columns: TableAxis | null;
  /** Varying parameters on neither axis: cells show the best trial over them. */
  readonly over: readonly TableAxis[];
  readonly trials: readonly TrialSnapshot[];
}

/** A parameter without a list of values is an axis of its own accord up to this many distinct values. */
const freeAxisLimit = 30;
/** No table is longer or wider. */
const axisLimit = 1000;
/** Declared values that no trial has yet are shown up to this many. */
const declaredLimit = 100;

/**
 * Chooses what a table's rows and columns are: those asked for, else the first two parameters in the order of their
 * declaration that take more than one value.
 * @throws HpoError USAGE for an unknown parameter, a filter that fits no trial, or an axis that is too long.
 */
export function tableAxes(snapshot: StudySnapshot, options: AxisOptions = {}): TableAxes {
  const declared = declaredParameters(snapshot.declaration.space);
  const names = parameterNames(snapshot, declared);
  for (const [option, name] of [["rows", options.rows] as const, ["columns", options.columns] as const]) {
    if (name !== undefined) requireParameter(option, name, names);
  }
  if (options.rows !== undefined && options.rows === options.columns) {
    throw new HpoError("USAGE", `rows and columns must be two different parameters; got ${showValue(options.rows)} twice.`);
  }
  const trials = filterTrials(snapshot.trials, options.where ?? {}, names);
  const filtered = new Set(Object.keys(options.where ?? {}));
  const axes = names.map(
    (param): TableAxis => ({ param, values: axisValues(param, trials, filtered.has(param) ? undefined : declared.get(param)) }),
  );
  const free = axes.filter(
    ({ param, values }) =>
      values.length > 1 &&
      (isList(declared.get(param)) || values.length <= freeAxisLimit) &&
      param !== options.rows &&
      param !== options.columns,
  );
  const find = (param: string | undefined) => axes.find((axis) => axis.param === param);
  const rows = find(options.rows) ?? free.shift() ?? null;
  const columns = find(options.columns) ?? free.shift() ?? null;
  for (const axis of [rows, columns]) {
    if (axis !== null && axis.values.length > axisLimit) {
      throw new HpoError(
        "USAGE",
        `A table takes at most ${axisLimit} values of a parameter; ${plainText(axis.param)} has ${axis.values.length}: ` +
          "choose another with --rows and --columns, or list the trials with `hpo trials`.",
      );
    }
  }
  return { rows, columns, over: axes.filter((axis) => axis !== rows && axis !== columns && axis.values.length > 1), trials };
}

/** Whether a table shows all that varies: at most two parameters take several values, and each of them has a list of values. */
export function fitsTable(snapshot: StudySnapshot): boolean {
  const declared = declaredParameters(snapshot.declaration.space);
  const varying = parameterNames(snapshot, declared).filter((param) => axisValues(param, snapshot.trials, declared.get(param)).length > 1);
  return varying.length <= 2 && varying.every((param) => isList(declared.get(param)));
}

/** Names in the order of their declaration, branches after their choice; then any that only trials have. */
export function parameterNames(
  snapshot: StudySnapshot,
  declared: ReadonlyMap<string, DeclaredParameter> = declaredParameters(snapshot.declaration.space),
): readonly string[] {
  return [...new Set([...declared.keys(), ...snapshot.trials.flatMap((trial) => Object.keys(trial.params))])];
}

/** Whether a parameter takes its values from a list: `values`, `choice`, integers, stepped floats. */
function isList(parameter: DeclaredParameter | undefined): boolean {
  if (parameter === undefined) return false;
  const { kind, low, high, step } = parameter;
  if (kind === "float") return step !== null;
  if (kind !== "int") return parameter.values.length > 0;
  return low !== null && high !== null && (high - low) / (step ?? 1) <= freeAxisLimit;
}

/** Distinct values in declared order, else numbers ascending before all others; "does not exist" stands last. */
function axisValues(param: string, trials: readonly TrialSnapshot[], declared: DeclaredParameter | undefined): TableAxis["values"] {
  const found = new Map<string, ParamValue | undefined>();
  const add = (value: ParamValue | undefined) => found.set(valueKey(value), value);
  const order = declared?.values ?? [];
  const used = trials.length === 0 || trials.some((trial) => Object.hasOwn(trial.params, param));
  if (used && order.length <= declaredLimit) for (const value of order) add(value);
  for (const trial of trials) add(paramOf(trial.params, param));
  if (!used) return [];
  const rank = new Map(order.map((value, i) => [valueKey(value), i]));
  return [...found.values()].sort((a, b) => compareValues(a, b, rank));
}

function compareValues(a: ParamValue | undefined, b: ParamValue | undefined, rank: ReadonlyMap<string, number>): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  const [left, right] = [rank.get(valueKey(a)), rank.get(valueKey(b))];
  if (left !== undefined && right !== undefined) return left - right;
  if (left !== undefined || right !== undefined) return left !== undefined ? -1 : 1;
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number" || typeof b === "number") return typeof a === "number" ? -1 : 1;
  const [one, two] = [String(a), String(b)];
  return one < two ? -1 : one > two ? 1 : 0;
}

/** Equal for equal values of one kind: 1 and "1" are two values. */
export function valueKey(value: ParamValue | undefined): string {
  return `${typeof value}:${String(value)}`;
}

/** A parameter's value in a trial, undefined where its branch has no such parameter. */
export function paramOf(params: Params, param: string): ParamValue | undefined {
  return Object.hasOwn(params, param) ? params[param] : undefined;
}

function filterTrials(
  trials: readonly TrialSnapshot[],
  where: Readonly<Record<string, string>>,
  names: readonly string[],
): readonly TrialSnapshot[] {
  let left = trials;
  for (const [name, text] of Object.entries(where)) {
    requireParameter("where", name, names);
    const kept = left.filter((trial) => matches(paramOf(trial.params, name), text));
    if (kept.length === 0 && left.length > 0) {
      const values = [...new Set(left.map((trial) => plainText(String(paramOf(trial.params, name) ?? "–"))))];
      const shown = values.slice(0, 12).join(", ") + (values.length > 12 ? ` and ${values.length - 12} more` : "");
      throw new HpoError(
        "USAGE",
        `where must fit a trial; ${plainText(name)}=${plainText(text)} fits none: ${plainText(name)} has ${shown}.`,
      );
    }
    left = kept;
  }
  return left;
}

/** Numbers are compared as numbers (`1e-3` is 0.001), everything else as text. */
function matches(value: ParamValue | undefined, text: string): boolean {
  if (value === undefined) return false;
  return typeof value === "number" ? text.trim() !== "" && Number(text) === value : String(value) === text;
}

function requireParameter(option: string, name: string, names: readonly string[]): void {
  if (names.includes(name)) return;
  const known = names.length === 0 ? "the study has none" : `the study has ${names.map((one) => plainText(one)).join(", ")}`;
  throw new HpoError("USAGE", `${option} must name a parameter; ${known}, got ${showValue(plainText(name))}.`, {
    data: { option, value: name },
  });
}
