import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, integer } from "../core/options.ts";
import type { SplitInput, Splitter } from "../core/splitter.ts";
import { combinationCount, combinations } from "./combinations.ts";
import { denseCodes } from "./dense-codes.ts";
import { splitOf } from "./part-rows.ts";
import { requiredRole } from "./required-role.ts";

/** Splits that `leavePOut` and `leavePGroupsOut` give at most: a model each. */
export const mostSplits = 100_000;

/**
 * Tests each row on a model of all others: as many fits as rows. For few rows, and for models that answer without a fit a row; elsewhere 10 folds tell as much.
 * A metric that needs several rows (AUC, R²) is not defined on one.
 * @throws HpoError SPLIT_INVALID for fewer than 2 rows and for more than 100,000.
 */
export function leaveOneOut(): Splitter {
  return leaveOut({ name: "leaveOneOut", label: "leave-one-out", out: 1, noun: "rows" });
}

/**
 * Tests every set of `rows` rows on a model of all others, in lexical order: n! / (p! (n − p)!) splits.
 * @throws HpoError SPLIT_INVALID where that would be more than 100,000, or no row would be left to train on.
 */
export function leavePOut(options: { /** Rows in each test set. */ readonly rows: number }): Splitter {
  checkOptions("leavePOut", options, { rows: integer(1) });
  return leaveOut({ name: "leavePOut", label: `leave-${options.rows}-out`, out: options.rows, noun: "rows" });
}

/**
 * Tests each group on a model of all others: how well does a model do on a new speaker, patient or site?
 * @throws HpoError SPLIT_INVALID where the data has no groups, or fewer than 2.
 */
export function leaveOneGroupOut(): Splitter {
  return leaveOut({ name: "leaveOneGroupOut", label: "leave-one-group-out", out: 1, noun: "groups" });
}

/**
 * Tests every set of `groups` groups on a model of all others, in lexical order of the group numbers.
 * @throws HpoError SPLIT_INVALID where the data has no groups, too few of them, or so many that there would be more than 100,000 splits.
 */
export function leavePGroupsOut(options: { /** Groups in each test set. */ readonly groups: number }): Splitter {
  checkOptions("leavePGroupsOut", options, { groups: integer(1) });
  return leaveOut({ name: "leavePGroupsOut", label: `leave-${options.groups}-groups-out`, out: options.groups, noun: "groups" });
}

interface LeaveOut {
  readonly name: string;
  readonly label: string;
  /** How many are left out at once. */
  readonly out: number;
  readonly noun: "rows" | "groups";
}

function leaveOut({ name, label, out, noun }: LeaveOut): Splitter {
  /** Which unit each row belongs to, and how many units there are. */
  const unitsOf = (input: SplitInput): { readonly codes: Int32Array | null; readonly count: number } => {
    if (noun === "rows") return { codes: null, count: input.rows };
    const { codes, counts } = denseCodes(requiredRole(name, input, "groups"), "value");
    return { codes, count: counts.length };
  };
  const counted = (units: number): number => {
    const fail = (must: string, got: string, cure: string): never => {
      throw new HpoError("SPLIT_INVALID", `${name}(): ${must}; got ${got}.${cure}`, { data: { splitter: name, [noun]: units, out } });
    };
    if (units <= out) fail(`there must be more than ${out} ${noun}, so that some are left to train on`, String(units), "");
    const splits = combinationCount(units, out);
    if (splits <= mostSplits) return splits;
    const got = `${units} ${noun}, which make ${splits < 1e15 ? splits : splits.toExponential(1)}`;
    return fail(
      `there must be at most ${mostSplits} splits`,
      got,
      noun === "rows" ? " Take shuffleSplit() or kFold()." : " Take groupShuffleSplit().",
    );
  };
  return Object.freeze({
    name,
    label,
    options: Object.freeze(out === 1 && name.startsWith("leaveOne") ? {} : { [noun]: out }),
    needs: Object.freeze(noun === "groups" ? (["groups"] as const) : []),
    random: false,
    count: (input) => counted(unitsOf(input).count),
    split(input) {
      const { codes, count } = unitsOf(input);
      counted(count);
      return {
        *[Symbol.iterator]() {
          const left = new Uint8Array(count);
          for (const chosen of combinations(count, out)) {
            for (const unit of chosen) left[unit] = 1;
            yield splitOf(codes === null ? left : Uint8Array.from(codes, (code) => left[code] as number));
            for (const unit of chosen) left[unit] = 0;
          }
        },
      };
    },
  } satisfies Splitter);
}
