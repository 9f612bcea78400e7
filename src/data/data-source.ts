import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";

/** Where values come from, for messages: the reader, the file as the person wrote it, and how its rows are found. */
export interface DataSource {
  readonly reader: string;
  /** null for data that comes from no file. */
  readonly file: string | null;
  /** Where row `row` (from 0) stands. */
  place(row: number): Place;
}

/** A place in a source; `line` and `row` count from 1. */
export interface Place {
  readonly line?: number;
  readonly row?: number;
  readonly column?: string;
}

/** The data says something that can't be: `csv("a.csv"), line 3, column "x": …`, with the place as `data`. */
export function dataError(source: DataSource, place: Place, problem: string, cause?: unknown): HpoError {
  const { line, row, column } = place;
  const where = [
    source.file === null ? `${source.reader}()` : `${source.reader}(${showValue(source.file, 200)})`,
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(row === undefined ? [] : [`row ${row}`]),
    ...(column === undefined ? [] : [`column ${showValue(column)}`]),
  ].join(", ");
  return new HpoError("DATA_INVALID", `${where}: ${problem}`, {
    data: { reader: source.reader, ...(source.file === null ? {} : { file: source.file }), ...place },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Places of rows in words: "lines 3, 7 and 12", at most five of them. */
export function listPlaces(source: DataSource, rows: readonly number[]): string {
  const shown = rows.slice(0, 5).map((row) => source.place(row));
  const unit = shown[0]?.line === undefined ? "row" : "line";
  const numbers = shown.map((place) => String(place.line ?? place.row));
  if (numbers.length === 1 && rows.length === 1) return `${unit} ${numbers[0]}`;
  return rows.length > shown.length
    ? `${unit}s ${numbers.join(", ")} …`
    : `${unit}s ${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;
}

/** A source whose rows are told by number. */
export function rowSource(reader: string, file: string | null): DataSource {
  return Object.freeze({ reader, file, place: (row: number) => ({ row: row + 1 }) });
}
