import type { DataRecipe } from "../core/dataset.ts";
import { checkOptions, either, listOf, optional, text } from "../core/options.ts";
import type { NumericTable } from "./array-items.ts";
import { dataFile, type DataFile } from "./data-file.ts";
import { dataRecipe, type LoadContext } from "./data-recipe.ts";
import { dataError, rowSource } from "./data-source.ts";
import { buildDataset } from "./dataset-builder.ts";
import { readOuterColumn } from "./outer-column.ts";
import {
  type ColumnFile,
  columnFileRule,
  sharedRules,
  type SharedOptions,
  targetKind,
  type TargetKind,
  targetRule,
} from "./reader-options.ts";
import { checkColumnCount } from "./size-limits.ts";
import { wholeMatrix } from "./row-blocks.ts";
import type { ValueColumn } from "./value-column.ts";

/** How features and columns in files of their own are read. A text is a file: .npy, idx, or a CSV of one column. */
export interface ArrayOptions extends SharedOptions {
  readonly features: string;
  /** The file of the target; null where there is none. */
  readonly target: string | null | (ColumnFile & { readonly kind?: TargetKind });
  /** Names of the feature columns; default x1, x2 …. */
  readonly columns?: readonly string[];
}

/** The recipe of a format of arrays. */
export function arrayRecipe(reader: string, given: ArrayOptions, read: (file: DataFile) => Promise<NumericTable>): DataRecipe {
  checkOptions(reader, given, {
    features: text(),
    target: targetRule('a file, { file, column, kind: "class" or "number" }, or null', either(columnFileRule(["kind"]))),
    columns: optional(listOf(text(), 1)),
    ...sharedRules,
  });
  const options = structuredClone(given);
  return dataRecipe(reader, options, async (context) => {
    const file = dataFile(reader, options.features, context.folder);
    const source = rowSource(reader, options.features);
    const { shape, values } = await read(file);
    if (shape.length < 2) {
      throw dataError(source, {}, `features must have at least two dimensions, rows first; got ${shape.length}.`);
    }
    const rows = shape[0] as number;
    const width = shape.slice(1).reduce((product, size) => product * size, 1);
    checkColumnCount(source, width);
    return buildDataset({
      source,
      name: options.name ?? context.nameOf(options.features),
      features: wholeMatrix(values, rows, width),
      columns: columnNames(reader, options.columns, width).map((name) => ({ name, levels: null })),
      ...(await outerColumns(reader, options, context)),
      scale: options.scale ?? "none",
      precision: options.precision ?? "f32",
    });
  });
}

/** The given names, which must be as many as the features and differ; x1, x2 … where none are given. */
export function columnNames(reader: string, given: readonly string[] | undefined, width: number): readonly string[] {
  if (given === undefined) return Array.from({ length: width }, (_, index) => `x${index + 1}`);
  const source = rowSource(reader, null);
  if (given.length !== width) throw dataError(source, {}, `columns must hold ${width} names, one a feature; got ${given.length}.`);
  const twice = given.find((name, index) => given.indexOf(name) !== index);
  if (twice !== undefined) throw dataError(source, { column: twice }, "column names must differ; this one stands there twice.");
  return given;
}

/** Target and roles that lie in files of their own. */
export async function outerColumns(
  reader: string,
  options: SharedOptions & { readonly target?: ArrayOptions["target"] },
  context: LoadContext,
): Promise<{
  readonly target: { readonly kind: TargetKind; readonly values: ValueColumn } | null;
  readonly weight: ValueColumn | null;
  readonly group: ValueColumn | null;
  readonly fold: ValueColumn | null;
  readonly time: ValueColumn | null;
  readonly coordinates: readonly ValueColumn[] | null;
}> {
  const { target } = options;
  const read = (from: string | ColumnFile | undefined, role: string): Promise<ValueColumn> | null =>
    from === undefined ? null : readOuterColumn(from, role, reader, context);
  const given = typeof target === "string" ? { file: target } : target;
  return {
    target: given == null ? null : { kind: targetKind(given, context.task), values: await readOuterColumn(given, "y", reader, context) },
    weight: await read(options.weight, "weight"),
    group: await read(options.group, "group"),
    fold: await read(options.fold, "fold"),
    time: await read(options.time, "time"),
    coordinates: await outerCoordinates(reader, options, context),
  };
}

/** Coordinates that lie in files of their own, one an axis. */
async function outerCoordinates(
  reader: string,
  { coordinates }: SharedOptions,
  context: LoadContext,
): Promise<readonly ValueColumn[] | null> {
  if (coordinates === undefined) return null;
  return Promise.all(coordinates.map((axis, index) => readOuterColumn(axis, `coordinate ${index + 1}`, reader, context)));
}
