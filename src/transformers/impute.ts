import { checkOptions, finite, flag, listOf, oneOf, optional, text } from "../core/options.ts";
import { HpoError } from "../core/hpo-error.ts";
import { anyText, follow, must, packed } from "../core/saved-json/members.ts";
import { packNumbers } from "../core/saved-json/packed-numbers.ts";
import type { Transform, TransformedColumn, Transformer } from "../core/transformer.ts";
import { mean, quantile } from "./column-statistics.ts";
import { readTransform, rowTransform } from "./row-transform.ts";
import { transformer } from "./transformer.ts";

const strategies = ["mean", "median", "mostFrequent", "constant"] as const;

/** How missing values are filled. */
export interface ImputeOptions {
  /** What a missing number becomes: of the training rows the mean (default), the median, the value that most of them have, or `value`. */
  readonly strategy?: (typeof strategies)[number];
  /** With "constant": the number; default 0. */
  readonly value?: number;
  /** With "constant": the level that a missing category becomes, a new one where there is none of the name; default "missing". */
  readonly level?: string;
  /** Append a column of 0 and 1 for each that misses values in the training rows; default false. */
  readonly indicator?: boolean;
}

/**
 * Fills missing values. A missing category becomes the level that most training rows have, but with "constant" `level`. Of equally frequent values
 * the least counts, of levels the first; a column without any value in the training rows is filled with 0 (with "constant" `value`).
 * O(rows × log rows × columns).
 * @throws HpoError OPTION_INVALID
 */
export function impute(options: ImputeOptions = {}): Transformer {
  checkOptions("impute", options, {
    strategy: optional(oneOf(strategies)),
    value: optional(finite()),
    level: optional(text()),
    indicator: optional(flag()),
  });
  const { strategy = "mean", value = 0, level = "missing", indicator = false } = options;
  if (strategy !== "constant" && (options.value !== undefined || options.level !== undefined)) {
    throw new HpoError("OPTION_INVALID", `impute(): value and level must be given with the strategy "constant" alone; got "${strategy}".`, {
      data: { where: "impute", option: "strategy" },
    });
  }
  return transformer({
    name: "impute",
    traits: { missing: "removes", categories: "keeps", classes: false, rows: "every" },
    options: { strategy, ...(strategy === "constant" ? { value, level } : {}), indicator },
    learn(training) {
      const fills = new Float64Array(training.columns.length);
      const missed: number[] = [];
      const columns = training.columns.map((column, j) => {
        const all = training.column(j);
        const values = all.filter((one) => one === one);
        if (values.length < all.length) missed.push(j);
        if (column.levels === null) {
          fills[j] = strategy === "constant" ? value : values.length === 0 ? 0 : filling(strategy, values);
          return column;
        }
        // A column of categories without any has no level to take.
        const own = strategy === "constant" || values.length === 0 ? level : column.levels[mostFrequent(values)];
        const levels = column.levels.includes(own as string) ? column.levels : [...column.levels, own as string];
        fills[j] = levels.indexOf(own as string);
        return { name: column.name, levels };
      });
      return imputed(training.columns, { columns, fills, flagged: indicator ? missed : [] });
    },
  });
}

function filling(strategy: (typeof strategies)[number], values: Float64Array): number {
  if (strategy === "mean") return mean(values);
  return strategy === "median" ? quantile(values.sort(), 0.5) : mostFrequent(values);
}

/** The least of the values that are there most often. */
function mostFrequent(values: Float64Array): number {
  const sorted = values.slice().sort();
  let [best, most] = [sorted[0] as number, 0];
  for (let start = 0, at = 0; at < sorted.length; start = at) {
    while (at < sorted.length && sorted[at] === sorted[start]) at++;
    if (at - start > most) [best, most] = [sorted[start] as number, at - start];
  }
  return best;
}

interface Imputation {
  /** As the inputs, but for levels that were added. */
  readonly columns: readonly TransformedColumn[];
  readonly fills: Float64Array;
  /** Columns that have an indicator. */
  readonly flagged: readonly number[];
}

function imputed(inputs: readonly TransformedColumn[], { columns, fills, flagged }: Imputation): Transform {
  return rowTransform({
    kind: "impute",
    inputs,
    columns: [...columns, ...flagged.map((j) => ({ name: `${inputs[j]?.name} missing`, levels: null }))],
    complete: false,
    change(from, to) {
      for (let j = 0; j < from.length; j++) {
        const value = from[j] as number;
        to[j] = value === value ? value : (fills[j] as number);
      }
      for (const [at, j] of flagged.entries()) to[from.length + at] = Number.isNaN(from[j]) ? 1 : 0;
    },
    state: {
      added: columns.map(({ levels }, j) => levels?.slice(inputs[j]?.levels?.length) ?? []),
      fills: packNumbers("f64", fills),
      flagged,
    },
  });
}

export function readImpute(json: unknown, path: string): Transform {
  const { inputs, saved, path: at } = readTransform(json, path, "impute", ["added", "fills", "flagged"]);
  const fills = packed(at("fills"), saved["fills"], { format: "f64", count: inputs.length });
  const lists = follow(at("added"), saved["added"], listOf(listOf(anyText))) as readonly (readonly string[])[];
  must(at("added"), lists.length === inputs.length, `a list of ${inputs.length}, one for each column`, lists);
  const columns = inputs.map(({ name, levels }, j) => {
    const own = lists[j] as readonly string[];
    if (levels === null) {
      must(`${at("added")}[${j}]`, own.length === 0, "empty for a column of numbers", own);
      must(at("fills"), Number.isFinite(fills[j]), "finite numbers", "one that is not");
      return { name, levels };
    }
    const all = [...levels, ...own];
    must(`${at("added")}[${j}]`, new Set(all).size === all.length, "new levels", own);
    must(at("fills"), all[fills[j] as number] !== undefined, "indexes of levels for columns of categories", "one that is not");
    return { name, levels: all };
  });
  const flagged = follow(
    at("flagged"),
    saved["flagged"],
    listOf({
      must: "an index of a column",
      optional: false,
      accepts: (one) => Number.isInteger(one) && (one as number) >= 0 && (one as number) < inputs.length,
    }),
  ) as readonly number[];
  must(
    at("flagged"),
    flagged.every((one, i) => i === 0 || one > (flagged[i - 1] as number)),
    "ascending",
    flagged,
  );
  return imputed(inputs, { columns, fills, flagged: [...flagged] });
}
