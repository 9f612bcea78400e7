import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, integer, optional, text } from "../core/options.ts";
import type { SplitInput, Splitter } from "../core/splitter.ts";
import { foldSplits } from "./fold-splits.ts";
import { requiredRole } from "./required-role.ts";

/** What `predefined()` may be told. */
export interface PredefinedOptions {
  /** How many folds the data must have; by default as many as it has. */
  readonly folds?: number;
  /** How people call these folds, e.g. "10-fold stratified". Default "predefined" (with the number of folds where it is given). */
  readonly label?: string;
}

/**
 * Takes the folds that the data brings in its `fold` role: one split a fold number, ascending; rows with −1 are trained on in every
 * split and never tested.
 * @throws HpoError SPLIT_INVALID where the data has no `fold` role, a number below −1, no fold at all, another number of folds than
 * `folds`, or a fold that leaves no row to train on.
 */
export function predefined(options: PredefinedOptions = {}): Splitter {
  checkOptions("predefined", options, { folds: optional(integer(1)), label: optional(text()) });
  const { folds, label = folds === undefined ? "predefined" : `predefined, ${folds} folds` } = options;
  return Object.freeze({
    name: "predefined",
    label,
    options: Object.freeze({ folds: folds ?? null }),
    needs: Object.freeze(["folds"] as const),
    random: false,
    count: (input) => foldNumbers(input, folds).length,
    split: (input) => foldSplits(requiredRole("predefined", input, "folds"), foldNumbers(input, folds)),
  } satisfies Splitter);
}

function foldNumbers(input: SplitInput, expected: number | undefined): number[] {
  const foldOf = requiredRole("predefined", input, "folds");
  const fail = (must: string, got: string): never => {
    throw new HpoError("SPLIT_INVALID", `predefined(): ${must}; got ${got}.`, { data: { splitter: "predefined" } });
  };
  const numbers = [...new Set(foldOf)].filter((fold) => fold !== -1).sort((a, b) => a - b);
  const [first] = numbers;
  if (first === undefined)
    return fail("the data's test folds must be numbers from 0 (−1 = never tested)", `${input.rows} rows without a fold`);
  if (first < 0) {
    fail("the data's test folds must be numbers from 0 (−1 = never tested)", `${first} in row ${foldOf.indexOf(first)}`);
  }
  if (numbers.length === 1 && !foldOf.includes(-1)) fail("there must be rows to train on", `all ${input.rows} rows in test fold ${first}`);
  if (expected !== undefined && numbers.length !== expected) fail(`the data must have ${expected} test folds`, String(numbers.length));
  return numbers;
}
