import type { DataRecipe } from "../core/dataset.ts";
import { checkOptions, listOf, optional, shaped, type OptionRule } from "../core/options.ts";
import { HpoError } from "../core/hpo-error.ts";
import { type CsvConsumer, readCsvRecords } from "./csv-records.ts";
import { type DataFile, dataFile } from "./data-file.ts";
import { dataError, type Place } from "./data-source.ts";
import { buildDataset, type FeatureColumn } from "./dataset-builder.ts";
import { type LineSource, lineSource } from "./line-source.ts";
import { didYouMean, listNames } from "./did-you-mean.ts";
import { numberOf } from "./number-text.ts";
import { dataRecipe, type LoadContext } from "./data-recipe.ts";
import { readOuterColumn } from "./outer-column.ts";
import { type ColumnFile, roleNames, sharedRules, type SharedOptions, targetKind, targetRule, type TargetKind } from "./reader-options.ts";
import { type RowStore, rowStore } from "./row-blocks.ts";
import { checkColumnCount, checkTextCount, maximumBytes } from "./size-limits.ts";
import { checkText, notANumber, numberCollector, textCollector, type ValueCollector, type ValueColumn } from "./value-column.ts";

/** How a CSV file is read. Columns that are neither target, role nor ignored are features, in the file's order. */
export interface CsvOptions extends SharedOptions {
  /** The column to be predicted; null where there is none. Its kind follows from the study's task where it is not said. */
  readonly target: string | null | { readonly column: string; readonly kind?: TargetKind };
  /** Columns that are not used. */
  readonly ignore?: readonly string[];
  /** Columns read as categories, also where their values are numbers. */
  readonly categories?: readonly string[];
  /** Texts that mean "no value", besides the empty field ("NA", "?"). */
  readonly missing?: readonly string[];
  /** One character; default a comma. */
  readonly delimiter?: string;
}

const anyText: OptionRule = { must: "a text", optional: false, accepts: (value) => typeof value === "string" };
const oneCharacter: OptionRule = {
  must: "one character that is no quote and no line end",
  optional: false,
  accepts: (value) => typeof value === "string" && value.length === 1 && !'"\r\n'.includes(value),
};

/**
 * Features, target and roles from a CSV file, plain or gzipped (told by its first bytes), streamed: at its peak reading
 * takes about three times the memory of the finished matrix. A path is relative to the study file's folder. The first
 * line holds the names. Defining it reads nothing.
 */
export function csv(file: string, options: CsvOptions): DataRecipe {
  if (typeof file !== "string" || file.trim() === "") {
    throw new HpoError("OPTION_INVALID", `csv(): file must be a path; got ${JSON.stringify(file)}.`, { data: { option: "file" } });
  }
  const namesRule = optional(listOf(anyText));
  checkOptions("csv", options, {
    target: targetRule(
      'the name of a column, { column, kind: "class" or "number" }, or null',
      shaped("", (value) => "column" in value && Object.keys(value).every((key) => key === "column" || key === "kind")),
    ),
    ignore: namesRule,
    categories: namesRule,
    missing: namesRule,
    delimiter: optional(oneCharacter),
    ...sharedRules,
  });
  const own = structuredClone(options);
  return dataRecipe("csv", { file, ...own }, (context) => loadCsv(file, own, context));
}

async function loadCsv(file: string, options: CsvOptions, context: LoadContext): ReturnType<DataRecipe["load"]> {
  const origin = dataFile("csv", file, context.folder);
  const source = lineSource(origin);
  const table = csvTable(source, options, context);
  await readCsvRecords(origin, options.delimiter ?? ",", source, table);
  return buildDataset({
    source,
    name: options.name ?? context.nameOf(file),
    features: table.features(),
    columns: table.columns(),
    target: table.target(),
    ...(await roleColumns(options, table, origin, context)),
    scale: options.scale ?? "none",
    precision: options.precision ?? "f32",
  });
}

/** Roles may be columns of the file itself or of another one. */
async function roleColumns(options: CsvOptions, table: CsvTable, origin: DataFile, context: LoadContext): Promise<RoleColumns> {
  const roles: Record<(typeof roleNames)[number], ValueColumn | null> = { weight: null, group: null, fold: null, time: null };
  const columnOf = async (given: string | ColumnFile, role: string): Promise<ValueColumn> =>
    typeof given === "string" ? table.collected(role) : readOuterColumn(given, role, origin.reader, context);
  for (const role of roleNames) {
    const given = options[role];
    if (given === undefined) continue;
    roles[role] = await columnOf(given, role);
  }
  const coordinates =
    options.coordinates === undefined ? null : await Promise.all(options.coordinates.map((axis, at) => columnOf(axis, axisName(at))));
  return { ...roles, coordinates };
}

type RoleColumns = Readonly<Record<(typeof roleNames)[number], ValueColumn | null>> & {
  readonly coordinates: readonly ValueColumn[] | null;
};

function axisName(index: number): string {
  return `coordinates[${index}]`;
}

