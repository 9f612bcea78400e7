import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, finite, flag, integer, optional, showValue } from "../core/options.ts";
import type { SplitInput, Splitter } from "../core/splitter.ts";
import type { Rng } from "../math/rng.ts";
import { checkSeed, shuffleStream } from "./fold-splitter.ts";
import { partRows, splitOf } from "./part-rows.ts";
import { requiredRole } from "./required-role.ts";
import { stratifiedParts } from "./stratified-parts.ts";

/** Parts as fractions of the rows (each below 1, together 1) or as counts of rows (together all rows). */
export interface HoldOutOptions {
  /** Rows to train on. Default: what the other parts leave. */
  readonly train?: number;
  /** Rows that judge the trials of the search. */
  readonly validation: number;
  /** Rows that the search never touches. Default: none. */
  readonly test?: number;
  /** Keep the classes in proportion in every part. Default: where rows are shuffled and the data has classes. */
  readonly stratify?: boolean;
  /** Deal rows at random. Default true; false takes them in order: train first, test last. */
  readonly shuffle?: boolean;
  /** The shuffle's own seed: the same parts whatever the study's seed. By default the study's stream is used. */
  readonly seed?: number;
}

/** One split, train against validation, besides a test part that no split contains. */
export interface HoldOut extends Splitter {
  /** The rows of the test part, ascending; none where there is no such part. `input` and `rng` as for `split`. */
  held(input: SplitInput, rng: Rng): Uint32Array;
}

/**
 * Cuts the rows once: `holdOut("60/20/20")`, per cent to train on, to validate with and to hold back, or `holdOut("80/20")` without a
 * held-back part, or an object of fractions or counts. The split's test rows are the validation rows; `held` gives the part that is kept
 * from the search for one honest test at its end. Rows are rounded to the nearest count for test and validation; train gets the rest.
 *
 * Stratified, each class has within one row of its share in every part, but for exchanges that give every class a row to train on
 * where that is possible. Groups are not looked at: take `groupKFold` where rows belong together.
 * @throws HpoError SPLIT_INVALID where a part would be empty or counts are not the number of rows.
 */
export function holdOut(parts: HoldOutOptions | string): HoldOut {
  const options = typeof parts === "string" ? parsed(parts) : parts;
  checkOptions("holdOut", options, {
    train: optional(finite(0, Infinity, true)),
    validation: finite(0, Infinity, true),
    test: optional(finite(0)),
    stratify: optional(flag()),
    shuffle: optional(flag()),
    seed: optional(integer(0)),
  });
  const { train = null, validation, test = 0, shuffle = true, seed = null } = options;
  const stratify = options.stratify ?? shuffle;
  checkSeed("holdOut", shuffle, seed);
  const shares: Shares = { train, validation, test };
  const unit = checkedUnit(shares);

  const check = (input: SplitInput): Int32Array | null => {
    if (options.stratify === true) return requiredRole("holdOut", input, "classes");
    return stratify ? input.classes : null;
  };
  const assign = (input: SplitInput, rng: Rng): Uint8Array => {
    const classes = check(input) ?? new Int32Array(input.rows);
    return stratifiedParts(classes, partSizes(shares, unit, input.rows), shuffle ? shuffleStream(rng, seed) : null);
  };
  return Object.freeze({
    name: "holdOut",
    label: `hold-out ${shown(shares, unit)}`,
    options: Object.freeze({ train, validation, test, stratify, shuffle, seed }),
    random: shuffle && seed === null,
    needs: Object.freeze(options.stratify === true ? (["classes"] as const) : []),
    count(input) {
      check(input);
      partSizes(shares, unit, input.rows);
      return 1;
    },
    split(input, rng) {
      return [splitOf(assign(input, rng))];
    },
    held: (input, rng) => partRows(assign(input, rng), 2),
  } satisfies HoldOut);
}

interface Shares {
  /** null = what the others leave. */
  readonly train: number | null;
  readonly validation: number;
  readonly test: number;
}

function parsed(word: string): HoldOutOptions {
  const shares = word.split("/").map((one) => (/^\s*\d+(\.\d+)?\s*$/.test(one) ? Number(one) : Number.NaN));
  const [train = 0, validation = 0, test = 0] = shares;
  if (shares.length < 2 || shares.length > 3 || !(train > 0 && validation > 0) || Math.abs(train + validation + test - 100) > 1e-9) {
    throw new HpoError(
      "OPTION_INVALID",
      `holdOut(): parts must be two or three percentages that make 100, train first, such as "80/20" or "60/20/20"; got ${showValue(word)}.`,
      { data: { where: "holdOut", value: word } },
    );
  }
  return { train: train / 100, validation: validation / 100, test: test / 100 };
}

function checkedUnit({ train, validation, test }: Shares): "rows" | "fraction" {
  const stated = [train, validation, test].filter((share): share is number => share !== null && share !== 0);
  const total = stated.reduce((sum, share) => sum + share, 0);
  const fractions = stated.every((share) => share < 1);
  const complete = train === null ? total < 1 : Math.abs(total - 1) <= 1e-9;
  if (fractions && complete) return "fraction";
  if (stated.every((share) => Number.isInteger(share))) return "rows";
  throw new HpoError(
    "OPTION_INVALID",
    `holdOut(): train, validation and test must be fractions that make 1 (such as 0.6, 0.2, 0.2) or counts of rows; got ${stated.join(", ")}.`,
    { data: { where: "holdOut", train, validation, test } },
  );
}

function partSizes({ train, validation, test }: Shares, unit: "rows" | "fraction", rows: number): readonly [number, number, number] {
  const count = (share: number): number => (unit === "rows" ? share : Math.round(share * rows));
  const rest = rows - count(validation) - count(test);
  const fail = (must: string, got: string): never => {
    throw new HpoError("SPLIT_INVALID", `holdOut(): ${must}; got ${got}.`, {
      data: { splitter: "holdOut", rows, train, validation, test },
    });
  };
  if (unit === "rows" && train !== null && train !== rest) {
    const total = train + validation + test;
    fail(`counts must make the number of rows (${rows}); write fractions such as 0.6, or "60/20/20", for shares`, String(total));
  }
  const sizes = [rest, count(validation), count(test)] as const;
  if (rest < 1 || sizes[1] < 1 || (test > 0 && sizes[2] < 1)) {
    fail("every part must have at least one row", `${sizes.join(", ")} of ${rows} rows`);
  }
  return sizes;
}

function shown({ train, validation, test }: Shares, unit: "rows" | "fraction"): string {
  const first = train ?? (unit === "rows" ? "rest" : 1 - validation - test);
  const stated = test === 0 ? [first, validation] : [first, validation, test];
  if (unit === "rows") return `${stated.join("/")} rows`;
  return stated.map((share) => Math.round(Number(share) * 1000) / 10).join("/");
}
