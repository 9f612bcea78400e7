import { either, listOf, oneOf, optional, type OptionRule, shaped, text } from "../core/options.ts";

/** How a target is read: as classes or as numbers. */
export type TargetKind = "class" | "number";

/** A column of another file: a CSV's (`column` may be left out where it is the only one), or a one-dimensional npy or idx. */
export interface ColumnFile {
  readonly file: string;
  readonly column?: string;
}

/** What every reader can do. */
export interface SharedOptions {
  /** The data set's name; default the file's. */
  readonly name?: string;
  /**
   * "min-max": every number column is scaled to [0, 1] over all rows, in 64 bits, as (x − min) / (max − min); a column
   * whose values are equal becomes 0. The target is never looked at. Default "none".
   */
  readonly scale?: "none" | "min-max";
  /** Bits of a feature; default "f32". */
  readonly precision?: "f32" | "f64";
  /**
   * How much a row counts: finite, not negative, not all 0. A text names a column of the same file in a CSV, a file of its
   * own for the other readers; so it does in `group` and `fold`.
   */
  readonly weight?: string | ColumnFile;
  /** Rows of one group are never split. */
  readonly group?: string | ColumnFile;
  /** The test fold of a row, an integer from 0; −1 = never tested. */
  readonly fold?: string | ColumnFile;
  /** When a row was: a number, or a date such as 2024-05-31 or 2024-05-31T14:30:00Z (UTC where it names no zone). */
  readonly time?: string | ColumnFile;
  /** Where a row was: one to three columns of numbers, one an axis. */
  readonly coordinates?: readonly (string | ColumnFile)[];
}

/** Roles of one column. */
export const roleNames = ["weight", "group", "fold", "time"] as const;

/** { file } or { file, column }, and `more` members besides. */
export function columnFileRule(more: readonly string[] = []): OptionRule {
  return shaped(`{ ${["file", "column", ...more].join(", ")} }`, (value) => {
    const members = value as Record<string, unknown>;
    const keys = Object.keys(members);
    return (
      text().accepts(members["file"]) &&
      (members["column"] === undefined || typeof members["column"] === "string") &&
      keys.every((key) => key === "file" || key === "column" || more.includes(key))
    );
  });
}

/** Space has no more axes. */
export function upToThree(list: OptionRule): OptionRule {
  return {
    must: list.must.replace("a list of at least 1", "a list of one to three"),
    optional: false,
    accepts: (value) => list.accepts(value) && (value as readonly unknown[]).length <= 3,
  };
}

const roleRule = optional(either(text(), columnFileRule()));

export const sharedRules: Readonly<Record<string, OptionRule>> = {
  name: optional(text()),
  scale: optional(oneOf(["none", "min-max"])),
  precision: optional(oneOf(["f32", "f64"])),
  weight: roleRule,
  group: roleRule,
  fold: roleRule,
  time: roleRule,
  coordinates: optional(upToThree(listOf(either(text(), columnFileRule()), 1))),
};

/** A text, null, or an object that follows `object` and whose `kind` is a target's. */
export function targetRule(must: string, object: OptionRule): OptionRule {
  return {
    must,
    optional: false,
    accepts: (value) =>
      value === null ||
      typeof value === "string" ||
      (object.accepts(value) && [undefined, "class", "number"].includes((value as { kind?: string }).kind)),
  };
}

/** What is not said follows from the study's task. */
export function targetKind(target: { readonly kind?: TargetKind }, task: "classification" | "regression"): TargetKind {
  return target.kind ?? (task === "classification" ? "class" : "number");
}
