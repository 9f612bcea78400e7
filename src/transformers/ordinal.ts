import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, finite, listOf, optional, shaped, showValue, text } from "../core/options.ts";
import { anyText, follow, must } from "../core/saved-json/members.ts";
import type { Transform, TransformedColumn, Transformer } from "../core/transformer.ts";
import { readTransform, rowTransform } from "./row-transform.ts";
import { trainedLevels } from "./trained-levels.ts";
import { type Training, transformer } from "./transformer.ts";

/** How categories become numbers. */
export interface OrdinalOptions {
  /** By column, its levels from the first on; others are coded in the order of the data set (sorted), those that training rows have. */
  readonly order?: Readonly<Record<string, readonly string[]>>;
  /** The code of a level that has none; default −1. */
  readonly unknown?: number;
}

/**
 * Every category as a number: 0, 1, … in its levels' order. Missing values stay missing, numbers as they are. O(rows × columns).
 * @throws HpoError OPTION_INVALID
 */
export function ordinal(options: OrdinalOptions = {}): Transformer {
  const levels = listOf(text(), 1);
  const order = shaped("an object of lists of levels, by column", (value) => Object.values(value).every((one) => levels.accepts(one)));
  checkOptions("ordinal", options, { order: optional(order), unknown: optional(finite()) });
  const { unknown = -1 } = options;
  const orders = options.order ?? {};
  for (const [name, list] of Object.entries(orders)) {
    if (new Set(list).size === list.length) continue;
    throw new HpoError("OPTION_INVALID", `ordinal(): order of ${name} must have different levels; got ${showValue(list)}.`, {
      data: { column: name },
    });
  }
  return transformer({
    name: "ordinal",
    traits: { missing: "keeps", categories: "removes", classes: false, rows: "every" },
    options: { order: Object.fromEntries(Object.entries(orders).map(([name, list]) => [name, [...list]])), unknown },
    learn: (training) => coded(training.columns, learnt(training, orders), unknown),
  });
}

type Orders = readonly (readonly string[] | null)[];

function learnt(training: Training, orders: Readonly<Record<string, readonly string[]>>): Orders {
  const trained = trainedLevels(training, false);
  for (const name of Object.keys(orders)) {
    if (training.columns.some((column) => column.name === name && column.levels !== null)) continue;
    throw new HpoError("OPTION_INVALID", `ordinal(): order must name columns of categories; ${name} is none.`, { data: { column: name } });
  }
  return training.columns.map(({ name, levels }, j) => {
    const own = trained[j] as readonly string[] | null;
    const given = levels !== null && Object.hasOwn(orders, name) ? orders[name] : undefined;
    const left = given === undefined ? undefined : own?.find((level) => !given.includes(level));
    if (left !== undefined) {
      throw new HpoError("OPTION_INVALID", `ordinal(): order of ${name} must have all its levels; ${showValue(left)} is not among them.`, {
        data: { column: name, level: left },
      });
    }
    return given ?? own;
  });
}

function coded(inputs: readonly TransformedColumn[], orders: Orders, unknown: number): Transform {
  const codes = inputs.map(({ levels }, j) => {
    return levels === null
      ? null
      : Float64Array.from(levels, (level) => orders[j]?.indexOf(level) ?? -1).map((code) => (code < 0 ? unknown : code));
  });
  return rowTransform({
    kind: "ordinal",
    inputs,
    columns: inputs.map(({ name }) => ({ name, levels: null })),
    complete: false,
    open: () => true,
    change(from, to) {
      for (let j = 0; j < from.length; j++) {
        const value = from[j] as number;
        const of = codes[j] ?? null;
        if (of === null || value !== value) to[j] = value;
        else to[j] = value < 0 ? unknown : (of[value] as number);
      }
    },
    state: { orders: orders.map((order) => order ?? null), unknown },
  });
}

export function readOrdinal(json: unknown, path: string): Transform {
  const { inputs, saved, path: at } = readTransform(json, path, "ordinal", ["orders", "unknown"]);
  const rule = listOf({ must: "null or a list of levels", optional: false, accepts: (one) => one === null || Array.isArray(one) });
  const lists = follow(at("orders"), saved["orders"], rule) as readonly unknown[];
  must(at("orders"), lists.length === inputs.length, `a list of ${inputs.length}, one for each column`, lists);
  const orders = inputs.map(({ levels }, j) => {
    const name = `${at("orders")}[${j}]`;
    const own = lists[j];
    must(name, (own === null) === (levels === null), "a list of levels for a column of categories, and null for one of numbers", own);
    return own === null ? null : [...(follow(name, own, listOf(anyText)) as readonly string[])];
  });
  return coded(inputs, orders, follow(at("unknown"), saved["unknown"], finite()) as number);
}
