import { shapeText } from "./array-items.ts";
import { readCsvRecords } from "./csv-records.ts";
import { dataFile, type DataFile, firstBytes } from "./data-file.ts";
import { dataError, rowSource } from "./data-source.ts";
import type { LoadContext } from "./data-recipe.ts";
import { readIdx } from "./idx-file.ts";
import { type LineSource, lineSource } from "./line-source.ts";
import { didYouMean, listNames } from "./did-you-mean.ts";
import { npyMagic, readNpy } from "./npy-file.ts";
import type { ColumnFile } from "./reader-options.ts";
import { textCollector, type ValueCollector, type ValueColumn } from "./value-column.ts";

/**
 * A column of another file. Its first bytes tell what the file is: npy or idx (one dimension), else CSV.
 * `role` names the column where the file does not.
 */
export async function readOuterColumn(from: string | ColumnFile, role: string, reader: string, context: LoadContext): Promise<ValueColumn> {
  const given: ColumnFile = typeof from === "string" ? { file: from } : from;
  const file = dataFile(reader, given.file, context.folder);
  const head = await firstBytes(file, 6);
  if (npyMagic.every((byte, index) => head[index] === byte)) return arrayColumn(file, given.column ?? role, "npy");
  if (head.length >= 4 && head[0] === 0 && head[1] === 0) return arrayColumn(file, given.column ?? role, "idx");
  return csvColumn(file, given.column);
}

async function arrayColumn(file: DataFile, name: string, format: "npy" | "idx"): Promise<ValueColumn> {
  const source = rowSource(file.reader, file.file);
  const { shape, values } = format === "npy" ? await readNpy(file) : await readIdx(file);
  if (shape.slice(1).some((size) => size !== 1) || shape.length === 0) {
    throw dataError(source, { column: name }, `a column must have one dimension; got ${shape.length === 0 ? "none" : shapeText(shape)}.`);
  }
  return { kind: "number", source, name, values };
}

async function csvColumn(file: DataFile, column: string | undefined): Promise<ValueColumn> {
  const source: LineSource = lineSource(file);
  let collector: ValueCollector | undefined;
  let field = 0;
  await readCsvRecords(file, ",", source, {
    header(names) {
      if (column === undefined && names.length > 1) {
        throw dataError(
          source,
          { line: 1 },
          `the column must be said ({ file, column }) where a file has several; it has ${listNames(names)}.`,
        );
      }
      field = column === undefined ? 0 : names.indexOf(column);
      if (field < 0) {
        const hint = didYouMean(column ?? "", names);
        throw dataError(source, { line: 1, column: column ?? "" }, `it must be a column of the file; it has ${listNames(names)}.${hint}`);
      }
      collector = textCollector(source, names[field] as string);
    },
    record(fields, place) {
      const text = fields[field] as string;
      collector?.add(text.trim() === "" ? undefined : text, () => place(field));
    },
  });
  return (collector as ValueCollector).finish();
}
