import type { DataRecipe } from "../core/dataset.ts";
import { checkOptions, either, integer, listOf, oneOf, optional, type OptionRule, showValue, text } from "../core/options.ts";
import { columnNames } from "./array-recipe.ts";
import { dataRecipe } from "./data-recipe.ts";
import { type DataSource, dataError, type Place, rowSource } from "./data-source.ts";
import { buildDataset, type FeatureColumn } from "./dataset-builder.ts";
import { didYouMean, listNames } from "./did-you-mean.ts";
import { textOf } from "./number-text.ts";
import { type SharedOptions, targetKind, type TargetKind, upToThree } from "./reader-options.ts";
import { type RowBlocks, rowStore, wholeMatrix } from "./row-blocks.ts";
import { checkColumnCount } from "./size-limits.ts";
import { notANumber, type ValueColumn } from "./value-column.ts";

/** One value a row; null and NaN are missing. */
export type ColumnValues = ArrayLike<number> | readonly (string | number | boolean | null)[];

/** Data that a program holds already. */
export interface InMemoryOptions extends Pick<SharedOptions, "scale" | "precision"> {
  readonly name: string;
  /** One list a row (null is missing, texts belong to `categories`), or all rows after each other with `width`. */
  readonly features: readonly (readonly (number | string | boolean | null)[])[] | Float32Array | Float64Array;
  /** Features a row; needed with a typed array only. */
  readonly width?: number;
  /** Names of the feature columns; default x1, x2 …. */
  readonly columns?: readonly string[];
  /** Columns read as categories. */
  readonly categories?: readonly string[];
  readonly target: ColumnValues | null;
  /** How the target is read; default: texts as classes, numbers by the study's task. */
  readonly kind?: TargetKind;
  readonly weight?: ColumnValues;
  readonly group?: ColumnValues;
  readonly fold?: ColumnValues;
  /** When a row was: numbers or dates. */
  readonly time?: ColumnValues;
  /** Where a row was: one list an axis, at most three. */
  readonly coordinates?: readonly ColumnValues[];
}

const valuesRule: OptionRule = {
  must: "a list or a typed array with one value a row",
  optional: false,
  accepts: (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView)),
};
const matrixRule: OptionRule = {
  must: "a list of rows, a Float32Array or a Float64Array",
  optional: false,
  accepts: (value) =>
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    (Array.isArray(value) && Array.from(value as unknown[]).every((row) => Array.isArray(row))),
};
const nothing: OptionRule = { must: "null", optional: false, accepts: (value) => value === null };

/** A data set from values in memory, for notebooks and tests. Values are read when the recipe is loaded, not before. */
export function inMemory(options: InMemoryOptions): DataRecipe {
  checkOptions("inMemory", options, {
    name: text(),
    features: matrixRule,
    width: optional(integer(1)),
    columns: optional(listOf(text(), 1)),
    categories: optional(listOf(text())),
    target: either(valuesRule, nothing),
    kind: optional(oneOf(["class", "number"])),
    weight: optional(valuesRule),
    group: optional(valuesRule),
    fold: optional(valuesRule),
    time: optional(valuesRule),
    coordinates: optional(upToThree(listOf(valuesRule, 1))),
    scale: optional(oneOf(["none", "min-max"])),
    precision: optional(oneOf(["f32", "f64"])),
  });
  const { name, scale = "none", precision = "f32" } = options;
  const source = rowSource("inMemory", null);
  return dataRecipe("inMemory", { name, scale, precision }, async (context) => {
    const target = options.target === null ? null : valueColumn(source, "y", options.target);
    return buildDataset({
      source,
      name,
      ...features(source, options),
      target:
        target === null
          ? null
          : {
              kind: targetKind(target.kind === "text" ? { kind: "class", ...kindOf(options) } : kindOf(options), context.task),
              values: target,
            },
      weight: options.weight === undefined ? null : valueColumn(source, "weight", options.weight),
      group: options.group === undefined ? null : valueColumn(source, "group", options.group),
      fold: options.fold === undefined ? null : valueColumn(source, "fold", options.fold),
      time: options.time === undefined ? null : valueColumn(source, "time", options.time),
      coordinates: options.coordinates?.map((axis, index) => valueColumn(source, `coordinate ${index + 1}`, axis)) ?? null,
      scale,
      precision,
    });
  });
}

