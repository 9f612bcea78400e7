import type { DataRecipe } from "../core/dataset.ts";
import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, integer, oneOf, optional } from "../core/options.ts";
import { outerColumns } from "./array-recipe.ts";
import { type DataFile, dataFile, readBytes } from "./data-file.ts";
import { dataRecipe } from "./data-recipe.ts";
import { type DataSource, dataError } from "./data-source.ts";
import { buildDataset } from "./dataset-builder.ts";
import { type LineSource, lineSource } from "./line-source.ts";
import { numberOf } from "./number-text.ts";
import { sharedRules, type SharedOptions, type TargetKind, targetKind } from "./reader-options.ts";
import { checkColumnCount, lineTooLong, longestLine, maximumBytes } from "./size-limits.ts";
import { type SparseRows, sparseRows } from "./sparse-rows.ts";
import { notANumber, numberCollector, textCollector, type ValueCollector } from "./value-column.ts";

/** How a LIBSVM file is read. Roles lie in files of their own; `qid` in the file is the group where none is given. */
export interface LibsvmOptions extends SharedOptions {
  /** How the label is read; default by the study's task. */
  readonly kind?: TargetKind;
  /** Number of features; default the largest index in the file. */
  readonly width?: number;
}

/**
 * Features and target from a LIBSVM text file (`label index:value …`, plain or gzipped, `#` begins a comment), streamed.
 * Indices count from 1 and ascend; what is not written is 0. Columns are named x1, x2 …, the target y. Held dense:
 * rows × width values must fit into 4 GiB. Source: LIBSVM's README (C.-C. Chang, C.-J. Lin, 2011).
 */
export function libsvm(file: string, given: LibsvmOptions = {}): DataRecipe {
  if (typeof file !== "string" || file.trim() === "") {
    throw new HpoError("OPTION_INVALID", `libsvm(): file must be a path; got ${JSON.stringify(file)}.`, { data: { option: "file" } });
  }
  checkOptions("libsvm", given, { kind: optional(oneOf(["class", "number"])), width: optional(integer(1)), ...sharedRules });
  const options = structuredClone(given);
  return dataRecipe("libsvm", { file, ...options }, async (context) => {
    const origin = dataFile("libsvm", file, context.folder);
    const source = lineSource(origin);
    const kind = targetKind(options, context.task);
    const labels = kind === "class" ? textCollector(source, "y") : numberCollector(source, "y", "A label is a number.");
    const groups = textCollector(source, "qid");
    const features = sparseRows();
    const parser = lineParser(source, features, labels, groups);
    await readLines(origin, source, parser.line);
    if (features.rows() === 0) throw dataError(source, {}, "there must be at least one row; the file has none.");
    const width = options.width ?? features.largest();
    if (width < features.largest()) {
      const { row, index } = features.widest();
      throw dataError(source, source.place(row), `indices must be at most the width option (${width}); got ${index}.`);
    }
    const bytes = features.rows() * width * (options.precision === "f64" ? 8 : 4);
    if (bytes > maximumBytes) {
      const { row, index } = features.widest();
      const size = `${features.rows()} rows × ${width} features take ${(bytes / 2 ** 30).toFixed(1)} GiB`;
      throw dataError(source, source.place(row), `sparse data are held dense and must fit into 4 GiB; ${size} (largest index ${index}).`);
    }
    checkColumnCount(source, width);
    const outer = await outerColumns("libsvm", options, context);
    return buildDataset({
      ...outer,
      source,
      name: options.name ?? context.nameOf(file),
      features: features.dense(width),
      columns: Array.from({ length: width }, (_, index) => ({ name: `x${index + 1}`, levels: null })),
      target: { kind, values: labels.finish() },
      group: outer.group ?? (parser.grouped() ? groups.finish() : null),
      scale: options.scale ?? "none",
      precision: options.precision ?? "f32",
    });
  });
}

/** More would not fit into a data set either. */
const mostEntries = maximumBytes / 8;

interface LineParser {
  line(text: string, number: number): void;
  grouped(): boolean;
}

function lineParser(source: LineSource, features: SparseRows, labels: ValueCollector, groups: ValueCollector): LineParser {
  let grouped: boolean | undefined;
  return {
    grouped: () => grouped === true,
    line(text, number) {
      const comment = text.indexOf("#");
      const tokens = (comment < 0 ? text : text.slice(0, comment)).split(/[ \t\r]+/).filter((token) => token !== "");
      const label = tokens[0];
      if (label === undefined) return;
      const place = { line: number };
      source.note(features.rows(), number);
      if (Number.isNaN(numberOf(label))) {
        const cure = label.includes(",") ? "Several labels a row can't be read." : "A line must begin with its label.";
        throw notANumber(source, { ...place, column: "y" }, label, cure);
      }
      labels.add(label, () => place);
      const qid = tokens[1]?.startsWith("qid:") === true ? tokens[1].slice(4) : undefined;
      grouped ??= qid !== undefined;
      if (grouped !== (qid !== undefined)) throw dataError(source, place, "qid must stand in every line or in none.");
      if (qid !== undefined) groups.add(qid, () => place);
      let before = 0;
      for (let i = qid === undefined ? 1 : 2; i < tokens.length; i++)
        before = entry(source, features, { token: tokens[i] as string, before, line: number });
      features.endRow();
      if (features.entries() > mostEntries)
        throw dataError(source, place, `there must be at most ${mostEntries} index:value pairs; got more.`);
    },
  };
}

/** One `index:value`; returns the index. */
function entry(source: LineSource, features: SparseRows, { token, before, line }: { token: string; before: number; line: number }): number {
  const colon = token.indexOf(":");
  const index = Number(token.slice(0, colon));
  if (colon < 1 || !/^\d+$/.test(token.slice(0, colon))) {
    throw dataError(source, { line }, `after the label there must be index:value pairs; got ${JSON.stringify(token.slice(0, 40))}.`);
  }
  if (index < 1 || index > 2 ** 31) throw dataError(source, { line }, `indices must count from 1; got ${index}.`);
  if (index <= before) throw dataError(source, { line }, `indices must ascend within a line; got ${index} after ${before}.`);
  const text = token.slice(colon + 1);
  const value = numberOf(text);
  const place = { line, column: `x${index}` };
  if (value !== value) throw notANumber(source, place, text, "An entry that is left out is 0.");
  if (!Number.isFinite(value)) throw dataError(source, place, `the value must be finite; got ${JSON.stringify(text)}.`);
  features.add(index - 1, value);
  return index;
}

const lineFeed = 0x0a;

/** Lines without their ends, numbered from 1. */
async function readLines(file: DataFile, source: DataSource, take: (line: string, number: number) => void): Promise<void> {
  let held = "";
  let number = 0;
  const next = (line: string): void => take(number === 0 ? line.replace(/^\u00ef\u00bb\u00bf/, "") : line, ++number);
  for await (const chunk of readBytes(file)) {
    held += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString("latin1");
    if (held.length > longestLine) throw lineTooLong(source, number + 1);
    if (!chunk.includes(lineFeed)) continue;
    const lines = held.split("\n");
    held = lines.pop() as string;
    for (const line of lines) next(line);
  }
  if (held !== "") next(held);
}
