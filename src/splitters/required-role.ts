import { HpoError } from "../core/hpo-error.ts";
import type { SplitInput } from "../core/splitter.ts";

const roles = {
  classes: {
    what: "a class target",
    cure: 'Name a column of classes, e.g. csv("data.csv", { target: "label" }), or take kFold()',
  },
  groups: {
    what: "a group for every row",
    cure: 'Name its column, e.g. csv("data.csv", { group: "speaker" })',
  },
  folds: {
    what: "a test fold for every row",
    cure: 'Name its column, e.g. csv("data.csv", { fold: "fold" })',
  },
} as const;

/**
 * What a splitter needs of the data.
 * @throws HpoError SPLIT_INVALID where the data has no such role, with the cure.
 */
export function requiredRole(splitterName: string, input: SplitInput, role: keyof typeof roles): Int32Array {
  const codes = input[role];
  const { what, cure } = roles[role];
  if (codes === null) {
    throw new HpoError("SPLIT_INVALID", `${splitterName}(): the data must have ${what}; got none. ${cure}.`, {
      data: { splitter: splitterName, role },
    });
  }
  return requiredEntries(splitterName, role, codes, input.rows);
}

/** @throws HpoError SPLIT_INVALID unless there is one entry a row. */
export function requiredEntries<T extends Int32Array | Float64Array>(splitterName: string, role: string, entries: T, rows: number): T {
  if (entries.length === rows) return entries;
  throw new HpoError(
    "SPLIT_INVALID",
    `${splitterName}(): ${role} must have one entry for each of the ${rows} rows; got ${entries.length}.`,
    {
      data: { splitter: splitterName, role, rows, entries: entries.length },
    },
  );
}