function kindOf({ kind }: InMemoryOptions): { readonly kind?: TargetKind } {
  return kind === undefined ? {} : { kind };
}

function features(
  source: DataSource,
  options: InMemoryOptions,
): { readonly features: RowBlocks; readonly columns: readonly FeatureColumn[] } {
  const given = options.features;
  checkColumnCount(source, options.width ?? (given instanceof Float32Array || given instanceof Float64Array ? 0 : (given[0]?.length ?? 0)));
  if (given instanceof Float32Array || given instanceof Float64Array) {
    const { width, categories } = options;
    if (width === undefined || given.length % width !== 0) {
      throw dataError(source, {}, `width must divide the number of values (${given.length}); got ${width ?? "nothing"}.`);
    }
    if (categories !== undefined && categories.length > 0) throw dataError(source, {}, "categories need features given as a list of rows.");
    const columns = columnNames("inMemory", options.columns, width).map((name) => ({ name, levels: null }));
    return { features: wholeMatrix(given, given.length / width, width), columns };
  }
  const width = options.width ?? given[0]?.length ?? 0;
  const names = columnNames("inMemory", options.columns, width);
  for (const name of options.categories ?? []) {
    if (names.includes(name)) continue;
    throw dataError(source, { column: name }, `categories must name a column; there are ${listNames(names)}.${didYouMean(name, names)}`);
  }
  const levels = names.map((name) => (options.categories?.includes(name) === true ? new Map<string, number>() : null));
  const store = rowStore(width, "f64");
  const buffer = new Float64Array(width);
  // By number, since forEach() passes over the gaps of a sparse list.
  for (let index = 0; index < given.length; index++) {
    const row = given[index] as readonly unknown[];
    if (row.length !== width)
      throw dataError(source, { row: index + 1 }, `a row must have ${width} values, as the first; got ${row.length}.`);
    for (let column = 0; column < width; column++) {
      const place = { row: index + 1, column: names[column] as string };
      const value = plainValue(source, place, row[column]);
      buffer[column] = cell(value, levels[column] ?? null, () =>
        notANumber(source, place, String(value), "List the column under categories."),
      );
    }
    store.append(buffer);
  }
  return { features: store, columns: names.map((name, column) => ({ name, levels: levelNames(levels[column] ?? null) })) };
}

type PlainValue = number | string | boolean | null;

function plainValue(source: DataSource, place: Place, value: unknown): PlainValue {
  if (value === null || typeof value === "number" || typeof value === "string" || typeof value === "boolean") return value;
  throw dataError(source, place, `the value must be a number, a text, true, false or null; got ${showValue(value)}.`);
}

function cell(value: PlainValue, levels: Map<string, number> | null, refused: () => Error): number {
  if (value === null || (typeof value === "number" && Number.isNaN(value))) return Number.NaN;
  if (levels === null) {
    if (typeof value === "string") throw refused();
    return Number(value);
  }
  const level = typeof value === "number" ? textOf(value) : String(value);
  const code = levels.get(level) ?? levels.size;
  levels.set(level, code);
  return code;
}

function levelNames(levels: Map<string, number> | null): readonly string[] | null {
  return levels === null ? null : [...levels.keys()];
}

/** A list of numbers stays numbers; one text makes it texts. */
function valueColumn(source: DataSource, name: string, given: ColumnValues): ValueColumn {
  const values = Array.from(given as ArrayLike<unknown>, (value, row) => plainValue(source, { row: row + 1, column: name }, value));
  if (values.every((value) => value === null || typeof value === "number")) {
    return {
      kind: "number",
      source,
      name,
      values: Float64Array.from(values, (value) => (value === null ? Number.NaN : value)),
    };
  }
  const known = new Map<string, number>();
  const codes = Int32Array.from(values, (value) => {
    if (value === null || (typeof value === "number" && Number.isNaN(value))) return -1;
    const written = typeof value === "number" ? textOf(value) : String(value);
    const code = known.get(written) ?? known.size;
    known.set(written, code);
    return code;
  });
  return { kind: "text", source, name, texts: [...known.keys()], codes };
}
