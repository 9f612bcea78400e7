import { checkOptions, listOf, oneOf, optional } from "../core/options.ts";
import { anyText, follow, must } from "../core/saved-json/members.ts";
import type { Transform, TransformedColumn, Transformer } from "../core/transformer.ts";
import { trainedLevels } from "./trained-levels.ts";
import { readTransform, rowTransform, unknownLevel } from "./row-transform.ts";
import { transformer } from "./transformer.ts";

/** How categories become columns. */
export interface OneHotOptions {
  /** "first": no column for the first level; "binary": the same where there are two levels; default "none", a column for each. */
  readonly drop?: "none" | "first" | "binary";
  /** What a level becomes that the training rows don't have: a row of zeros (default), or an error. */
  readonly unknown?: "zeros" | "error";
}

const drops = ["none", "first", "binary"] as const;
const unknowns = ["zeros", "error"] as const;

/**
 * A column of 0 and 1 for each level that the training rows have, in the levels' order, where the category was; a missing value is a level of its
 * own, the last, where the training rows have one. Numbers stay as they are. O(rows × new columns).
 * @throws HpoError OPTION_INVALID
 */
export function oneHot(options: OneHotOptions = {}): Transformer {
  checkOptions("oneHot", options, { drop: optional(oneOf(drops)), unknown: optional(oneOf(unknowns)) });
  const { drop = "none", unknown = "zeros" } = options;
  return transformer({
    name: "oneHot",
    traits: { missing: "keeps", categories: "removes", classes: false, rows: "every" },
    options: { drop, unknown },
    learn: (training) => encoded(training.columns, { kept: trainedLevels(training, true), drop, unknown }),
  });
}

interface Encoding {
  /** By column, the levels (null = missing) that have a place, before any is dropped; null for a column of numbers. */
  readonly kept: readonly (readonly (string | null)[] | null)[];
  readonly drop: (typeof drops)[number];
  readonly unknown: (typeof unknowns)[number];
}

function encoded(inputs: readonly TransformedColumn[], { kept, drop, unknown }: Encoding): Transform {
  const columns: TransformedColumn[] = [];
  /** By column: where its own begin, how many levels are dropped, and the place of each level of `inputs` among the kept ones, missing the last. */
  const places = inputs.map(({ name, levels }, j) => {
    const start = columns.length;
    const own = kept[j] ?? null;
    if (levels === null || own === null) {
      columns.push({ name, levels: null });
      return { start, dropped: 0, of: null };
    }
    const dropped = drop === "first" || (drop === "binary" && own.length === 2) ? 1 : 0;
    for (const level of own.slice(dropped)) columns.push({ name: `${name}=${level ?? "missing"}`, levels: null });
    return { start, dropped, of: Int32Array.from([...levels, null], (level) => own.indexOf(level)) };
  });
  return rowTransform({
    kind: "oneHot",
    inputs,
    columns,
    complete: false,
    open: () => true,
    change(from, to) {
      to.fill(0);
      for (const [j, { start, dropped, of }] of places.entries()) {
        const value = from[j] as number;
        if (of === null) {
          to[start] = value;
          continue;
        }
        const place = value < 0 ? -1 : (of[value === value ? value : of.length - 1] as number);
        if (place < 0 && unknown === "error") throw unknownLevel("oneHot", inputs[j]?.name ?? "", inputs[j]?.levels?.[value]);
        if (place >= dropped) to[start + place - dropped] = 1;
      }
    },
    state: { kept: kept.map((own) => own ?? null), drop, unknown },
  });
}

export function readOneHot(json: unknown, path: string): Transform {
  const { inputs, saved, path: at } = readTransform(json, path, "oneHot", ["kept", "drop", "unknown"]);
  const rule = listOf({ must: "null or a list of levels", optional: false, accepts: (one) => one === null || Array.isArray(one) });
  const lists = follow(at("kept"), saved["kept"], rule) as readonly unknown[];
  must(at("kept"), lists.length === inputs.length, `a list of ${inputs.length}, one for each column`, lists);
  const kept = inputs.map(({ levels }, j) => {
    const name = `${at("kept")}[${j}]`;
    const own = lists[j];
    must(name, (own === null) === (levels === null), "a list of levels for a column of categories, and null for one of numbers", own);
    if (own === null) return null;
    const level = { must: "a text or null", optional: false, accepts: (one: unknown) => one === null || anyText.accepts(one) };
    const list = follow(name, own, listOf(level, 1)) as readonly (string | null)[];
    must(name, new Set(list).size === list.length, "different levels", list);
    must(
      name,
      list.every((one) => one === null || levels?.includes(one)),
      "levels of the column",
      list,
    );
    return [...list];
  });
  return encoded(inputs, {
    kept,
    drop: follow(at("drop"), saved["drop"], oneOf(drops)) as Encoding["drop"],
    unknown: follow(at("unknown"), saved["unknown"], oneOf(unknowns)) as Encoding["unknown"],
  });
}