interface CsvTable extends CsvConsumer {
  features(): RowStore;
  columns(): readonly FeatureColumn[];
  target(): { readonly kind: TargetKind; readonly values: ValueColumn } | null;
  collected(role: string): ValueColumn;
}

/** Sorts the fields of each record into features (one buffer a row) and collectors. */
function csvTable(source: LineSource, options: CsvOptions, context: LoadContext): CsvTable {
  const missing = new Set(["", ...(options.missing ?? [])]);
  const collectors = new Map<string, { readonly field: number; readonly collector: ValueCollector }>();
  const featureFields: number[] = [];
  const featureNames: string[] = [];
  const levels: (Map<string, number> | null)[] = [];
  let store: RowStore | undefined;
  let buffer = new Float64Array(0);
  let mostRows = 0;

  const target = options.target === null ? null : typeof options.target === "string" ? { column: options.target } : options.target;
  const kind = targetKind(target ?? {}, context.task);

  function cell(text: string, index: number, place: (field: number) => Place, field: number): number {
    if (missing.has(text)) return Number.NaN;
    const codes = levels[index];
    if (codes != null) {
      let code = codes.get(text);
      if (code === undefined) {
        if (missing.has(text.trim())) return Number.NaN;
        checkText(source, () => place(field), text);
        checkTextCount(source, () => place(field), codes.size);
        code = codes.size;
        codes.set(text, code);
      }
      return code;
    }
    const value = numberOf(text);
    if (value - value === 0) return value;
    if (missing.has(text.trim())) return Number.NaN;
    if (value !== value) {
      throw notANumber(source, place(field), text, "List the column under categories or ignore, or the text under missing.");
    }
    throw dataError(source, place(field), `the value must be finite; got ${JSON.stringify(text)}. List the text under missing.`);
  }

  return {
    header(names) {
      const known = (option: string, column: string): number => {
        const field = names.indexOf(column);
        if (field < 0) throw unknownColumn(source, option, column, names);
        return field;
      };
      const used = new Set<number>();
      const collect = (option: string, column: string, collector: ValueCollector): void => {
        const field = known(option, column);
        used.add(field);
        collectors.set(option, { field, collector });
      };
      if (target !== null) {
        const cure = "A regression needs numbers; classes belong to a classification.";
        collect(
          "target",
          target.column,
          kind === "class" ? textCollector(source, target.column) : numberCollector(source, target.column, cure),
        );
      }
      for (const role of roleNames) {
        const column = options[role];
        if (typeof column !== "string") continue;
        const texts = role === "group" || role === "time";
        collect(role, column, texts ? textCollector(source, column) : numberCollector(source, column, `A ${role} is a number.`));
      }
      for (const [at, column] of (options.coordinates ?? []).entries()) {
        if (typeof column === "string") collect(axisName(at), column, numberCollector(source, column, "A coordinate is a number."));
      }
      for (const column of options.ignore ?? []) used.add(known("ignore", column));
      for (const column of options.categories ?? []) known("categories", column);
      names.forEach((name, field) => {
        if (used.has(field)) return;
        featureFields.push(field);
        featureNames.push(name);
        levels.push(options.categories?.includes(name) === true ? new Map() : null);
      });
      checkColumnCount(source, featureFields.length);
      store = rowStore(featureFields.length, options.precision !== "f64" && options.scale !== "min-max" ? "f32" : "f64");
      buffer = new Float64Array(featureFields.length);
      mostRows = maximumBytes / (Math.max(1, featureFields.length) * (options.precision === "f64" ? 8 : 4));
    },
    record(fields, place) {
      for (let i = 0; i < featureFields.length; i++) {
        const field = featureFields[i] as number;
        buffer[i] = cell(fields[field] as string, i, place, field);
      }
      store?.append(buffer);
      if (store !== undefined && store.rows > mostRows)
        throw dataError(source, {}, `a data set must fit into 4 GiB; ${store.rows} rows of ${featureFields.length} features do not.`);
      for (const { field, collector } of collectors.values()) {
        const text = fields[field] as string;
        collector.add(missing.has(text) || missing.has(text.trim()) ? undefined : text, () => place(field));
      }
    },
    features: () => store as RowStore,
    columns: () =>
      featureNames.map((name, index) => {
        const codes = levels[index];
        return { name, levels: codes == null ? null : [...codes.keys()] };
      }),
    target() {
      const found = collectors.get("target");
      return found === undefined ? null : { kind, values: found.collector.finish() };
    },
    collected: (role) => (collectors.get(role) as { collector: ValueCollector }).collector.finish(),
  };
}

/** An option names a column that the header does not have. */
function unknownColumn(source: LineSource, option: string, column: string, names: readonly string[]): HpoError {
  const headless = names.length > 0 && names.every((name) => !Number.isNaN(numberOf(name)));
  return dataError(
    source,
    { line: 1, column },
    `${option} must name a column of the file; it has ${listNames(names)}.${didYouMean(column, names)}` +
      (headless ? " The first line must hold the column names." : ""),
  );
}
