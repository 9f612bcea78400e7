import { pipeline } from "node:stream/promises";
import type { CsvError } from "csv-parse";
import { type DataFile, readBytes } from "./data-file.ts";
import { type DataSource, dataError, type Place } from "./data-source.ts";
import type { HpoError } from "../core/hpo-error.ts";
import type { LineSource } from "./line-source.ts";
import { plainLines } from "./plain-lines.ts";
import { lineTooLong, longestLine } from "./size-limits.ts";

/** Takes the records of a CSV file in order. `place(field)` says where a field of the current record stands. */
export interface CsvConsumer {
  header(names: readonly string[]): void;
  record(fields: readonly string[], place: (field: number) => Place): void;
}

/**
 * Streams a CSV file (RFC 4180; LF, CRLF or CR ends a line; a byte order mark and blank lines are passed over) to a
 * consumer, through csv-parse from the first quote on, without ever holding the whole file.
 * @throws HpoError DATA_INVALID for an empty file, a missing row, rows of unequal length and broken quotes.
 */
export async function readCsvRecords(file: DataFile, delimiter: string, source: LineSource, consumer: CsvConsumer): Promise<void> {
  let names: readonly string[] | undefined;
  let rows = 0;

  /** `start`: the line where the record begins. */
  function take(fields: readonly string[], start: number): void {
    if (names === undefined) {
      checkHeader(source, fields, start);
      names = fields;
      consumer.header(fields);
      return;
    }
    if (fields.length !== names.length) {
      throw dataError(
        source,
        { line: start },
        `a row must have ${names.length} fields, as many as the header; got ${fields.length}. ` +
          "Put values that hold the delimiter into double quotes, or set the delimiter option.",
      );
    }
    source.note(rows, start);
    rows += 1;
    consumer.record(fields, (field) => {
      const line = start + lineEnds(fields.slice(0, field)).count;
      const column = names?.[field];
      return column === undefined ? { line } : { line, column };
    });
  }

  const chunks = readBytes(file);
  try {
    const plain = await plainLines(chunks, (text, line) => {
      if (names !== undefined && text.includes("\0")) throw noText(source, line);
      take(text.split(delimiter), line);
    });
    if (plain.rest !== null) await parseRest(source, { ...plain, rest: plain.rest, chunks, delimiter }, take);
  } finally {
    await chunks.return(undefined);
  }
  if (names === undefined) throw dataError(source, {}, "the first line must hold the column names; the file is empty.");
  if (rows === 0) throw dataError(source, {}, "there must be rows after the header; the file has none.");
}

/** What is left once a quote has appeared goes through csv-parse. */
async function parseRest(
  source: DataSource,
  from: { readonly lines: number; readonly rest: Uint8Array; readonly chunks: AsyncIterable<Uint8Array>; readonly delimiter: string },
  take: (fields: readonly string[], start: number) => void,
): Promise<void> {
  // Loaded here, since most files hold no quote and every process would pay for it.
  const { parse } = await import("csv-parse");
  let counted = 0;
  let excess = 0;
  let end = from.lines;
  const parser = parse({
    // That of UTF-8 was passed over; a second one is text.
    bom: from.lines === 0 && from.rest[0] === 0xff,
    delimiter: from.delimiter,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: longestLine,
    on_record(fields: string[], { lines }) {
      const within = lines === counted + 1 ? { count: 0, pairs: 0 } : lineEnds(fields);
      // csv-parse counts a CRLF within quotes as two lines.
      excess += within.pairs;
      counted = lines;
      end = from.lines + lines - excess;
      // csv-parse takes a NUL for the end of a quoted field.
      if (fields.some((field) => field.includes("\0"))) throw noText(source, end - within.count);
      take(fields, end - within.count);
      return null;
    },
  });
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield from.rest;
    yield* from.chunks;
  }
  try {
    await pipeline(bytes, parser, async (records) => {
      for await (const _ of records);
    });
  } catch (cause) {
    throw csvProblem(source, cause, end);
  }
}

/** Line ends within fields, and how many of them are CRLF. */
function lineEnds(fields: readonly string[]): { readonly count: number; readonly pairs: number } {
  let count = 0;
  let pairs = 0;
  for (const field of fields) {
    for (const found of field.matchAll(/\r\n|\n|\r/g)) {
      count += 1;
      pairs += found[0].length - 1;
    }
  }
  return { count, pairs };
}

function noText(source: DataSource, line: number, holds = "this line holds a NUL byte"): HpoError {
  return dataError(source, { line }, `the file must be text in UTF-8; ${holds}. Convert it to UTF-8.`);
}

function checkHeader(source: DataSource, names: readonly string[], line: number): void {
  if (names.some((name) => /[\0\ufffd]/.test(name))) throw noText(source, line, "the first line holds other bytes");
  const seen = new Map<string, number>();
  names.forEach((name, index) => {
    const before = seen.get(name);
    if (before !== undefined) {
      throw dataError(
        source,
        { line, column: name },
        `column names must differ; fields ${before + 1} and ${index + 1} have the same. Rename one in the first line.`,
      );
    }
    seen.set(name, index);
  });
}

function csvProblem(source: DataSource, cause: unknown, lastLine: number): unknown {
  const { code } = cause as CsvError;
  if (code === "CSV_QUOTE_NOT_CLOSED") {
    return dataError(source, { line: lastLine + 1 }, "a quote must be closed; the one that opens here or below never is.", cause);
  }
  if (code === "INVALID_OPENING_QUOTE" || code === "CSV_INVALID_CLOSING_QUOTE") {
    const cure = 'a value that holds a quote must stand in quotes, with each quote doubled ("a ""b"" c").';
    return dataError(source, { line: lastLine + 1 }, cure, cause);
  }
  if (code === "CSV_MAX_RECORD_SIZE") return lineTooLong(source, lastLine + 1);
  return cause;
}
