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
  if (codes.length !== input.rows) {
    throw new HpoError(
      "SPLIT_INVALID",
      `${splitterName}(): ${role} must have one entry for each of the ${input.rows} rows; got ${codes.length}.`,
      { data: { splitter: splitterName, role, rows: input.rows, entries: codes.length } },
    );
  }
  return codes;
}
